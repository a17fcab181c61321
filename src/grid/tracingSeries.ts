/** What flow tracing takes and gives: columns over steps x zones (`values[step * zones + zone]`), NaN for unknown. */
import { Refusal } from '../../schemas/refusal.ts';
import type { StorageSeries } from './storageRun.ts';
import type { StorageStock } from './storageStock.ts';
import type { GridTopology } from './topology.ts';

/** One factor family's masses, e.g. direct CO2 or life-cycle CO2e. Families are traced together and never mixed. */
export interface FamilySeries {
  readonly name: string;
  /** Mass produced with the known part of each zone's production (kg); NaN: no mass is known for it. */
  readonly producedKg: Float64Array;
  /** Smallest and largest intensity any source of this family can have (kg/MWh); without it no bounds are given. */
  readonly sourceRange?: { readonly minKgPerMwh: number; readonly maxKgPerMwh: number };
}

/** Inputs of one run. Arrays are steps x zones, `flowMwh` is steps x exchanges. */
export interface TracingSeries {
  readonly steps: number;
  /** Length of every step (h); turns an exchange's capacity into the most it can have carried. */
  readonly stepHours: number;
  /** Production (MWh), incl. the discharge of storage that is not among `storages`; NaN: the meter is missing. */
  readonly productionMwh: Float64Array;
  /** The part of `productionMwh` whose intensity is unknown (MWh); absent: none. Its mass is not in `producedKg`. */
  readonly unknownProductionMwh?: Float64Array;
  /** Reported demand incl. charging and losses (MWh), NaN or absent: not reported. Never alters an intensity. */
  readonly demandMwh?: Float64Array;
  /** Net flow per exchange (MWh), positive leaves `from`; NaN: missing. */
  readonly flowMwh: Float64Array;
  readonly families: readonly FamilySeries[];
  /** Storage whose stock is carried from step to step; what it delivers is not part of `productionMwh`. */
  readonly storages?: readonly StorageSeries[];
}

/** Publication thresholds (shares 0..1); they are part of the data version of every result. */
export interface TracingSettings {
  /** Up to this share of unknown origin a value counts as known. */
  readonly knownUpToShare: number;
  /** Up to this share a value is given with bounds and marked as estimated; above it there is none. */
  readonly estimatedUpToShare: number;
}

export const defaultTracingSettings: TracingSettings = { knownUpToShare: 0.005, estimatedUpToShare: 0.2 };

/** Why a zone has its value or has none; stored as the code. */
export const ZONE_STATUS = {
  value: 0,
  estimated: 1,
  unknown_share: 2,
  direct_unknown: 3,
  no_supply: 4,
  no_source: 5,
} as const;
export type ZoneStatus = keyof typeof ZONE_STATUS;

/** The status word of a stored code. */
export function zoneStatus(code: number): ZoneStatus {
  const word = STATUS_WORDS[code];
  if (word === undefined) throw new RangeError(`no zone status has the code ${code}`);
  return word;
}
const STATUS_WORDS = Object.keys(ZONE_STATUS) as ZoneStatus[];

/** Results of one family, each steps x zones (kg/MWh), NaN where not given. */
export interface FamilyResult {
  readonly name: string;
  /** Intensity of everything consumed in the zone; NaN unless the status is `value` or `estimated`. */
  readonly consumptionKgPerMwh: Float64Array;
  /** x_known = A⁻¹ F: the known mass in each MWh supplied; sums over windows are built from it. */
  readonly knownKgPerMwh: Float64Array;
  readonly lowerKgPerMwh: Float64Array;
  readonly upperKgPerMwh: Float64Array;
  /** Mass of the known part of the zone's own production (kg). */
  readonly producedKg: Float64Array;
  /** Intensity of what the zone itself produces, by the same publication thresholds. */
  readonly productionKgPerMwh: Float64Array;
}

export interface TracedSeries {
  readonly steps: number;
  readonly zoneCount: number;
  readonly families: readonly FamilyResult[];
  /** `ZONE_STATUS` codes. */
  readonly status: Uint8Array;
  /** Share of the zone's supply whose origin is unknown (0..1); NaN where there is no supply. */
  readonly unknownShare: Float64Array;
  /** Production (MWh), measured or estimated, and the part of it whose intensity is unknown. */
  readonly productionMwh: Float64Array;
  readonly unknownProductionMwh: Float64Array;
  /** Production + imports - exports (MWh), or the reported demand where one of these is missing. */
  readonly consumedMwh: Float64Array;
  /** Production + imports - exports - reported demand (MWh); NaN where one of them is missing. */
  readonly balanceResidualMwh: Float64Array;
  /** 1 where production is the estimate `BALANCE` (demand less net imports). */
  readonly productionEstimated: Uint8Array;
  /** Per step: largest relative error of the conservation check over components and families. */
  readonly conservationError: Float64Array;
  /** 1 where storage delivered energy that was not seen being charged (`assumed_stock`). */
  readonly stockAssumed: Uint8Array;
  /** Stocks after the last step, in the order of `storages`. */
  readonly closingStocks: readonly StorageStock[];
  readonly settings: TracingSettings;
}

/** Throws a `Refusal` when an array has not the length that steps, zones and exchanges ask for. */
export function checkShapes(topology: GridTopology, series: TracingSeries): void {
  const cells = series.steps * topology.zoneIds.length;
  const columns: Array<[string, number, number]> = [
    ['productionMwh', series.productionMwh.length, cells],
    ['unknownProductionMwh', series.unknownProductionMwh?.length ?? cells, cells],
    ['demandMwh', series.demandMwh?.length ?? cells, cells],
    ['flowMwh', series.flowMwh.length, series.steps * topology.exchanges.length],
    ...series.families.map((family): [string, number, number] => [
      `producedKg of ${family.name}`,
      family.producedKg.length,
      cells,
    ]),
  ];
  for (const [name, length, wanted] of columns) {
    if (length !== wanted) {
      throw new Refusal(`${name} has ${length} values`, {
        code: 'TL_GRID_SHAPE',
        remedy: `${wanted} values: ${series.steps} steps of every zone or exchange`,
      });
    }
  }
  for (const { zone, chargedMwh, dischargedMwh, opening } of series.storages ?? []) {
    const fits =
      topology.zoneIds[zone] !== undefined &&
      chargedMwh.length === series.steps &&
      dischargedMwh.length === series.steps &&
      opening.storedKg.length <= series.families.length &&
      opening.unknownKgAtMost.length === opening.storedKg.length;
    if (!fits) {
      throw new Refusal('a storage must have a zone, a value a step, and masses of the first families', {
        code: 'TL_GRID_SHAPE',
        place: `storage of zone ${topology.zoneIds[zone] ?? zone}`,
      });
    }
  }
  if (!(series.stepHours > 0)) {
    throw new Refusal('a step must have a length', { code: 'TL_GRID_SHAPE', place: 'stepHours' });
  }
}

/** Empty result columns for a run. */
export function allocateResult(
  topology: GridTopology,
  series: TracingSeries,
  settings: TracingSettings,
): TracedSeries {
  const zoneCount = topology.zoneIds.length;
  const column = () => new Float64Array(series.steps * zoneCount).fill(Number.NaN);
  return {
    steps: series.steps,
    zoneCount,
    families: series.families.map(({ name }) => ({
      name,
      consumptionKgPerMwh: column(),
      knownKgPerMwh: column(),
      lowerKgPerMwh: column(),
      upperKgPerMwh: column(),
      producedKg: column(),
      productionKgPerMwh: column(),
    })),
    status: new Uint8Array(series.steps * zoneCount),
    unknownShare: column(),
    productionMwh: column(),
    unknownProductionMwh: column(),
    consumedMwh: column(),
    balanceResidualMwh: column(),
    productionEstimated: new Uint8Array(series.steps * zoneCount),
    conservationError: new Float64Array(series.steps),
    stockAssumed: new Uint8Array(series.steps * zoneCount),
    closingStocks: [],
    settings,
  };
}
