/**
 * Redrives dead letters after a fix: judges the original bytes by the contract of today and puts what is accepted
 * into the readings, under the offset that it came with. What is refused again stays, with the new reason.
 */
import type { StreamContract } from '../../schemas/stream.ts';
import type { Store } from '../store/port.ts';
import { contractVersion } from './contractVersion.ts';
import type { DeadReason } from './deadReasons.ts';
import { RangeDecoder } from './rangeDecoder.ts';
import { insertReadings } from './rangeInsert.ts';
import { RangePacker } from './rangePacker.ts';
import { notStanding } from './settleRange.ts';
import { StoredMessage } from './storedMessage.ts';

export interface RedriveSelection {
  readonly reason?: DeadReason;
  /** `<generation>:<partition>:<offset>` of single letters. */
  readonly ids?: readonly string[];
  readonly limit: number;
}

export interface RedriveResult {
  readonly tried: number;
  readonly accepted: number;
  readonly refused: number;
}

interface Letter {
  readonly generation: number;
  readonly partition: number;
  readonly offset: string;
  readonly knownAtMs: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: string;
}

/** Dead letters that no later attempt has accepted: columns and conditions over `dead_letters AS d`. */
export const OPEN_LETTERS = `(d.topic, d._generation, d._partition, d._offset) NOT IN
  (SELECT topic, _generation, _partition, _offset FROM dead_letter_attempts WHERE outcome = 'accepted')`;

/** Redrives the letters of one stream, oldest first, at most `limit`. Repeating it changes nothing. */
export async function redrive(
  store: Store,
  contract: StreamContract,
  selection: RedriveSelection,
): Promise<RedriveResult> {
  const version = contractVersion(contract);
  const letters = await select(store, contract, selection, version);
  const decoder = new RangeDecoder(contract);
  let accepted = 0;
  const attempts: Record<string, unknown>[] = [];
  for (const letter of letters) {
    const outcome = await redriveOne(store, contract, version, decoder, letter);
    if (outcome.outcome === 'accepted') accepted++;
    attempts.push({
      topic: contract.topic,
      _generation: letter.generation,
      _partition: letter.partition,
      _offset: Number(letter.offset),
      contract: version,
      ...outcome,
    });
  }
  await store.insertRows('dead_letter_attempts', attempts);
  return { tried: letters.length, accepted, refused: letters.length - accepted };
}

function select(
  store: Store,
  contract: StreamContract,
  { reason, ids, limit }: RedriveSelection,
  version: string,
): Promise<Letter[]> {
  const conditions = ['d.topic = {topic:String}', OPEN_LETTERS];
  if (reason) conditions.push('d.reason = {reason:String}');
  if (ids)
    conditions.push(
      "concat(toString(d._generation), ':', toString(d._partition), ':', toString(d._offset)) IN {ids:Array(String)}",
    );
  // Judged by this very contract before: only asking for it by name tries again.
  else
    conditions.push(
      `(d._generation, d._partition, d._offset) NOT IN (SELECT _generation, _partition, _offset FROM dead_letter_attempts WHERE topic = {topic:String} AND contract = {version:String})`,
    );
  return store.query<Letter>(
    `SELECT d._generation AS generation, d._partition AS partition, toString(d._offset) AS offset, toString(toUnixTimestamp64Milli(d.known_at)) AS knownAtMs,
       if(d.key IS NULL, NULL, base64Encode(assumeNotNull(d.key))) AS key, if(d.value IS NULL, NULL, base64Encode(assumeNotNull(d.value))) AS value, d.headers AS headers
     FROM dead_letters AS d WHERE ${conditions.join(' AND ')}
     ORDER BY d._generation, d._partition, d._offset LIMIT {limit:UInt32}`,
    { topic: contract.topic, limit, version, ...(reason && { reason }), ...(ids && { ids }) },
  );
}

type Outcome = { outcome: 'accepted' | 'refused'; reason: string; detail: string };

async function redriveOne(
  store: Store,
  contract: StreamContract,
  version: string,
  decoder: RangeDecoder,
  letter: Letter,
): Promise<Outcome> {
  const message = new StoredMessage(letter);
  const packer = new RangePacker();
  packer.add(message);
  const decoded = decoder.decode(packer.pack());
  const [refusal] = decoded.refused;
  if (refusal)
    return { outcome: 'refused', reason: refusal.reason, detail: `${refusal.path} ${refusal.detail}`.trim() };
  const { generation, partition } = letter;
  const target = {
    store,
    contract,
    contractVersion: version,
    generation,
    partition,
    first: message.offset,
    last: message.offset,
  };
  // Some of its readings may stand: of an insert that was cut short, or of a redrive that was.
  const token = `redrive:${generation}:${contract.topic}:${partition}:${message.offset}`;
  await insertReadings(target, decoded, token, notStanding(target));
  return { outcome: 'accepted', reason: '', detail: `${decoded.rows} readings` };
}
