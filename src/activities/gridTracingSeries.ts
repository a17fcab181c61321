/** Energies, masses and storage of an hour's grid as the series that is traced: factor families, then origins by mode. Pure. */
import { type ModeFactorSet, modeFactors, productionMode } from '../../schemas/reference/fuelFactors.ts';
import { sourceRangeOf } from '../grid/modeMass.ts';
import type { StorageSeries } from '../grid/storageRun.ts';
import type { FamilySeries, TracingSeries } from '../grid/tracingSeries.ts';
import type { GridFamily, HourGrid } from './gridModel.ts';
import type { Column } from './gridSeries.ts';
import { compare } from './gridSeries.ts';
import { efficiencyOf, type StockRecord, type StorageKind, stockKey, stockOf } from './gridStocks.ts';

export interface HourSeries {
  readonly series: TracingSeries;
  /** Modes whose share in consumption is traced, in the order of their families behind the factor families. */
  readonly origins: readonly string[];
  /** Whose stocks the series carries, in the order of `storages`. */
  readonly stocks: readonly Pick<StockRecord, 'zone' | 'storage'>[];
  /** Stocks of zones without storage in this hour: they are kept as they are. */
  readonly resting: readonly StockRecord[];
}

/** The share of a mode lies between none and all. */
const SHARE_RANGE = { minKgPerMwh: 0, maxKgPerMwh: 1 };

/** Energies (MWh) and masses (kg), NaN where unknown. Charging is consumption; discharging comes out of the stock. */
export function seriesOf(
  grid: HourGrid,
  families: readonly GridFamily[],
  opening: readonly StockRecord[],
): HourSeries {
  const { topology, steps, stepS, generation, load, exchange } = grid;
  const zones = topology.zoneIds.length;
  const cells = () => new Float64Array(steps * zones).fill(Number.NaN);
  const productionMwh = cells();
  const demandMwh = cells();
  const factors = families.map(({ factorSet }) => modeFactors(factorSet));
  const produced = generation.filter(({ identity }) => storageOf(identity[1]!) === undefined);
  const storing = generation.filter(({ identity }) => storageOf(identity[1]!) !== undefined);
  const origins = [
    ...new Set([
      ...produced.map(({ identity }) => identity[1]!),
      ...storing.flatMap(({ identity }) => `${storageOf(identity[1]!)!}_discharge`),
    ]),
  ].sort(compare);
  const masses = factors.map(cells);
  const shares = origins.map(cells);
  const unknownProductionMwh = cells().fill(0);
  const modesOf = Map.groupBy(produced, ({ identity }) => identity[0]);
  const storesOf = new Set(storing.map(({ identity }) => identity[0]));
  const loadOf = new Map(load.map((column) => [column.identity[0], column]));
  topology.zoneIds.forEach((zone, index) => {
    const modes = modesOf.get(zone) ?? [];
    for (let step = 0; step < steps; step++) {
      const cell = step * zones + index;
      demandMwh[cell] = loadOf.get(zone)?.energyMwh[step] ?? Number.NaN;
      // A zone that only stores produces nothing of its own.
      if (modes.length === 0 && !storesOf.has(zone)) continue;
      const sums = sumModes(modes, step, factors);
      productionMwh[cell] = sums.production;
      unknownProductionMwh[cell] = sums.unknown;
      masses.forEach((mass, family) => {
        mass[cell] = sums.kg[family]!;
      });
      origins.forEach((origin, at) => {
        shares[at]![cell] = Number.isNaN(sums.production) ? Number.NaN : (sums.byMode.get(origin) ?? 0);
      });
    }
  });
  const flowMwh = new Float64Array(steps * exchange.length);
  exchange.forEach(({ energyMwh }, at) => {
    for (let step = 0; step < steps; step++) flowMwh[step * exchange.length + at] = energyMwh[step]!;
  });
  const storages = storagesOf(grid, storing, opening, families, factors, origins);
  return {
    series: {
      steps,
      stepHours: stepS / 3_600,
      productionMwh,
      unknownProductionMwh,
      demandMwh,
      flowMwh,
      families: [
        ...families.map(
          ({ name }, family): FamilySeries => ({
            name,
            producedKg: masses[family]!,
            sourceRange: sourceRangeOf(factors[family]!),
          }),
        ),
        ...origins.map(
          (origin, at): FamilySeries => ({
            name: `origin ${origin}`,
            producedKg: shares[at]!,
            sourceRange: SHARE_RANGE,
          }),
        ),
      ],
      ...(storages.length > 0 && { storages: storages.map(({ series }) => series) }),
    },
    origins,
    stocks: storages.map(({ zone, storage }) => ({ zone, storage })),
    resting: opening.filter((record) => !storages.some((each) => stockKey(each) === stockKey(record))),
  };
}

/** `hydro` of `hydro_charge` and `hydro_discharge`. */
function storageOf(fuel: string): StorageKind | undefined {
  if (!fuel.endsWith('_charge') && !fuel.endsWith('_discharge')) return undefined;
  return fuel.slice(0, fuel.indexOf('_')) as StorageKind;
}

interface ZoneStorage {
  readonly zone: string;
  readonly storage: StorageKind;
  readonly series: StorageSeries;
}

function storagesOf(
  { topology, steps }: HourGrid,
  storing: readonly Column[],
  opening: readonly StockRecord[],
  families: readonly GridFamily[],
  factors: readonly ModeFactorSet[],
  origins: readonly string[],
): ZoneStorage[] {
  const byKey = new Map(opening.map((record) => [stockKey(record), record]));
  const highest = factors.map((set) => sourceRangeOf(set).maxKgPerMwh);
  const names = families.map(({ name }) => name);
  const found = new Map(
    storing.map(({ identity: [zone, fuel] }) => {
      const each = { zone: zone!, storage: storageOf(fuel!)! };
      return [stockKey(each), each];
    }),
  );
  const energies = (zone: string, fuel: string) =>
    storing.find(({ identity }) => identity[0] === zone && identity[1] === fuel)?.energyMwh ??
    new Float64Array(steps);
  return [...found.keys()].sort(compare).map((key) => {
    const { zone, storage } = found.get(key)!;
    return {
      zone,
      storage,
      series: {
        zone: topology.zoneIds.indexOf(zone),
        chargedMwh: energies(zone, `${storage}_charge`),
        dischargedMwh: energies(zone, `${storage}_discharge`),
        efficiency: efficiencyOf(storage),
        opening: stockOf(byKey.get(key), names, highest),
        originFamily: families.length + origins.indexOf(`${storage}_discharge`),
      },
    };
  });
}

interface ModeSums {
  readonly production: number;
  readonly unknown: number;
  readonly kg: readonly number[];
  readonly byMode: ReadonlyMap<string, number>;
}

/** One mode of unknown energy makes the zone's production and masses unknown. */
function sumModes(modes: readonly Column[], step: number, factors: readonly ModeFactorSet[]): ModeSums {
  let production = 0;
  let unknown = 0;
  const kg = factors.map(() => 0);
  const byMode = new Map<string, number>();
  for (const { identity, energyMwh } of modes) {
    const energy = energyMwh[step]!;
    production += energy;
    byMode.set(identity[1]!, energy);
    const mode = productionMode.safeParse(identity[1]);
    if (!mode.success) unknown += energy;
    else
      factors.forEach(({ intensityKgPerMwh }, family) => {
        kg[family]! += energy * intensityKgPerMwh[mode.data];
      });
  }
  return Number.isNaN(production)
    ? { production, unknown: 0, kg, byMode }
    : { production, unknown, kg, byMode };
}
