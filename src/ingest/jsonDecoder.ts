/**
 * JSON payloads by the contract's zod schema: the judge. `fastJson.ts` only shortens the way for messages that
 * this decoder would accept with the same values.
 */
import type { StreamContract } from '../../schemas/stream.ts';
import type { Columns } from './columnSet.ts';
import { type Rejection, reject, rejectionOf } from './deadReasons.ts';

export const MAX_READINGS_PER_MESSAGE = 100_000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Appends the readings of one JSON message (one object or an array), or returns why not; then nothing was appended. */
export function decodeJson(
  contract: StreamContract,
  value: Uint8Array,
  into: Columns,
): Rejection | undefined {
  const parsed = parse(value);
  if ('rejection' in parsed) return parsed.rejection;
  const list = Array.isArray(parsed.json) ? parsed.json : [parsed.json];
  if (list.length === 0) return reject('no_readings', '', 'the array is empty');
  if (list.length > MAX_READINGS_PER_MESSAGE)
    return reject('too_many_readings', '', `${list.length} readings`);
  return appendAll(contract, list, into, (index) => (Array.isArray(parsed.json) ? `[${index}]` : ''));
}

/** Judges each value and appends it; the first refusal takes all of the message back. */
export function appendAll(
  contract: StreamContract,
  list: readonly unknown[],
  into: Columns,
  place: (index: number) => string,
): Rejection | undefined {
  const before = into.rows;
  for (const [index, item] of list.entries()) {
    const judged = contract.schema.safeParse(item, { reportInput: true });
    if (!judged.success) {
      into.rewind(before);
      return rejectionOf(judged.error, place(index));
    }
    append(judged.data, into);
  }
  return undefined;
}

function append(reading: Record<string, unknown>, into: Columns): void {
  const row = into.openRow();
  // The JSON column is no field of the document: a kind may have a field of its name.
  const common = new Set(into.fields.filter((field) => field.kind !== 'json').map((field) => field.name));
  for (const [index, field] of into.fields.entries()) {
    into.setValue(index, row, field.kind === 'json' ? kindFields(reading, common) : reading[field.name]);
  }
  into.endRow();
}

/** The fields of a document that have no column of their own, as JSON in the order they were sent in. */
function kindFields(document: Record<string, unknown>, common: ReadonlySet<string>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(document).filter(([name]) => !common.has(name))));
}

function parse(value: Uint8Array): { json: unknown } | { rejection: Rejection } {
  let text: string;
  try {
    text = utf8.decode(value);
  } catch {
    return { rejection: reject('not_utf8', '', 'the value is not UTF-8 text') };
  }
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return { rejection: reject('not_json', '', (error as Error).message.slice(0, 200)) };
  }
}
