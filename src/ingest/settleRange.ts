/**
 * Settles a range of which rows may stand that its token does not tell of: another contract judged it, the token is
 * too old, or the group's progress was lost. Only what stands neither in the readings nor in the dead letters goes in.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { RecordBatchReader, RecordBatchStreamWriter } from 'apache-arrow';
import { clickhouseColumns } from '../../schemas/clickhouseColumns.ts';
import type { LogMessage } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { DecodedRange } from './rangeDecoder.ts';
import { expectWithin, raiseFence, within } from './rangeFence.ts';
import { insertDeadLetters, insertReadings, type RangeTarget } from './rangeInsert.ts';

/** Longer than an insert may take at the server. */
const RUNNING_LIMIT_MS = 30_000;
/** More rows than a range has. */
const ONE_BLOCK = 1_048_576;

export interface Settlement {
  /** Token of the range as it was cut. */
  readonly token: string;
  /** Contract that was the first to insert under the token, where the tables surely remember it. */
  readonly before?: string;
  /** Several contracts have begun to insert under the range's tokens, and the tables surely remember those. */
  readonly several?: boolean;
}

/**
 * A fence shuts out whoever began to insert before. First under the old token, by which tables and views remember
 * the range; if the old insert had come first, ours is swallowed, and what is missing goes in under a token of its own.
 * @throws Fault TL_LOG_FENCED where another settles the range meanwhile
 */
export async function settleRange(
  target: RangeTarget,
  decoded: DecodedRange,
  messages: readonly LogMessage[],
  settlement: Settlement,
): Promise<void> {
  const { token } = settlement;
  const own = `${token}:${target.contractVersion}`;
  const fence = await raiseFence(target.store, token);
  const held = within(target.store, fence);
  // Whatever a former owner still inserts into this partition, under this token or that of another range.
  await untilNobodyInserts(target, token.replace(/\d+:\d+$/, ''));
  if (settlement.several) await mendUnmixed(target, token, held);
  else await mendViews(target, settlement, own, held);
  const noLetter = `_offset NOT IN (${offsetsOfLetters(target)})`;
  for (const attempt of [token, own]) {
    await insertReadings(target, decoded, attempt, `${held} AND ${notStanding(target)} AND ${noLetter}`);
    // A message of which only some readings stand (an insert over several months was cut short) is not accepted.
    const notWhole = `_offset NOT IN (SELECT _offset FROM ${readings(target)} WHERE ${inRange(target)} GROUP BY _offset HAVING uniqExact(_row) = any(_rows))`;
    await insertDeadLetters(
      target,
      decoded.refused,
      messages,
      attempt,
      `${held} AND ${notWhole} AND ${noLetter}`,
    );
  }
  await expectWithin(target.store, fence);
}

/**
 * A range that stood open and that the log no longer has, or not from its beginning: whoever had begun it is shut out,
 * and the views get what stands of it. What the log still has is settled by comparison afterwards.
 * @param target with the contract that was the first to insert
 */
export async function leaveRange(target: RangeTarget, token: string, also: readonly string[]): Promise<void> {
  const fence = await raiseFence(target.store, token);
  const held = within(target.store, fence);
  await untilNobodyInserts(target, token.replace(/\d+:\d+$/, ''));
  const [other, ...more] = also;
  const before = target.contractVersion;
  if (other === undefined) await repeatFirst(target, before, token, held);
  else if (more.length === 0)
    await mendViews({ ...target, contractVersion: other }, { token, before }, `${token}:${other}`, held);
  else await mendUnmixed(target, token, held);
  await expectWithin(target.store, fence);
}

/** Condition over the columns of a block of readings: the table has no such row yet. */
export function notStanding(target: RangeTarget): string {
  return `(_offset, _row) NOT IN (SELECT _offset, _row FROM ${readings(target)} WHERE ${inRange(target)})`;
}

const local = ({ store }: RangeTarget, table: string): string => (store.cluster ? `${table}_local` : table);

const readings = (target: RangeTarget): string => local(target, target.contract.table);

const inRange = ({ generation, partition, first, last }: RangeTarget): string =>
  `_generation = ${generation} AND _partition = ${partition} AND _offset BETWEEN ${first} AND ${last}`;

const offsetsOfLetters = (target: RangeTarget): string =>
  `SELECT _offset FROM ${local(target, 'dead_letters')} WHERE ${inRange(target)} AND topic = '${target.contract.topic}'`;

/** A server may still be at work on an insert whose sender is gone; what it will leave must stand before we compare. */
async function untilNobodyInserts({ store }: RangeTarget, tokens: string): Promise<void> {
  for (const end = Date.now() + RUNNING_LIMIT_MS; ; await sleep(200)) {
    const [row] = await store.query<{ running: number }>(
      "SELECT toUInt32(count()) AS running FROM system.processes WHERE position(query, {tokens:String}) > 0 AND query LIKE 'INSERT%'",
      { tokens },
    );
    if (!row?.running) return;
    if (Date.now() > end) throw new Fault('TL_STORE_QUERY', `an insert of ${tokens} still runs`);
  }
}

/**
 * Where the process ended after the readings were in place and before a view had them, repeating the insert under
 * its token would mend the view. The rows that it had are those that stand: they are sent again, under the tokens
 * that put them there, so that the table passes them over and only a view that lacks them takes them.
 */
async function mendViews(
  target: RangeTarget,
  { token, before }: Settlement,
  own: string,
  held: string,
): Promise<void> {
  if (before === undefined) return;
  const inserted = insertedOf(target);
  const month = `toYYYYMM(${timeColumn(target)})`;
  const ours = `${inserted} AND contract = '${target.contractVersion}'`;
  const oldMonths = `SELECT ${month} FROM ${readings(target)} WHERE ${inserted} AND contract = '${before}'`;
  await repeatFirst(target, before, token, held);
  // An earlier try of ours: under the old token where that was free, which tables know by month.
  await repeat(target, `${ours} AND ${month} NOT IN (${oldMonths})`, token, held);
  await repeat(target, `${ours} AND ${month} IN (${oldMonths})`, own, held);
}

/**
 * Whoever inserts first into a month does so under the range's token. So where rows of only one contract stand in a
 * month, they came under it; where two have inserted, it is not known which came first, and the views are left as
 * they are.
 */
async function mendUnmixed(target: RangeTarget, token: string, held: string): Promise<void> {
  const month = `toYYYYMM(${timeColumn(target)})`;
  const unmixed = await target.store.query<{ sole: string; months: number[] }>(
    `SELECT sole, groupArray(month) AS months FROM (
       SELECT ${month} AS month, any(contract) AS sole FROM ${readings(target)} WHERE ${insertedOf(target)}
       GROUP BY month HAVING uniqExact(contract) = 1) GROUP BY sole`,
  );
  for (const { sole, months } of unmixed) {
    const rows = `${insertedOf(target)} AND contract = '${sole}' AND ${month} IN (${months.join(', ')})`;
    await repeat(target, rows, token, held);
  }
}

/** Redriven readings came under tokens of their own. */
const insertedOf = (target: RangeTarget): string =>
  `${inRange(target)} AND _offset NOT IN (${offsetsOfLetters(target)})`;

const repeatFirst = (target: RangeTarget, before: string, token: string, held: string): Promise<void> =>
  repeat(target, `${insertedOf(target)} AND contract = '${before}'`, token, held);

const timeColumn = ({ contract }: RangeTarget): string =>
  contract.fields.find(({ name }) => name === contract.time)?.column ?? contract.time;

async function repeat(target: RangeTarget, condition: string, token: string, where: string): Promise<void> {
  const { store, contract } = target;
  const columns = clickhouseColumns(contract);
  const names = columns.map(({ name }) => `\`${name}\``).join(', ');
  const ipc = await store.queryArrow(
    `SELECT ${names} FROM (SELECT * FROM ${readings(target)} WHERE ${condition} ORDER BY _offset, _row SETTINGS max_block_size = ${ONE_BLOCK})`,
  );
  // A token holds for one block: rows that come in several would be taken for new ones.
  const batches = [...RecordBatchReader.from(ipc)].filter(({ numRows }) => numRows > 0);
  if (batches.length !== 1) return;
  const one = RecordBatchStreamWriter.writeAll(batches).toUint8Array(true);
  await store.insertArrow({ table: contract.table, ipc: one, columns, constants: {}, token, where });
}
