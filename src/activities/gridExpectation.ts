/** What an hour was to report, judged by the day before it: a mode or flow that fell silent is unknown, not zero. */
import type { Store } from '../store/port.ts';
import type { HourInputs } from './gridInputs.ts';

/** Hours before a window in which a mode or an exchange must have reported to be expected in it. */
export const EXPECTATION_HOURS = 24;

const HOUR_MS = 3_600_000;

/** Readings that were expected and did not come; they are part of what a result was computed from. */
export interface Gaps {
  readonly generation: readonly (readonly [zone: string, fuel: string])[];
  /** Capacity (MW) as last reported; null where it never was. */
  readonly exchange: readonly (readonly [fromZone: string, toZone: string, capacityMw: number | null])[];
}

/** Gaps of each of the given hours, sorted. */
export async function findGaps(store: Store, hours: readonly HourInputs[]): Promise<Gaps[]> {
  const fromMs = Math.min(...hours.map(({ hourMs }) => hourMs)) - EXPECTATION_HOURS * HOUR_MS;
  const toMs = Math.max(...hours.map(({ hourMs }) => hourMs));
  const span = { from: fromMs, to: toMs };
  const within =
    'start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})';
  const hoursSeen = 'arraySort(groupUniqArray(intDiv(toUnixTimestamp(start), 3600))) AS seen';
  const [generation, exchange] = await Promise.all([
    store.query<{ zone: string; fuel: string; seen: number[] }>(
      `SELECT zone, fuel, ${hoursSeen} FROM grid_generation WHERE ${within} GROUP BY zone, fuel ORDER BY zone, fuel`,
      span,
    ),
    store.query<{ fromZone: string; toZone: string; seen: number[]; capacityMw: number | null }>(
      `SELECT from_zone AS fromZone, to_zone AS toZone, ${hoursSeen}, argMax(capacity_mw, start) AS capacityMw
       FROM grid_exchange WHERE ${within} GROUP BY from_zone, to_zone ORDER BY from_zone, to_zone`,
      span,
    ),
  ]);
  return hours.map(({ hourMs, readings }) => {
    const hour = hourMs / HOUR_MS;
    const expected = ({ seen }: { seen: number[] }) =>
      seen.some((each) => each >= hour - EXPECTATION_HOURS && each < hour);
    const modes = new Set(readings.grid_generation.map(({ identity }) => identity.join('\t')));
    const lines = new Set(
      readings.grid_exchange.flatMap(({ identity: [from, to] }) => [`${from}\t${to}`, `${to}\t${from}`]),
    );
    return {
      generation: generation
        .filter((pair) => expected(pair) && !modes.has(`${pair.zone}\t${pair.fuel}`))
        .map(({ zone, fuel }) => [zone, fuel] as const),
      exchange: exchange
        .filter((pair) => expected(pair) && !lines.has(`${pair.fromZone}\t${pair.toZone}`))
        .map(({ fromZone, toZone, capacityMw }) => [fromZone, toZone, capacityMw] as const),
    };
  });
}
