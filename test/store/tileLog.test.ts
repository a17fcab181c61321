import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyFromSeed, openNote } from '../../src/certificates/checkpoint.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../src/certificates/merkleTree.ts';
import { type LogProof, openTileLog } from '../../src/store/tileLog.ts';

const run = promisify(execFile);
const ORIGIN = 'tanliu.example/log';
const KEY = keyFromSeed(new Uint8Array(32).fill(7));
const VERIFIER_SOURCE = new URL('../golden/tlogVerifier/', import.meta.url).pathname;
const FULL = process.env.TANLIU_TEST_FULL === '1';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (key = KEY) => openTileLog(folder, ORIGIN, key);
const entry = (k: number) => Buffer.from(`{"entry":${k}}`);
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => entry(from + k));
const decode = (hashes: readonly string[]) => hashes.map((text) => Buffer.from(text, 'base64'));

function holds(proof: LogProof, leaf: Uint8Array, verifier: string): boolean {
  const body = openNote(proof.checkpoint, verifier);
  if (body === undefined) return false;
  const [origin, size, root] = body.split('\n');
  return (
    origin === proof.origin &&
    Number(size) === proof.size &&
    verifyInclusion(leafHash(leaf), proof, decode(proof.inclusion), Buffer.from(root!, 'base64'))
  );
}

describe('a log on disk', () => {
  it('proves every entry, over tile borders and after it was opened again', async () => {
    let log = await open();
    const sizes = [0, 1, 255, 256, 257, 300, 600];
    const roots = new Map<number, Buffer>();
    for (const [k, size] of sizes.entries()) {
      if (k > 0) {
        const proofs = await log.append(entries(sizes[k - 1]!, size));
        proofs.forEach((proof, at) => {
          expect(holds(proof, entry(sizes[k - 1]! + at), log.verifier)).toBe(true);
        });
      }
      roots.set(size, Buffer.from(log.checkpoint().split('\n')[2]!, 'base64'));
      await log.close();
      log = await open();
      expect(log.size).toBe(size);
    }
    for (const index of [0, 254, 255, 256, 299, 599]) {
      expect(Buffer.from(await log.entry(index)).toString()).toBe(entry(index).toString());
      expect(holds(log.prove(index), entry(index), log.verifier)).toBe(true);
      expect(holds(log.prove(index), entry(index + 1), log.verifier)).toBe(false);
    }
    for (const old of sizes.slice(1)) {
      const between = { old: roots.get(old)!, new: roots.get(600)! };
      expect(verifyConsistency({ old, new: 600 }, between, decode(log.consistency(old)))).toBe(true);
    }
    await log.close();
  });

  it('that stopped before the checkpoint is as it was, and goes on', async () => {
    const log = await open();
    await log.append(entries(0, 300));
    await copyFile(join(folder, 'checkpoint'), join(folder, 'before'));
    await log.append(entries(300, 310));
    await log.close();
    // Tiles and entries of 310 are there; the checkpoint that counts them is not.
    await copyFile(join(folder, 'before'), join(folder, 'checkpoint'));
    const again = await open();
    expect(again.size).toBe(300);
    const [proof] = await again.append([Buffer.from('another entry 300')]);
    expect(holds(proof!, Buffer.from('another entry 300'), again.verifier)).toBe(true);
    await again.close();
  });

  it('appends of many at once keep their order and lose nothing', async () => {
    const log = await open();
    const proofs = await Promise.all(
      Array.from({ length: 40 }, (_, k) => log.append(entries(3 * k, 3 * k + 3))),
    );
    expect(proofs.flat().map(({ index }) => index)).toEqual(Array.from({ length: 120 }, (_, k) => k));
    expect(Buffer.from(await log.entry(77)).toString()).toBe(entry(77).toString());
    await log.close();
  });

  it('whose entry was changed, or whose key is another, is refused', async () => {
    const log = await open();
    await log.append(entries(0, 20));
    await log.close();
    await expect(open(keyFromSeed(new Uint8Array(32).fill(8)))).rejects.toMatchObject({
      code: 'TL_TRANSPARENCY_LOG',
    });
    const bundle = join(folder, 'tile/entries/000.p/20');
    const bytes = await readFile(bundle);
    bytes[5]! ^= 1;
    await writeFile(bundle, bytes);
    await expect(open()).rejects.toMatchObject({ code: 'TL_TRANSPARENCY_LOG' });
  });

  it('takes no entry of 64 KiB, and nothing of its batch', async () => {
    const log = await open();
    await expect(log.append([entry(0), Buffer.alloc(65_536)])).rejects.toThrow(RangeError);
    expect(log.size).toBe(0);
    await log.close();
  });
});

describe('an independent reader', () => {
  it(`accepts signature, tiles, entries and every older size (Go's own transparency log)`, {
    timeout: 240_000,
  }, async ({ skip }) => {
    const reader = join(folder, 'reader');
    const built = await run('go', ['build', '-o', reader, '.'], { cwd: VERIFIER_SOURCE }).then(
      () => undefined,
      (error: Error) => error,
    );
    skip(built !== undefined, `no Go with golang.org/x/mod here: ${built?.message.split('\n')[0]}`);
    const log = await open();
    const size = FULL ? 66_000 : 1_000;
    for (let from = 0; from < size; from += 500) await log.append(entries(from, Math.min(size, from + 500)));
    const { stdout } = await run(reader, [folder, log.verifier]);
    expect(stdout.trim()).toBe(`${ORIGIN} ${size}`);
    await log.close();
    const bundle = join(folder, `tile/entries/001`);
    const bytes = await readFile(bundle);
    bytes[4]! ^= 1;
    await writeFile(bundle, bytes);
    await expect(run(reader, [folder, log.verifier])).rejects.toThrow();
  });
});
