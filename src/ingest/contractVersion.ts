/** Which contract and decoder judged a message: part of every row and of every intent. */
import { createHash } from 'node:crypto';
import { jsonSchemaOf } from '../../schemas/jsonSchema.ts';
import type { StreamContract } from '../../schemas/stream.ts';

/** Counts changes of the decoders that alter what is accepted or how it is written. */
const DECODER_VERSION = 1;

/** `<decoder>.<first 10 hex digits of the contract's SHA-256>`. */
export function contractVersion(contract: StreamContract): string {
  const text = JSON.stringify([jsonSchemaOf(contract), contract.fields, contract.subject, contract.table]);
  return `${DECODER_VERSION}.${createHash('sha256').update(text).digest('hex').slice(0, 10)}`;
}
