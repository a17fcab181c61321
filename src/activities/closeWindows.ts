/** Which hours of the grid are to be closed now: complete or past their grace, or touched by late data since. */
import type { CloseWindowsArguments } from '../../schemas/control.ts';
import type { Store } from '../store/port.ts';

const TOPICS = ['grid.generation', 'grid.exchange', 'grid.load'];

export interface ClosableHours {
  /** Starts of hours, oldest first, at most `runHours`. */
  readonly hours: readonly string[];
  /** How many of them had been closed before. */
  readonly reopened: number;
  /** Hours with readings that are not to be closed yet. */
  readonly waiting: number;
}

/**
 * Judges every hour that has readings and is not closed over all of them:
 * - it has ended, and its newest reading came at least `quietS` ago;
 * - it was closed before (late data re-opens exactly the hours it has readings in), or it is complete (every key that
 *   reported the hour before has reported to the end of this one), or it ended at least `graceS` ago.
 * The hours are judged from `stream_windows`, the closings from what the computations saw in the readings themselves.
 */
export async function findClosable(
  store: Store,
  { graceS, quietS, runHours }: CloseWindowsArguments,
  nowMs: number,
): Promise<ClosableHours> {
  const rows = await store.query<{ hourS: number; reopened: 0 | 1; ready: 0 | 1 }>(
    `WITH windows AS (
       SELECT hour, sum(w.keyRows) AS rows, max(w.knownAt) AS knownAt,
         groupArray((w.topic, w.key)) AS keys, groupArrayIf((w.topic, w.key), w.lastEnd >= hour + INTERVAL 1 HOUR) AS ended
       FROM (SELECT topic, key, hour, sum(rows) AS keyRows, max(last_known_at) AS knownAt, max(last_end) AS lastEnd
             FROM stream_windows WHERE topic IN {topics:Array(String)} GROUP BY topic, key, hour) AS w
       GROUP BY hour),
     closings AS (
       SELECT hour, max(c.seen_rows) AS seenRows, max(c.seen_known_at) AS seenKnownAt, 1 AS closed
       FROM window_closings AS c WHERE kind = 'grid_window' GROUP BY hour)
     SELECT toUnixTimestamp(windows.hour) AS hourS, closings.closed AS reopened,
       hourS + 3600 <= {nowS:Float64} AND toUnixTimestamp64Milli(windows.knownAt) / 1000 + {quietS:Float64} <= {nowS:Float64}
         AND (closed = 1 OR hourS + 3600 + {graceS:Float64} <= {nowS:Float64}
              OR (notEmpty(before.keys) AND hasAll(windows.ended, before.keys))) AS ready
     FROM windows
     LEFT JOIN closings ON closings.hour = windows.hour
     LEFT JOIN (SELECT hour + INTERVAL 1 HOUR AS hour, keys FROM windows) AS before ON before.hour = windows.hour
     WHERE closed = 0 OR windows.rows > closings.seenRows OR windows.knownAt > closings.seenKnownAt
     ORDER BY ready DESC, hourS LIMIT {limit:UInt32}`,
    { topics: TOPICS, nowS: nowMs / 1_000, graceS, quietS, limit: runHours + 1_000 },
  );
  const ready = rows.filter((row) => row.ready === 1);
  const taken = ready.slice(0, runHours);
  return {
    hours: taken.map(({ hourS }) => new Date(Number(hourS) * 1_000).toISOString()),
    reopened: taken.filter(({ reopened }) => reopened === 1).length,
    waiting: rows.length - ready.length,
  };
}
