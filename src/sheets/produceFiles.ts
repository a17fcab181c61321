/** Judges files as a whole and sends them: all of their readings, or none unless part of them is asked for. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseInstantMs } from '../../schemas/fields.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { identityFields } from './fieldsOf.ts';
import { type Judged, judgeReading } from './judgeReading.ts';
import type { OutgoingReading } from './produceReadings.ts';
import { type ReadOptions, readSheet } from './readSheet.ts';
import { FaultList, type Place, placeText } from './sheetFault.ts';

export interface JudgedFiles {
  /** Readings that the contract accepts. */
  readonly accepted: number;
  /** Rows, or whole sheets, with at least one fault. */
  readonly refused: number;
  readonly faults: FaultList;
  readonly prints: ReadonlyMap<string, string>;
}

/** Identities that are compared within one run; beyond them ingest finds conflicts, as it does between files. */
const MAX_IDENTITIES = 1_000_000;

/** Reads all files once and gathers every fault (the first 200 in full); nothing of the readings is kept. */
export async function judgeFiles(
  paths: readonly string[],
  contract: StreamContract,
  options: ReadOptions = {},
  onJudged?: (rows: number) => void,
): Promise<JudgedFiles> {
  const faults = new FaultList();
  const prints = new Map<string, string>();
  const identities = new Identities(contract);
  let accepted = 0;
  let refused = 0;
  for (const path of paths) {
    if (await isFile(path)) prints.set(path, await printOf(path));
    for await (const judged of judgedOf(path, contract, options, identities)) {
      if ('value' in judged) accepted++;
      else {
        refused++;
        faults.add(judged.faults);
      }
      onJudged?.(accepted + refused);
    }
  }
  return { accepted, refused, faults, prints };
}

/**
 * The accepted readings of the files, read a second time. Their ids follow from the file's content and the place
 * in it. Throws `Refusal` TL_SHEET_CHANGED where a file is not what was judged.
 */
export async function* acceptedReadings(
  judged: JudgedFiles,
  contract: StreamContract,
  options: ReadOptions = {},
): AsyncGenerator<OutgoingReading> {
  const identities = new Identities(contract);
  for (const [path, print] of judged.prints) {
    if ((await printOf(path)) !== print) throw changed(path);
    let last = '';
    let repeat = 0;
    for await (const reading of judgedOf(path, contract, options, identities)) {
      if (!('value' in reading)) continue;
      const { sheet, row } = reading.place;
      const place = sheet === undefined ? `${row}` : `${sheet}:${row}`;
      // A line may hold several readings: they share a row.
      repeat = place === last ? repeat + 1 : 0;
      last = place;
      yield { id: `${print}:${place}${repeat > 0 ? `.${repeat}` : ''}`, value: reading.value };
    }
  }
}

async function* judgedOf(
  path: string,
  contract: StreamContract,
  options: ReadOptions,
  identities: Identities,
): AsyncGenerator<Judged> {
  for await (const candidate of readSheet(path, contract, options)) {
    const judged = judgeReading(candidate, contract);
    yield 'value' in judged ? identities.judge(judged) : judged;
  }
}

/** Finds readings that have the identity of an earlier one and say something else. */
class Identities {
  private readonly fields: readonly string[];
  private readonly time: string;
  private readonly seen = new Map<string, { readonly content: string; readonly place: Place }>();

  constructor(contract: StreamContract) {
    this.fields = identityFields(contract).map((field) => field.name);
    this.time = contract.time;
  }

  judge(judged: { readonly place: Place; readonly value: Record<string, unknown> }): Judged {
    const { place, value } = judged;
    const instant = parseInstantMs(String(value[this.time]));
    const identity = this.fields.map((name) => (name === this.time ? instant : value[name]));
    const content = createHash('sha256').update(JSON.stringify(value)).digest('base64').slice(0, 16);
    const key = JSON.stringify(identity);
    const earlier = this.seen.get(key);
    if (!earlier) {
      if (this.seen.size < MAX_IDENTITIES) this.seen.set(key, { content, place });
      return judged;
    }
    if (earlier.content === content) return judged;
    const wrong = `the same ${this.fields.join(', ')} as in ${placeText(earlier.place)}, with other values`;
    const right = 'one row a reading, or a higher revision for the one that is right';
    return { place, faults: [{ ...place, code: 'TL_SHEET_REPEATED', wrong, right }] };
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Half of the SHA-256 of the file's bytes, in hexadecimal. */
async function printOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex').slice(0, 32);
}

function changed(path: string): Refusal {
  return new Refusal('the file has changed while it was read', {
    code: 'TL_SHEET_CHANGED',
    place: basename(path),
    remedy: 'send it again when it is finished',
  });
}
