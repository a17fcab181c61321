/**
 * Questions to the grid's results: intensities and mixes of a zone, now or as of a time of knowledge. Steps of 15 minutes
 * and hours are read; days, months and years of Chinese reports are sums of the hours, cut in Asia/Shanghai.
 */
import { statusOfShare } from '../grid/publication.ts';
import { defaultTracingSettings, type TracingSettings, ZONE_STATUS } from '../grid/tracingSeries.ts';
import type { Store } from '../store/port.ts';

export const GRANULARITIES = ['15_minutes', 'hourly', 'daily', 'monthly', 'yearly'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

export interface ResultQuestion {
  readonly zone: string;
  readonly granularity: Granularity;
  /** Half-open range of starts, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Versions that were known then; those of now where absent. */
  readonly asOfMs?: number;
}

/** One figure of one family; null is unknown. */
export interface IntensityFigure {
  readonly zone: string;
  readonly family: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly intensityKgPerMwh: number | null;
  readonly lowerKgPerMwh: number | null;
  readonly upperKgPerMwh: number | null;
  readonly unknownShare: number | null;
  readonly consumptionMwh: number | null;
  readonly consumptionCo2Kg: number | null;
  /** Part of the mass that stands for supply of unknown origin. */
  readonly estimatedCo2Kg: number | null;
  readonly productionMwh: number | null;
  readonly productionCo2Kg: number | null;
  readonly productionIntensityKgPerMwh: number | null;
  readonly isEstimated: boolean;
  readonly estimationMethod: string | null;
  /** Why there is no value; empty where there is one. */
  readonly reason: string;
  /** measured, estimated, inherited or simulated. */
  readonly origin: string;
  readonly flags: readonly string[];
  readonly correctedModes: readonly string[];
  readonly causes: readonly string[];
  /** Computation and version of a step; of a sum: the newest of its hours. */
  readonly computation: string;
  readonly version: number;
  readonly knownAtMs: number;
  /** When the first version came to be known. */
  readonly firstKnownAtMs: number;
  /** Hours of a day, month or year that have no row. */
  readonly missingHours: number;
}

/** Figures of a zone and family in order of time. Steps without a row are left out: nothing is interpolated. */
export async function readIntensities(
  store: Store,
  question: ResultQuestion & { readonly family: string; readonly settings?: TracingSettings },
): Promise<IntensityFigure[]> {
  const { granularity } = question;
  if (granularity === '15_minutes' || granularity === 'hourly') return readSteps(store, question);
  return readPeriods(store, question, granularity);
}

const among = (durationS: number, asOfMs: number | undefined) =>
  `duration_s = ${durationS} AND start >= fromUnixTimestamp64Milli({fromMs:Int64}) AND start < fromUnixTimestamp64Milli({toMs:Int64})${
    asOfMs === undefined ? '' : ' AND known_at <= fromUnixTimestamp64Milli({asOfMs:Int64})'
  }`;

const paramsOf = ({ zone, fromMs, toMs, asOfMs }: ResultQuestion) => ({
  zone,
  fromMs,
  toMs,
  ...(asOfMs !== undefined && { asOfMs }),
});

type StepRow = Omit<IntensityFigure, 'startMs' | 'endMs' | 'knownAtMs' | 'firstKnownAtMs' | 'missingHours'> &
  Record<'startMs' | 'endMs' | 'knownAtMs' | 'firstKnownAtMs', string>;

async function readSteps(
  store: Store,
  question: ResultQuestion & { readonly family: string },
): Promise<IntensityFigure[]> {
  const durationS = question.granularity === '15_minutes' ? 900 : 3_600;
  const rows = await store.query<StepRow>(
    `SELECT zone, family, toString(toUnixTimestamp64Milli(start)) AS startMs, toString(toUnixTimestamp64Milli(start) + duration_s * 1000) AS endMs,
       consumption_intensity_kg_per_mwh AS intensityKgPerMwh, lower_kg_per_mwh AS lowerKgPerMwh, upper_kg_per_mwh AS upperKgPerMwh,
       unknown_share AS unknownShare, consumption_mwh AS consumptionMwh, consumption_co2_kg AS consumptionCo2Kg, estimated_co2_kg AS estimatedCo2Kg,
       production_mwh AS productionMwh, production_co2_kg AS productionCo2Kg, production_intensity_kg_per_mwh AS productionIntensityKgPerMwh,
       is_estimated AS isEstimated, nullIf(toString(estimation_method), '') AS estimationMethod, reason, origin, flags, corrected_modes AS correctedModes, causes,
       computation, version, toString(toUnixTimestamp64Milli(known_at)) AS knownAtMs,
       toString(toUnixTimestamp64Milli(min(known_at) OVER (PARTITION BY start))) AS firstKnownAtMs
     FROM grid_intensity AS g WHERE family = {family:String} AND zone = {zone:String} AND ${among(durationS, question.asOfMs).replaceAll('start', 'g.start')}
     ORDER BY g.start, g.version DESC LIMIT 1 BY g.start`,
    { ...paramsOf(question), family: question.family },
  );
  return rows.map(({ startMs, endMs, knownAtMs, firstKnownAtMs, ...row }) => ({
    ...row,
    startMs: Number(startMs),
    endMs: Number(endMs),
    knownAtMs: Number(knownAtMs),
    firstKnownAtMs: Number(firstKnownAtMs),
    missingHours: 0,
  }));
}

const PERIOD_START: Readonly<Record<Exclude<Granularity, '15_minutes' | 'hourly'>, string>> = {
  daily: 'toStartOfDay(local)',
  monthly: 'toStartOfMonth(local)',
  yearly: 'toStartOfYear(local)',
};
const PERIOD_END = {
  daily: 'INTERVAL 1 DAY',
  monthly: 'INTERVAL 1 MONTH',
  yearly: 'INTERVAL 1 YEAR',
} as const;

interface PeriodRow {
  readonly startMs: string;
  readonly endMs: string;
  readonly hours: number;
  readonly energyHours: number;
  readonly energyMwh: number;
  readonly unknownMwh: number;
  readonly knownKg: number;
  readonly lowerKg: number | null;
  readonly upperKg: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
  readonly producedMwh: number | null;
  readonly producedKg: number | null;
  readonly producedHours: number;
  readonly estimated: 0 | 1;
  readonly methods: string[];
  readonly origins: string[];
  readonly flags: string[];
  readonly correctedModes: string[];
  readonly causes: string[];
  readonly computation: string;
  readonly version: number;
  readonly knownAtMs: string;
  readonly firstKnownAtMs: string;
}

/** Sums of mass and energy; a mean of intensities is never formed. An hour without energy leaves the period without a value. */
async function readPeriods(
  store: Store,
  question: ResultQuestion & { readonly family: string; readonly settings?: TracingSettings },
  granularity: keyof typeof PERIOD_START,
): Promise<IntensityFigure[]> {
  const { family, zone, settings = defaultTracingSettings } = question;
  const rows = await store.query<PeriodRow>(
    `WITH hours AS (
       SELECT *, toTimeZone(g.start, 'Asia/Shanghai') AS local, known_co2_kg IS NOT NULL AND consumption_mwh IS NOT NULL AND unknown_share IS NOT NULL AS energyKnown
       FROM grid_intensity AS g WHERE family = {family:String} AND zone = {zone:String} AND ${among(3_600, question.asOfMs).replaceAll('start', 'g.start')}
       ORDER BY g.start, g.version DESC LIMIT 1 BY g.start)
     SELECT toString(toUnixTimestamp(toDateTime(period, 'Asia/Shanghai')) * 1000) AS startMs,
       toString(toUnixTimestamp(toDateTime(period, 'Asia/Shanghai') + ${PERIOD_END[granularity]}) * 1000) AS endMs, count() AS hours, countIf(energyKnown) AS energyHours,
       sumIf(assumeNotNull(h.consumption_mwh), energyKnown) AS energyMwh, sumIf(assumeNotNull(h.consumption_mwh * h.unknown_share), energyKnown) AS unknownMwh,
       sumIf(assumeNotNull(h.known_co2_kg), energyKnown) AS knownKg,
       if(countIf(lower_kg_per_mwh IS NULL) = 0, sum(h.consumption_mwh * lower_kg_per_mwh), NULL) AS lowerKg,
       if(countIf(upper_kg_per_mwh IS NULL) = 0, sum(h.consumption_mwh * upper_kg_per_mwh), NULL) AS upperKg,
       if(countIf(lower_kg_per_mwh IS NULL) = 0, min(lower_kg_per_mwh), NULL) AS lowest, if(countIf(upper_kg_per_mwh IS NULL) = 0, max(upper_kg_per_mwh), NULL) AS highest,
       sum(h.production_mwh) AS producedMwh, sum(h.production_co2_kg) AS producedKg, countIf(h.production_mwh IS NOT NULL AND h.production_intensity_kg_per_mwh IS NOT NULL OR h.production_mwh = 0) AS producedHours,
       max(is_estimated) AS estimated, arraySort(groupUniqArrayIf(toString(estimation_method), estimation_method != '')) AS methods,
       arraySort(groupUniqArray(toString(h.origin))) AS origins, arraySort(groupUniqArrayArray(arrayMap(f -> toString(f), h.flags))) AS flags,
       arraySort(groupUniqArrayArray(arrayMap(f -> toString(f), corrected_modes))) AS correctedModes, arraySort(groupUniqArrayArray(h.causes)) AS causes,
       argMax(h.computation, (h.known_at, h.start)) AS computation, max(h.version) AS version,
       toString(max(toUnixTimestamp64Milli(known_at))) AS knownAtMs, toString(min(toUnixTimestamp64Milli(known_at))) AS firstKnownAtMs
     FROM hours AS h GROUP BY ${PERIOD_START[granularity]} AS period ORDER BY period`,
    { ...paramsOf(question), family },
  );
  return rows.map((row) => periodFigure(zone, family, row, settings));
}

function periodFigure(
  zone: string,
  family: string,
  row: PeriodRow,
  settings: TracingSettings,
): IntensityFigure {
  const startMs = Number(row.startMs);
  const endMs = Number(row.endMs);
  const missingHours = (endMs - startMs) / 3_600_000 - Number(row.hours);
  const complete = missingHours === 0 && Number(row.energyHours) === Number(row.hours) && row.energyMwh > 0;
  const unknownShare = complete ? Math.min(1, row.unknownMwh / row.energyMwh) : null;
  const status =
    unknownShare === null || unknownShare === 1
      ? ZONE_STATUS.unknown_share
      : statusOfShare(unknownShare, settings);
  const given = status !== ZONE_STATUS.unknown_share;
  const intensity = given ? row.knownKg / (row.energyMwh - row.unknownMwh) : null;
  const energyMwh = complete ? row.energyMwh : null;
  const massKg = intensity === null ? null : intensity * row.energyMwh;
  const produced = missingHours === 0 && Number(row.producedHours) === Number(row.hours);
  return {
    zone,
    family,
    startMs,
    endMs,
    intensityKgPerMwh: intensity,
    lowerKgPerMwh: complete && row.lowerKg !== null ? row.lowerKg / row.energyMwh : row.lowest,
    upperKgPerMwh: complete && row.upperKg !== null ? row.upperKg / row.energyMwh : row.highest,
    unknownShare,
    consumptionMwh: energyMwh,
    consumptionCo2Kg: massKg,
    estimatedCo2Kg: massKg === null ? null : massKg - row.knownKg,
    productionMwh: produced ? row.producedMwh : null,
    productionCo2Kg: produced ? row.producedKg : null,
    productionIntensityKgPerMwh: produced && row.producedMwh! > 0 ? row.producedKg! / row.producedMwh! : null,
    isEstimated: status === ZONE_STATUS.estimated || Boolean(row.estimated),
    estimationMethod: row.methods.length === 0 ? null : row.methods.join(' '),
    reason: given ? '' : complete ? 'unknown_share' : 'incomplete',
    origin: worstOrigin(row.origins),
    flags: row.flags,
    correctedModes: row.correctedModes,
    causes: row.causes,
    computation: row.computation,
    version: Number(row.version),
    knownAtMs: Number(row.knownAtMs),
    firstKnownAtMs: Number(row.firstKnownAtMs),
    missingHours,
  };
}

/** From the surest to the least sure; a sum is as sure as its worst part. */
const ORIGINS = ['measured', 'estimated', 'inherited', 'simulated'];
const worstOrigin = (origins: readonly string[]): string =>
  origins.reduce(
    (worst, origin) => (ORIGINS.indexOf(origin) > ORIGINS.indexOf(worst) ? origin : worst),
    'measured',
  );

/** Production and consumption by mode, imports and exports by neighbour (MWh); null is unknown. */
export interface MixFigure {
  readonly zone: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly productionMwh: Readonly<Record<string, number | null>>;
  /** By the mode that consumption was traced to; `untraced` is of unknown origin. */
  readonly consumptionMwh: Readonly<Record<string, number | null>>;
  readonly importMwh: Readonly<Record<string, number | null>>;
  readonly exportMwh: Readonly<Record<string, number | null>>;
  readonly productionTotalMwh: number | null;
  readonly consumptionTotalMwh: number | null;
  readonly isEstimated: boolean;
  readonly estimationMethod: string | null;
  readonly origin: string;
  readonly computation: string;
  readonly version: number;
  readonly knownAtMs: number;
  readonly firstKnownAtMs: number;
}

type MixRow = Omit<
  MixFigure,
  | 'startMs'
  | 'endMs'
  | 'knownAtMs'
  | 'firstKnownAtMs'
  | 'productionMwh'
  | 'consumptionMwh'
  | 'importMwh'
  | 'exportMwh'
> &
  Record<'startMs' | 'endMs' | 'knownAtMs' | 'firstKnownAtMs', string> &
  Record<'modes' | 'neighbours', string[]> &
  Record<'modeProduction' | 'modeConsumption' | 'imports' | 'exports', (number | null)[]>;

/** Mixes of a zone in order of time, of steps of 15 minutes or of hours. */
export async function readMixes(
  store: Store,
  question: ResultQuestion & { readonly granularity: '15_minutes' | 'hourly' },
): Promise<MixFigure[]> {
  const durationS = question.granularity === '15_minutes' ? 900 : 3_600;
  const rows = await store.query<MixRow>(
    `SELECT zone, toString(toUnixTimestamp64Milli(start)) AS startMs, toString(toUnixTimestamp64Milli(start) + duration_s * 1000) AS endMs,
       modes, mode_production_mwh AS modeProduction, mode_consumption_mwh AS modeConsumption, neighbours, import_mwh AS imports, export_mwh AS exports,
       production_mwh AS productionTotalMwh, consumption_mwh AS consumptionTotalMwh, is_estimated AS isEstimated,
       nullIf(toString(estimation_method), '') AS estimationMethod, origin, computation, version, toString(toUnixTimestamp64Milli(known_at)) AS knownAtMs,
       toString(toUnixTimestamp64Milli(min(known_at) OVER (PARTITION BY start))) AS firstKnownAtMs
     FROM grid_mix AS g WHERE zone = {zone:String} AND ${among(durationS, question.asOfMs).replaceAll('start', 'g.start')}
     ORDER BY g.start, g.version DESC LIMIT 1 BY g.start`,
    paramsOf(question),
  );
  return rows.map(({ startMs, endMs, knownAtMs, firstKnownAtMs, modes, neighbours, ...row }): MixFigure => {
    const { modeProduction, modeConsumption, imports, exports, ...rest } = row;
    return {
      ...rest,
      startMs: Number(startMs),
      endMs: Number(endMs),
      knownAtMs: Number(knownAtMs),
      firstKnownAtMs: Number(firstKnownAtMs),
      productionMwh: byName(modes, modeProduction),
      consumptionMwh: byName(modes, modeConsumption),
      importMwh: byName(neighbours, imports),
      exportMwh: byName(neighbours, exports),
    };
  });
}

const byName = (names: readonly string[], values: readonly (number | null)[]) =>
  Object.fromEntries(names.map((name, at) => [name, values[at] ?? null]));
