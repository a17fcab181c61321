/**
 * The mix of a zone ahead: each mode and neighbour by the method that did best on the zone's consumption, so that one
 * method, and one score, stands for the whole and its parts.
 */
import { type MixFigure, readMixes } from '../../activities/gridResults.ts';
import { forecastSeries, repeatSeason, type SeriesForecast } from '../../grid/forecast.ts';
import type { Store } from '../../store/port.ts';
import { basisOf, type ForecastQuestion, historyOf, seriesOver, tooThin, worstOrigin } from './forecasts.ts';
import type { AnsweringZone } from './zones.ts';

const HOUR_MS = 3_600_000;

export interface MixForecast {
  readonly generatedAtMs: number;
  readonly historyEndMs: number;
  readonly method: SeriesForecast['method'];
  /** Of the consumption (MWh), a day ahead. */
  readonly score: SeriesForecast['score'];
  readonly origin: string;
  /** As measured mixes are told; totals are sums of what was forecast. */
  readonly hours: readonly MixFigure[];
}

type Part = 'productionMwh' | 'consumptionMwh' | 'importMwh' | 'exportMwh';

/**
 * Forecasts the hours from the one that contains `atMs`, from the mixes known at `atMs`.
 * @throws ApiProblem with the status `refusedAs` where the history was too short, too thin or too old
 */
export async function forecastMixAt(
  store: Store,
  { zone }: AnsweringZone,
  question: ForecastQuestion,
): Promise<MixForecast> {
  const rows = await readMixes(store, { zone, granularity: 'hourly', ...historyOf(question) });
  const known = rows.filter(({ consumptionTotalMwh }) => consumptionTotalMwh !== null);
  const basis = basisOf(zone, known, question);
  const { behind, historyEndMs } = basis;
  const hours = behind + question.hours;
  const consumed = seriesOver(basis, known, ({ consumptionTotalMwh }) => consumptionTotalMwh);
  const total = forecastSeries(consumed, hours);
  if (total === undefined) throw basis.refuse(tooThin(known.length));
  const ahead = (part: Part): Map<string, (number | null)[]> => {
    const names = new Set(known.flatMap((row) => Object.keys(row[part])));
    const series = (name: string) => seriesOver(basis, known, (row) => row[part][name] ?? null);
    return new Map([...names].map((name) => [name, repeatSeason(series(name), hours, total.method)]));
  };
  const parts = {
    productionMwh: ahead('productionMwh'),
    consumptionMwh: ahead('consumptionMwh'),
    importMwh: ahead('importMwh'),
    exportMwh: ahead('exportMwh'),
  };
  const newest = rows.at(-1)!;
  const hourAt = (at: number): MixFigure => {
    const of = (part: Part) =>
      Object.fromEntries([...parts[part]].map(([name, values]) => [name, values[at] ?? null]));
    const [productionMwh, consumptionMwh] = [of('productionMwh'), of('consumptionMwh')];
    const startMs = historyEndMs + at * HOUR_MS;
    return {
      ...newest,
      startMs,
      endMs: startMs + HOUR_MS,
      productionMwh,
      consumptionMwh,
      importMwh: of('importMwh'),
      exportMwh: of('exportMwh'),
      productionTotalMwh: sumOf(productionMwh, (mode) => !mode.endsWith('_charge')),
      consumptionTotalMwh: sumOf(consumptionMwh, () => true),
    };
  };
  return {
    generatedAtMs: Math.max(...rows.map(({ knownAtMs }) => knownAtMs)),
    historyEndMs,
    method: total.method,
    score: total.score,
    origin: worstOrigin(known),
    hours: Array.from({ length: question.hours }, (_hour, at) => hourAt(behind + at)),
  };
}

/** Of what is told; null where nothing is: a mode that the zone does not report is no gap. */
function sumOf(
  energies: Readonly<Record<string, number | null>>,
  counts: (mode: string) => boolean,
): number | null {
  const known = Object.entries(energies).flatMap(([mode, energy]) =>
    energy !== null && counts(mode) ? [energy] : [],
  );
  return known.length === 0 ? null : known.reduce((sum, energy) => sum + energy, 0);
}
