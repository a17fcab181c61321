/** Candidates of JSON files: one reading a line, or one array of readings. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Candidate, unreadable } from './candidate.ts';
import { type Place, type SheetFault, shown } from './sheetFault.ts';
import { textLines } from './textLines.ts';

/** A line of 1 MiB would not fit into a message anyway. */
const MAX_LINE = 4 << 20;
const MAX_DOCUMENT_BYTES = 256 << 20;

/** One candidate a line that is not blank; a line may also hold an array. */
export async function* jsonLineReadings(path: string): AsyncGenerator<Candidate> {
  const file = basename(path);
  let lines = 0;
  for await (const { number, text } of textLines(path, MAX_LINE)) {
    if (text.trim() === '') continue;
    lines++;
    yield* parsed(text, { file, row: number }, () => number);
  }
  if (lines === 0) yield empty(file);
}

/** Candidates of a file that is one JSON document: an object, or an array whose elements count as rows. */
export async function* jsonDocumentReadings(path: string): AsyncGenerator<Candidate> {
  const file = basename(path);
  const { size } = await stat(path);
  if (size > MAX_DOCUMENT_BYTES) {
    const wrong = `one JSON document of ${size >> 20} MiB`;
    const right = 'one reading a line (.jsonl), which may be of any length';
    return yield unreadable([{ file, row: 0, code: 'TL_SHEET_NOT_READABLE', wrong, right }]);
  }
  const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  let rows = 0;
  for (const candidate of parsed(text, { file, row: 0 }, (index) => index + 1)) {
    rows++;
    yield candidate;
  }
  if (rows === 0) yield empty(file);
}

function* parsed(text: string, whole: Place, rowOf: (index: number) => number): Generator<Candidate> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const wrong = `not JSON: ${(error as Error).message}`;
    yield unreadable([{ ...whole, code: 'TL_SHEET_NOT_READABLE', wrong, right: 'one JSON object a line' }]);
    return;
  }
  for (const [index, value] of (Array.isArray(document) ? document : [document]).entries()) {
    const place = { file: whole.file, row: rowOf(index) };
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      yield { value: value as Record<string, unknown>, faults: [], ...placed(place) };
    else yield unreadable([notObject(value, place)]);
  }
}

function placed(place: Place): Pick<Candidate, 'place' | 'locate'> {
  return { place, locate: () => place };
}

function notObject(value: unknown, place: Place): SheetFault {
  const wrong = `${shown(value)} is not an object`;
  return { ...place, code: 'TL_SHEET_VALUE', wrong, right: 'a JSON object with the fields of the contract' };
}

function empty(file: string): Candidate {
  const [wrong, right] = ['there is no reading in it', 'one JSON object a line'];
  return unreadable([{ file, row: 0, code: 'TL_SHEET_EMPTY', wrong, right }]);
}
