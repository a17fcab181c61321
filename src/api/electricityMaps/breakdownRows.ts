/** The mix of a zone as Electricity Maps writes a row of its power breakdown: mean power in whole MW. */
import { z } from 'zod';
import { productionMode } from '../../../schemas/reference/fuelFactors.ts';
import type { MixFigure } from '../../activities/gridResults.ts';
import { isoOf } from '../context.ts';
import type { AnsweringZone } from '../grid/zones.ts';
import { seatOf, seatShape } from './intensityRows.ts';

const MODES = productionMode.options;
const STORAGE = ['hydro', 'battery'] as const;
const RENEWABLE = new Set<string>(['biomass', 'geothermal', 'hydro', 'solar', 'wind']);
const FOSSIL_FREE = new Set<string>([...RENEWABLE, 'nuclear']);
/** Consumption of which more than this is of unknown origin has no percentages. */
const MOST_UNKNOWN_SHARE = 0.2;

const megawatts = z.int().nullable();
const byMode = z.record(z.string(), megawatts);

export const breakdownRow = z
  .object({
    zone: z.string(),
    datetime: z.string(),
    updatedAt: z.string(),
    createdAt: z.string(),
    powerConsumptionBreakdown: byMode.meta({
      description:
        'MW by the mode that consumption was traced to, storage through to what charged it; unknown includes what could not be traced',
    }),
    powerProductionBreakdown: byMode.meta({ description: 'MW; null: not reported or unknown' }),
    powerImportBreakdown: byMode,
    powerExportBreakdown: byMode,
    fossilFreePercentage: z.int().nullable(),
    renewablePercentage: z.int().nullable(),
    powerConsumptionTotal: megawatts,
    powerProductionTotal: megawatts,
    powerImportTotal: megawatts,
    powerExportTotal: megawatts,
    isEstimated: z.boolean(),
    estimationMethod: z.string().nullable(),
    temporalGranularity: z.enum(['15_minutes', 'hourly']),
    x_storageCharge: byMode,
    x_origin: z.string(),
    x_dataVersion: z.string(),
    x_knowledgeTime: z.string(),
    x_computation: z.string(),
    ...seatShape,
  })
  .meta({ id: 'PowerBreakdown' });
export type BreakdownAnswer = z.infer<typeof breakdownRow>;

export function breakdownOf(
  mix: MixFigure,
  zone: AnsweringZone,
  temporalGranularity: '15_minutes' | 'hourly',
): BreakdownAnswer {
  const hours = (mix.endMs - mix.startMs) / 3_600_000;
  const power = (energyMwh: number | null | undefined) =>
    energyMwh === null || energyMwh === undefined ? null : Math.round(energyMwh / hours);
  const powers = (energies: Readonly<Record<string, number | null>>) =>
    Object.fromEntries(Object.entries(energies).map(([name, energy]) => [name, power(energy)]));
  const consumed = consumedByMode(mix);
  return {
    zone: zone.zone,
    datetime: isoOf(mix.startMs),
    updatedAt: isoOf(mix.knownAtMs),
    createdAt: isoOf(mix.firstKnownAtMs),
    powerConsumptionBreakdown: {
      ...powers(consumed),
      ...Object.fromEntries(STORAGE.map((kind) => [`${kind} discharge`, null])),
    },
    powerProductionBreakdown: {
      ...Object.fromEntries(MODES.map((mode) => [mode, power(mix.productionMwh[mode])])),
      ...Object.fromEntries(
        STORAGE.map((kind) => [`${kind} discharge`, power(mix.productionMwh[`${kind}_discharge`])]),
      ),
    },
    powerImportBreakdown: powers(mix.importMwh),
    powerExportBreakdown: powers(mix.exportMwh),
    fossilFreePercentage: percentageOf(consumed, FOSSIL_FREE),
    renewablePercentage: percentageOf(consumed, RENEWABLE),
    powerConsumptionTotal: power(mix.consumptionTotalMwh),
    powerProductionTotal: power(mix.productionTotalMwh),
    powerImportTotal: power(sumOf(Object.values(mix.importMwh))),
    powerExportTotal: power(sumOf(Object.values(mix.exportMwh))),
    isEstimated: mix.isEstimated,
    estimationMethod: mix.isEstimated ? mix.estimationMethod : null,
    temporalGranularity,
    x_storageCharge: Object.fromEntries(
      STORAGE.map((kind) => [kind, power(mix.productionMwh[`${kind}_charge`])]),
    ),
    x_origin: mix.origin,
    x_dataVersion: `v${mix.version}`,
    x_knowledgeTime: isoOf(mix.knownAtMs),
    x_computation: mix.computation,
    ...seatOf(zone),
  };
}

/** MWh by mode; what has no traced origin counts as `unknown`. */
function consumedByMode({ consumptionMwh }: MixFigure): Record<string, number | null> {
  return Object.fromEntries(
    MODES.map((mode) => {
      const traced = consumptionMwh[mode];
      if (mode !== 'unknown') return [mode, traced ?? null];
      const untraced = consumptionMwh.untraced;
      return [mode, traced == null && untraced == null ? null : (traced ?? 0) + (untraced ?? 0)];
    }),
  );
}

/** One unknown makes a sum unknown. */
const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);

/** Of the consumption whose origin is known. */
function percentageOf(
  consumed: Readonly<Record<string, number | null>>,
  modes: ReadonlySet<string>,
): number | null {
  let known = 0;
  let counted = 0;
  for (const [mode, energy] of Object.entries(consumed)) {
    if (mode === 'unknown' || energy === null) continue;
    known += energy;
    if (modes.has(mode)) counted += energy;
  }
  const unknown = consumed.unknown;
  if (unknown == null || known <= 0 || unknown > MOST_UNKNOWN_SHARE * (known + unknown)) return null;
  return Math.round((100 * counted) / known);
}
