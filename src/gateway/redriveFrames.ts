/**
 * Judges dead frames again by the register of today, after an operator has mended it. What is acceptable now goes into
 * the log as a higher revision of its own row, with its readings; repeating it changes nothing.
 */
import type { BadFrameReason } from '../../schemas/reference/hj212.ts';
import { createFrameScanner } from '../emissions/hj212/frameScanner.ts';
import type { LogProducer } from '../log/port.ts';
import type { Store } from '../store/port.ts';
import { readDevices } from './deviceRegister.ts';
import { frameHistory } from './frameHistory.ts';
import { outgoing, readingsOf, type Topics } from './frameRecord.ts';
import { type JudgedFrame, judgeFrame } from './judgeFrame.ts';

export interface FrameSelection {
  readonly reason?: BadFrameReason | undefined;
  readonly mn?: string | undefined;
  /** Of receipt, ms since 1970; `toMs` is exclusive. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly limit: number;
}

export interface RedrivenFrames {
  readonly tried: number;
  readonly accepted: number;
  readonly readings: number;
  /** Still refused, by the reason of now. */
  readonly refused: Readonly<Record<string, number>>;
}

interface Row {
  readonly connection: string;
  readonly position: string;
  readonly startMs: string;
  readonly peer: string | null;
  readonly revision: number;
  readonly pieces: readonly string[];
}

export interface RedriveContext {
  readonly store: Store;
  readonly producer: LogProducer;
  readonly topics: Topics;
  readonly nowMs: number;
  readonly futureToleranceMs: number;
}

/** Redrives dead frames, oldest first, at most `limit`. @throws Fault of store or log */
export async function redriveFrames(
  selection: FrameSelection,
  context: RedriveContext,
): Promise<RedrivenFrames> {
  const { store, producer, topics, nowMs, futureToleranceMs } = context;
  const devices = await readDevices(store, nowMs);
  const history = frameHistory(store, (fault) => {
    throw fault;
  });
  const refused: Record<string, number> = {};
  let [accepted, readings] = [0, 0];
  const rows = await select(store, selection);
  for (const row of rows) {
    const judged = judgeAgain(row, { devices, futureToleranceMs });
    if (judged.reason !== undefined) {
      refused[judged.reason] = (refused[judged.reason] ?? 0) + 1;
      continue;
    }
    const known = await history(judged.message);
    const same = known.find(({ hash }) => hash === judged.contentHash);
    const contentRevision = same?.revision ?? Math.max(-1, ...known.map(({ revision }) => revision)) + 1;
    const own = readingsOf(judged, contentRevision);
    const place = { connection: row.connection, peer: row.peer ?? '' };
    const attempt = row.revision + 1;
    const { messages } = outgoing(
      { judged, place, verdict: 'accepted', contentRevision, readings: own, attempt },
      topics,
      () => undefined,
    );
    // Readings first: a frame that counts as accepted must have them.
    for (const { topic, message } of [...messages].reverse()) await producer.send(topic, [message]);
    accepted++;
    readings += own.length;
  }
  return { tried: rows.length, accepted, readings, refused };
}

function judgeAgain(
  { pieces, position, startMs }: Row,
  {
    devices,
    futureToleranceMs,
  }: { devices: Awaited<ReturnType<typeof readDevices>>; futureToleranceMs: number },
): JudgedFrame {
  const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
  const scanner = createFrameScanner('tolerant');
  const found = [...scanner.push(bytes), ...scanner.end()];
  const [first] = found;
  const scanned =
    found.find(({ kind }) => kind === 'frame') ?? first ?? ({ kind: 'noise', position: 0, bytes } as const);
  const judged = judgeFrame(scanned, { devices, receivedMs: Number(startMs), futureToleranceMs });
  return { ...judged, bytes, position: Number(position) };
}

function select(store: Store, { reason, mn, fromMs, toMs, limit }: FrameSelection): Promise<Row[]> {
  const conditions = ["verdict = 'dead'", "reason != 'noise'"];
  if (reason !== undefined) conditions.push('reason = {reason:String}');
  if (mn !== undefined) conditions.push('device = {mn:String}');
  if (fromMs !== undefined) conditions.push('start >= fromUnixTimestamp64Milli({fromMs:Int64})');
  if (toMs !== undefined) conditions.push('start < fromUnixTimestamp64Milli({toMs:Int64})');
  return store.query<Row>(
    `SELECT connection, toString(position) AS position, toString(toUnixTimestamp64Milli(start)) AS startMs, peer, revision, \`raw.base64\` AS pieces
     FROM emissions_frames_current WHERE ${conditions.join(' AND ')}
     ORDER BY start, connection, emissions_frames_current.position LIMIT {limit:UInt32}`,
    {
      limit,
      ...(reason !== undefined && { reason }),
      ...(mn !== undefined && { mn }),
      ...(fromMs !== undefined && { fromMs }),
      ...(toMs !== undefined && { toMs }),
    },
  );
}

export interface DeadFrames {
  readonly reason: string;
  readonly device: string;
  readonly frames: number;
  readonly lastReceivedAt: string;
  readonly example: string;
}

/** Dead frames by reason and device, most first. */
export async function groupDeadFrames(store: Store): Promise<DeadFrames[]> {
  const rows = await store.query<DeadFrames>(
    `SELECT reason, device, count() AS frames, toString(max(start)) AS lastReceivedAt, ifNull(argMax(detail, start), '') AS example
     FROM emissions_frames_current WHERE verdict = 'dead' GROUP BY reason, device ORDER BY frames DESC, reason, device LIMIT 1000`,
  );
  return rows.map((row) => ({ ...row, frames: Number(row.frames) }));
}
