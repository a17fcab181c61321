/** Checkpoints of the log (C2SP tlog-checkpoint) as signed notes with Ed25519. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

const ED25519_TYPE = 0x01;
/** PKCS #8 and SPKI headers of a raw Ed25519 key (RFC 8410). */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');
const RAW_KEY_BYTES = 32;

/** Origin, size and base64 root, one a line. */
export function checkpointBody(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** The Ed25519 private key of a 32-byte seed. */
export function keyFromSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEADER, seed]), format: 'der', type: 'pkcs8' });
}

/** `name+hash+key`: the text by which others verify; its base64 part may itself hold a `+`. */
export function verifierKey(name: string, privateKey: KeyObject): string {
  const raw = rawPublicKey(privateKey);
  const key = Buffer.concat([Uint8Array.of(ED25519_TYPE), raw]).toString('base64');
  return `${name}+${keyHash(name, raw).toString('hex')}+${key}`;
}

/** A signed note: the text, a blank line, one signature line. */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const hash = keyHash(name, rawPublicKey(privateKey));
  const signature = sign(null, Buffer.from(text), privateKey);
  return `${text}\n— ${name} ${Buffer.concat([hash, signature]).toString('base64')}\n`;
}

/** The text of a note that carries a valid signature of that key, or undefined. */
export function openNote(note: string, verifier: string): string | undefined {
  // Split at the first two only: the base64 part may hold a `+`.
  const [name, hash] = verifier.split('+', 2);
  const end = note.lastIndexOf('\n\n');
  if (name === undefined || hash === undefined || end < 0) return undefined;
  const key = Buffer.from(verifier.slice(name.length + hash.length + 2), 'base64');
  if (key.length !== RAW_KEY_BYTES + 1 || key[0] !== ED25519_TYPE) return undefined;
  const raw = key.subarray(1);
  if (keyHash(name, raw).toString('hex') !== hash) return undefined;
  const text = note.slice(0, end + 1);
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_HEADER, raw]),
    format: 'der',
    type: 'spki',
  });
  const prefix = `— ${name} `;
  const valid = note
    .slice(end + 2)
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => Buffer.from(line.slice(prefix.length), 'base64'))
    .some(
      (signed) =>
        signed.subarray(0, 4).toString('hex') === hash &&
        verify(null, Buffer.from(text), publicKey, signed.subarray(4)),
    );
  return valid ? text : undefined;
}

/** First four bytes of SHA-256(name || 0x0A || type || public key). */
function keyHash(name: string, raw: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(ED25519_TYPE))
    .update(raw)
    .digest()
    .subarray(0, 4);
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return spki.subarray(-RAW_KEY_BYTES);
}
