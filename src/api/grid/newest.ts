/** Where the results of a zone end: the newest interval that has a value. */
import type { Store } from '../../store/port.ts';
import { noData } from '../problem.ts';
import type { AnsweringZone } from './zones.ts';

const STEP_S = { '15_minutes': 900, hourly: 3_600 } as const;

export interface NewestQuestion {
  readonly granularity: keyof typeof STEP_S;
  /** Intervals that begin later are not looked at. */
  readonly byMs: number;
  /** Estimated values do not count. */
  readonly measuredOnly?: boolean;
}

/**
 * Start (ms) of the newest interval with a value.
 * @throws ApiProblem 404 where there is none
 */
export async function newestIntensity(
  store: Store,
  { zone, family }: AnsweringZone,
  { granularity, byMs, measuredOnly = false }: NewestQuestion,
): Promise<number> {
  const [row] = await store.query<{ found: number; start: string }>(
    `SELECT count() AS found, toString(toUnixTimestamp64Milli(max(start))) AS start
     FROM (SELECT g.start AS start, consumption_intensity_kg_per_mwh AS value, is_estimated FROM grid_intensity AS g
       WHERE zone = {zone:String} AND family = {family:String} AND duration_s = {step:UInt32}
         AND g.start <= fromUnixTimestamp64Milli({by:Int64})
       ORDER BY g.start, version DESC LIMIT 1 BY g.start)
     WHERE value IS NOT NULL${measuredOnly ? ' AND NOT is_estimated' : ''}`,
    { zone, family, step: STEP_S[granularity], by: byMs },
  );
  return startOf(row, zone, granularity);
}

/**
 * Start (ms) of the newest interval whose production and consumption are known by mode.
 * @throws ApiProblem 404 where there is none
 */
export async function newestMix(
  store: Store,
  zone: string,
  { granularity, byMs }: NewestQuestion,
): Promise<number> {
  const [row] = await store.query<{ found: number; start: string }>(
    `SELECT count() AS found, toString(toUnixTimestamp64Milli(max(start))) AS start
     FROM (SELECT g.start AS start, consumption_mwh, production_mwh FROM grid_mix AS g
       WHERE zone = {zone:String} AND duration_s = {step:UInt32} AND g.start <= fromUnixTimestamp64Milli({by:Int64})
       ORDER BY g.start, version DESC LIMIT 1 BY g.start)
     WHERE consumption_mwh IS NOT NULL AND production_mwh IS NOT NULL`,
    { zone, step: STEP_S[granularity], by: byMs },
  );
  return startOf(row, zone, granularity);
}

function startOf(
  row: { found: number; start: string } | undefined,
  zone: string,
  granularity: keyof typeof STEP_S,
): number {
  if (row !== undefined && Number(row.found) > 0) return Number(row.start);
  const remedy = granularity === '15_minutes' ? 'temporalGranularity=hourly' : 'a zone with known hours';
  throw noData(`No data for zone "${zone}" at steps of ${STEP_S[granularity] / 60} minutes`, remedy);
}
