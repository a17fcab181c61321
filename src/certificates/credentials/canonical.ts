/** Canonical JSON (RFC 8785) and its SHA-256: what the log and the digests of evidence refer to. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** UTF-8 bytes of the canonical JSON. @throws RangeError for what JSON cannot hold */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new RangeError('there is no canonical JSON of nothing');
  return Buffer.from(text, 'utf8');
}

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
