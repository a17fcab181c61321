/** What changed in the grid's results and when it came to be known: the feed that `updated-since` answers from. */
import type { Store } from '../store/port.ts';
import type { Granularity } from './gridResults.ts';

export const CHANGE_QUANTITIES = {
  consumption_intensity_kg_per_mwh: 'intensity of consumption',
  production_intensity_kg_per_mwh: 'intensity of production',
  consumption_mwh: 'energy consumed',
  production_mwh: 'energy produced',
} as const;
export type ChangeQuantity = keyof typeof CHANGE_QUANTITIES;

export interface ChangesQuestion {
  /** Versions that came to be known after this (ms since 1970). */
  readonly sinceMs: number;
  /** … and not after this; up to now where absent. */
  readonly untilMs?: number;
  readonly family: string;
  readonly zone?: string;
  readonly quantity?: ChangeQuantity;
  readonly granularity?: Extract<Granularity, '15_minutes' | 'hourly'>;
  /** Entries of a smaller relative change are left out; by default none is. */
  readonly threshold?: number;
  readonly limit?: number;
}

export interface GridChange {
  readonly zone: string;
  /** Start of the interval, ms since 1970. */
  readonly startMs: number;
  readonly durationS: number;
  readonly family: string;
  readonly quantity: ChangeQuantity;
  /** Null: unknown, or before the first version. */
  readonly oldValue: number | null;
  readonly newValue: number | null;
  /** Null for the first version. */
  readonly oldVersion: number | null;
  readonly newVersion: number;
  /** first, input revision, factor set, rule set, model, stock. */
  readonly cause: string;
  readonly computation: string;
  readonly knownAtMs: number;
}

const MOST_CHANGES = 10_000;

/**
 * Changes in order of knowledge time, then of interval and zone. A version that leaves a zone as it was is no change of
 * the zone. With `limit` entries there may be more: ask again since the last one's `knownAtMs` less a millisecond.
 */
export async function readChanges(
  store: Store,
  {
    sinceMs,
    untilMs,
    family,
    zone,
    quantity = 'consumption_intensity_kg_per_mwh',
    granularity = 'hourly',
    threshold,
    limit = MOST_CHANGES,
  }: ChangesQuestion,
): Promise<GridChange[]> {
  const of = `family = {family:String} AND duration_s = ${granularity === 'hourly' ? 3_600 : 900}${zone === undefined ? '' : ' AND zone = {zone:String}'}`;
  const until = untilMs === undefined ? '' : ' AND known_at <= fromUnixTimestamp64Milli({untilMs:Int64})';
  const small =
    threshold === undefined
      ? ''
      : ' AND NOT ifNull(abs(newValue - oldValue) < {threshold:Float64} * abs(oldValue), 0)';
  const rows = await store.query<
    Omit<GridChange, 'startMs' | 'knownAtMs'> & Record<'startMs' | 'knownAtMs', string>
  >(
    `SELECT v.zone AS zone, toString(toUnixTimestamp64Milli(v.at)) AS startMs, v.durationS AS durationS, v.family AS family, {quantity:String} AS quantity,
       v.old AS oldValue, v.new AS newValue, nullIf(v.before, 0) AS oldVersion, v.version AS newVersion, c.cause AS cause, v.computation AS computation, toString(toUnixTimestamp64Milli(v.known)) AS knownAtMs
     FROM (SELECT zone, start AS at, duration_s AS durationS, family, computation, version, known_at AS known, ${quantity} AS new,
             any(${quantity}) OVER earlier AS old, any(version) OVER earlier AS before
           FROM grid_intensity WHERE ${of}${until}
             AND (zone, start) IN (SELECT zone, start FROM grid_intensity WHERE ${of}${until} AND known_at > fromUnixTimestamp64Milli({sinceMs:Int64}))
           WINDOW earlier AS (PARTITION BY zone, start ORDER BY version ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)) AS v
     LEFT JOIN (SELECT id, any(cause) AS cause FROM computations WHERE kind = 'grid_window' GROUP BY id) AS c ON c.id = v.computation
     WHERE v.known > fromUnixTimestamp64Milli({sinceMs:Int64}) AND (v.before = 0 OR newValue IS DISTINCT FROM oldValue)${small}
     ORDER BY v.known, v.at, v.zone, v.version LIMIT {limit:UInt32}`,
    {
      family,
      sinceMs,
      quantity,
      limit: Math.min(limit, MOST_CHANGES),
      ...(zone !== undefined && { zone }),
      ...(untilMs !== undefined && { untilMs }),
      ...(threshold !== undefined && { threshold }),
    },
  );
  return rows.map(({ startMs, knownAtMs, ...row }) => ({
    ...row,
    startMs: Number(startMs),
    knownAtMs: Number(knownAtMs),
  }));
}
