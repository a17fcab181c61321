/** Which index of the status list stands for which credential, and which are revoked: one file, one writer, whole or not at all. */
import { randomInt } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../../schemas/refusal.ts';
import { setStatusBit } from '../certificates/statusList.ts';
import { withFileLock } from '../runtime/localServers/fileLock.ts';

/** Large enough that an index does not tell who is meant (W3C Bitstring Status List). */
const LIST_BITS = 131_072;
const LOCK_LIMIT_MS = 10_000;

const stored = z.strictObject({
  entries: z.record(
    z.string(),
    z.strictObject({ index: z.int(), revoked: z.string().optional(), reason: z.string().optional() }),
  ),
});

/**
 * Draws a free index at random and keeps it for the credential; the same credential keeps its index.
 * @throws Refusal E_STATUS_FULL
 */
export function allocateStatus(path: string, credentialId: string): Promise<number> {
  return change(path, (register) => {
    const known = register.entries[credentialId];
    if (known) return known.index;
    const taken = new Set(Object.values(register.entries).map(({ index }) => index));
    if (taken.size >= LIST_BITS / 2) {
      throw new Refusal('the status list is half full', {
        code: 'E_STATUS_FULL',
        place: path,
        remedy: 'begin a new list',
      });
    }
    let index = randomInt(LIST_BITS);
    while (taken.has(index)) index = randomInt(LIST_BITS);
    register.entries[credentialId] = { index };
    return index;
  });
}

/** @throws Refusal E_UNKNOWN_CREDENTIAL; revoking again changes nothing */
export function revokeStatus(path: string, credentialId: string, at: Date, reason: string): Promise<void> {
  return change(path, (register) => {
    const entry = register.entries[credentialId];
    if (!entry) {
      throw new Refusal(`${credentialId} was not issued here`, {
        code: 'E_UNKNOWN_CREDENTIAL',
        remedy: 'the id of an issued credential (urn:uuid:…)',
      });
    }
    entry.revoked ??= at.toISOString();
    entry.reason ??= reason;
  });
}

/** Bits of the revocation list. */
export async function revocationBits(path: string): Promise<Uint8Array> {
  const bits = new Uint8Array(LIST_BITS / 8);
  for (const { index, revoked } of Object.values((await read(path)).entries)) {
    if (revoked !== undefined) setStatusBit(bits, index);
  }
  return bits;
}

async function read(path: string): Promise<z.infer<typeof stored>> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? { entries: {} } : stored.parse(JSON.parse(text));
}

async function change<T>(path: string, work: (register: z.infer<typeof stored>) => T): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  return withFileLock(`${path}.lock`, { limitMs: LOCK_LIMIT_MS }, async () => {
    const register = await read(path);
    const result = work(register);
    const part = `${path}.part`;
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(register));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    return result;
  });
}
