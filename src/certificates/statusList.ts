/** Bitstring Status List (W3C): bits of revoked credentials, gzip and base64url with the multibase prefix u. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Refusal } from '../../schemas/refusal.ts';

/** An unpacked list may hold at most this many bytes (8 million credentials). */
const MAX_LIST_BYTES = 1 << 20;

/** The bits of an `encodedList`. @throws Refusal E_STATUS_LIST */
export function decodeStatusList(encodedList: string): Uint8Array {
  if (!encodedList.startsWith('u')) refuse('it does not begin with the multibase prefix u');
  try {
    return gunzipSync(Buffer.from(encodedList.slice(1), 'base64url'), { maxOutputLength: MAX_LIST_BYTES });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Bits of a list, packed: what `decodeStatusList` reads. */
export function encodeStatusList(bits: Uint8Array): string {
  return `u${gzipSync(bits, { level: 9 }).toString('base64url')}`;
}

/** Sets a bit in place. @throws Refusal E_STATUS_LIST */
export function setStatusBit(bits: Uint8Array, index: number): void {
  statusBit(bits, index);
  bits[Math.floor(index / 8)]! |= 1 << (7 - (index % 8));
}

/** Whether a bit is set; index 0 is the leftmost bit of the first byte. */
export function statusBit(bits: Uint8Array, index: number): boolean {
  const byte = bits[Math.floor(index / 8)];
  if (byte === undefined) refuse(`there is no index ${index}`);
  return ((byte >> (7 - (index % 8))) & 1) === 1;
}

/** All set indexes, ascending. */
export function setBits(bits: Uint8Array): number[] {
  const found: number[] = [];
  for (let index = 0; index < bits.length * 8; index++) if (statusBit(bits, index)) found.push(index);
  return found;
}

function refuse(message: string): never {
  throw new Refusal(`the status list cannot be read: ${message}`, { code: 'E_STATUS_LIST' });
}
