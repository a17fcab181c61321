/**
 * A transparency log as static files (C2SP tlog-tiles): tiles, entry bundles and a signed checkpoint in one folder that
 * any web server can publish. One process appends; entries are on disk before the checkpoint that counts them, so a
 * stop in between leaves the log as it was. Limits: an entry is below 64 KiB; the hashes of all entries are in memory.
 */

import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkpointBody, openNote, signNote, verifierKey } from '../certificates/checkpoint.ts';
import { MerkleLog } from '../certificates/merkleLog.ts';
import { leafHash } from '../certificates/merkleTree.ts';
import { entriesOfBundle, entryBundleBytes, tileBytes, tilePath } from '../certificates/tlogTiles.ts';
import { Fault } from '../runtime/errors.ts';
import { takeFileLock } from '../runtime/localServers/fileLock.ts';

const TILE_WIDTH = 256;
const LEVELS_PER_TILE = 8;
const LOCK_LIMIT_MS = 10_000;

export interface LogProof {
  readonly origin: string;
  readonly index: number;
  readonly size: number;
  /** Base64 hashes, from the leaf up. */
  readonly inclusion: readonly string[];
  /** The signed note of that size. */
  readonly checkpoint: string;
}

export interface TileLog {
  readonly origin: string;
  readonly verifier: string;
  readonly size: number;
  /** The signed note in force. */
  checkpoint(): string;
  /** Appends in order and publishes the checkpoint; returns a proof for each. @throws RangeError for an entry of 64 KiB */
  append(entries: readonly Uint8Array[]): Promise<LogProof[]>;
  /** A proof against the checkpoint in force. @throws RangeError */
  prove(index: number): LogProof;
  consistency(oldSize: number): string[];
  entry(index: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens the log in `folder`, or makes an empty one.
 * @param origin the log's name, a domain by custom
 * @throws Fault TL_TRANSPARENCY_LOG when the files do not give the root of the checkpoint · TL_SERVER_START when another process writes
 */
export async function openTileLog(folder: string, origin: string, key: KeyObject): Promise<TileLog> {
  await mkdir(folder, { recursive: true });
  const unlock = await takeFileLock(join(folder, 'writer.lock'), { limitMs: LOCK_LIMIT_MS });
  try {
    return await load(folder, origin, key, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function load(
  folder: string,
  origin: string,
  key: KeyObject,
  unlock: () => Promise<void>,
): Promise<TileLog> {
  const verifier = verifierKey(origin, key);
  const log = new MerkleLog();
  let note = await readFile(join(folder, 'checkpoint'), 'utf8').catch(() => undefined);
  if (note === undefined) {
    note = signNote(checkpointBody(origin, 0, log.root()), origin, key);
    await publish(folder, 'checkpoint', Buffer.from(note));
  }
  const body = openNote(note, verifier);
  if (body === undefined) throw broken(folder, 'the checkpoint is not signed by this key');
  const [, sizeText, root] = body.split('\n');
  const size = Number(sizeText);
  for (let bundle = 0; bundle * TILE_WIDTH < size; bundle++) {
    const width = Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH);
    const bytes = await readFile(join(folder, tilePath('entries', bundle, width))).catch(() => undefined);
    if (!bytes) throw broken(folder, `${tilePath('entries', bundle, width)} is missing`);
    for (const entry of entriesOfBundle(bytes)) log.append(leafHash(entry));
  }
  if (log.size !== size || Buffer.from(log.root()).toString('base64') !== root) {
    throw broken(folder, 'the entries do not give the root of the checkpoint');
  }
  return new FolderLog(folder, origin, key, verifier, log, note, unlock);
}

class FolderLog implements TileLog {
  readonly origin: string;
  readonly verifier: string;
  readonly #folder: string;
  readonly #key: KeyObject;
  readonly #log: MerkleLog;
  #note: string;
  #busy: Promise<unknown> = Promise.resolve();
  readonly #unlock: () => Promise<void>;

  constructor(
    folder: string,
    origin: string,
    key: KeyObject,
    verifier: string,
    log: MerkleLog,
    note: string,
    unlock: () => Promise<void>,
  ) {
    this.#folder = folder;
    this.origin = origin;
    this.#key = key;
    this.verifier = verifier;
    this.#log = log;
    this.#note = note;
    this.#unlock = unlock;
  }

  get size(): number {
    return this.#log.size;
  }

  checkpoint(): string {
    return this.#note;
  }

  append(entries: readonly Uint8Array[]): Promise<LogProof[]> {
    const turn = this.#busy.then(() => this.#appendNow(entries));
    this.#busy = turn.catch(() => undefined);
    return turn;
  }

  async #appendNow(entries: readonly Uint8Array[]): Promise<LogProof[]> {
    entryBundleBytes(entries);
    const before = this.#log.size;
    const last = await this.#openBundle(before);
    for (const entry of entries) this.#log.append(leafHash(entry));
    await this.#writeBundles([...last, ...entries], before - last.length);
    await this.#writeTiles(before);
    const note = signNote(checkpointBody(this.origin, this.size, this.#log.root()), this.origin, this.#key);
    await publish(this.#folder, 'checkpoint', Buffer.from(note));
    this.#note = note;
    return entries.map((_entry, k) => this.prove(before + k));
  }

  prove(index: number): LogProof {
    const inclusion = this.#log.inclusionProof(index, this.size).map(base64);
    return { origin: this.origin, index, size: this.size, inclusion, checkpoint: this.#note };
  }

  consistency(oldSize: number): string[] {
    return this.#log.consistencyProof(oldSize, this.size).map(base64);
  }

  async entry(index: number): Promise<Uint8Array> {
    const bundle = Math.floor(index / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, this.size - bundle * TILE_WIDTH);
    const bytes = await readFile(join(this.#folder, tilePath('entries', bundle, width)));
    return entriesOfBundle(bytes)[index - bundle * TILE_WIDTH]!;
  }

  async close(): Promise<void> {
    await this.#busy;
    await this.#unlock();
  }

  /** Entries of the bundle that is not full yet. */
  async #openBundle(size: number): Promise<Uint8Array[]> {
    const width = size % TILE_WIDTH;
    if (width === 0) return [];
    const path = tilePath('entries', Math.floor(size / TILE_WIDTH), width);
    return entriesOfBundle(await readFile(join(this.#folder, path)));
  }

  async #writeBundles(entries: readonly Uint8Array[], first: number): Promise<void> {
    for (let k = 0; k < entries.length; k += TILE_WIDTH) {
      const part = entries.slice(k, k + TILE_WIDTH);
      const path = tilePath('entries', (first + k) / TILE_WIDTH, part.length);
      await publish(this.#folder, path, entryBundleBytes(part));
    }
  }

  /** Tiles that have grown since the log had `before` entries. */
  async #writeTiles(before: number): Promise<void> {
    for (let level = 0; this.#log.complete(level * LEVELS_PER_TILE) > 0; level++) {
      const there = this.#log.complete(level * LEVELS_PER_TILE);
      const had = Math.floor(before / TILE_WIDTH ** level);
      if (had === there) continue;
      for (let tile = Math.floor(had / TILE_WIDTH); tile * TILE_WIDTH < there; tile++) {
        const hashes = this.#log.hashes(level * LEVELS_PER_TILE, tile * TILE_WIDTH, TILE_WIDTH);
        await publish(this.#folder, tilePath(level, tile, hashes.length), tileBytes(hashes));
      }
    }
  }
}

/** Whole or not at all, and on disk before it is seen. */
async function publish(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${randomUUID()}.part`;
  const file = await open(part, 'w', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  const directory = await open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
}

const base64 = (hash: Uint8Array) => Buffer.from(hash).toString('base64');

function broken(folder: string, message: string): Fault {
  return new Fault('TL_TRANSPARENCY_LOG', `the transparency log in ${folder} cannot be used: ${message}`, {
    remedy: 'restore the folder and the key that belong together; a log is never repaired by hand',
  });
}
