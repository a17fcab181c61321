/**
 * Which hours follow from others: storage opens with the stock that the hour before left, and what an hour was to report
 * is judged by the day before it. When an hour changes, these are the hours that no longer hold.
 */
import type { Store } from '../store/port.ts';
import { EXPECTATION_HOURS, findGaps } from './gridExpectation.ts';
import { readGridInputs } from './gridInputs.ts';
import { stocksDiffer } from './gridStocks.ts';
import { latestVersions, stockAfter } from './gridVersions.ts';
import { canonicalSha256 } from './lineage.ts';

const HOUR_MS = 3_600_000;

/**
 * Computed hours behind the written ones, oldest first, that opened with another stock or were judged by other
 * expectations than would hold now. Hours that were `given` to the same run are not named: it has just computed them.
 */
export async function staleAfter(
  store: Store,
  writtenMs: readonly number[],
  given: ReadonlySet<number>,
): Promise<string[]> {
  if (writtenMs.length === 0) return [];
  const stale = new Set([
    ...(await otherStock(store, writtenMs, given)),
    ...(await otherExpectation(store, writtenMs, given)),
  ]);
  return [...stale].sort((a, b) => a - b).map((ms) => new Date(ms).toISOString());
}

async function otherStock(
  store: Store,
  writtenMs: readonly number[],
  given: ReadonlySet<number>,
): Promise<number[]> {
  const latest = await latestVersions(store, writtenMs);
  const stale: number[] = [];
  for (const hourMs of writtenMs) {
    if (given.has(hourMs + HOUR_MS)) continue;
    const closing = latest.get(hourMs)?.computation?.parameters.closing ?? [];
    const next = await stockAfter(store, hourMs);
    if (next && !given.has(next.hourMs) && stocksDiffer(next.opening, closing)) stale.push(next.hourMs);
  }
  return stale;
}

async function otherExpectation(
  store: Store,
  writtenMs: readonly number[],
  given: ReadonlySet<number>,
): Promise<number[]> {
  const behind = new Set(
    writtenMs.flatMap((hourMs) =>
      Array.from({ length: EXPECTATION_HOURS }, (_hour, at) => hourMs + (at + 1) * HOUR_MS),
    ),
  );
  const candidates = [...behind].filter((hourMs) => !given.has(hourMs)).sort((a, b) => a - b);
  if (candidates.length === 0) return [];
  const latest = await latestVersions(store, candidates);
  const computed = candidates.filter((hourMs) => latest.get(hourMs)?.computation !== undefined);
  if (computed.length === 0) return [];
  const inputs = await readGridInputs(store, computed);
  const gaps = await findGaps(store, inputs);
  return computed.filter(
    (hourMs, at) =>
      canonicalSha256(gaps[at]) !== canonicalSha256(latest.get(hourMs)!.computation!.parameters.gaps),
  );
}
