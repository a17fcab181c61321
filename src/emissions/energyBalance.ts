/**
 * Energy and carbon of a site or area over a period: every carrier in its own unit, GJ, kWh and standard coal, with its
 * CO2 and scope. Carriers add up because each is converted once; what is not known is named and never counted as 0.
 */
import {
  type CarrierConversion,
  type ConvertedUnit,
  conversionOn,
  densities,
  GJ_PER_TCE,
} from '../../schemas/reference/energyConversion.ts';

export interface CarrierAmount {
  readonly carrier: string;
  readonly unit: ConvertedUnit;
  /** Civil day on which its interval begins: it chooses the conversion. */
  readonly day: string;
  /** Null where it is not known. */
  readonly quantity: number | null;
  /** `in`: bought or delivered; `out`: passed on to others (heat, power), which is subtracted. */
  readonly direction: 'in' | 'out';
  /** As measured, GJ per unit; the table's where absent. */
  readonly heatingValueGjPerUnit?: number | undefined;
  /** As measured, tC per unit; from heat and the table where absent. */
  readonly carbonTPerUnit?: number | undefined;
  /** Of electricity and heat: CO2 that is charged with it, from the factor that the caller chose. */
  readonly co2TPerUnit?: number | undefined;
  /** Put down by the site and not measured. */
  readonly declared: boolean;
}

export interface CarrierBalance {
  readonly carrier: string;
  readonly unit: ConvertedUnit;
  readonly direction: 'in' | 'out';
  /** In its own unit. */
  readonly quantity: number | null;
  readonly heatGj: number | null;
  readonly energyKwh: number | null;
  /** 当量值: by the heat in it. */
  readonly equivalentTce: number | null;
  /** 等价值: by the heat that making it takes. */
  readonly primaryTce: number | null;
  readonly co2T: number | null;
  readonly scope: CarrierConversion['scope'];
  /** Carbon in the fuel and the part that is left in ash and soot (t). */
  readonly carbonT: number | null;
  readonly residueCarbonT: number | null;
  readonly heatingValue: 'measured' | 'table' | 'mixed' | 'none';
  readonly declared: boolean;
  readonly sources: readonly string[];
  /** Columns that are not known, and why. */
  readonly unknown: readonly string[];
}

export type BalanceColumn = 'heatGj' | 'energyKwh' | 'equivalentTce' | 'primaryTce' | 'co2T' | 'carbonT';

export interface BalanceTotal {
  /** In minus out over what is known. */
  readonly known: number;
  /** The same, null where a carrier is not known. */
  readonly total: number | null;
  readonly unknownCarriers: readonly string[];
}

export interface EnergyBalance {
  readonly carriers: readonly CarrierBalance[];
  readonly totals: Readonly<Record<BalanceColumn, BalanceTotal>>;
  readonly co2ByScope: Readonly<Record<'scope_1' | 'scope_2', BalanceTotal>>;
  /** Carbon that came in = carbon that left as CO2 + residue, relative difference; null without carbon. */
  readonly carbonClosure: number | null;
}

const GJ_PER_KWH = 0.0036;
const CO2_PER_CARBON = 44 / 12;
const COLUMNS: readonly BalanceColumn[] = [
  'heatGj',
  'energyKwh',
  'equivalentTce',
  'primaryTce',
  'co2T',
  'carbonT',
];

/** Converts and sums. Amounts of one carrier, unit and direction make one row, in order of carrier. */
export function energyBalance(amounts: readonly CarrierAmount[]): EnergyBalance {
  const groups = Map.groupBy(amounts, ({ carrier, unit, direction }) => `${carrier}|${unit}|${direction}`);
  const carriers = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => sumRows(group.map(convert)));
  const totals = Object.fromEntries(
    COLUMNS.map((column) => [column, totalOf(carriers, column)]),
  ) as EnergyBalance['totals'];
  const ofScope = (scope: string) =>
    totalOf(
      carriers.filter((row) => row.scope === scope),
      'co2T',
    );
  return {
    carriers,
    totals,
    co2ByScope: { scope_1: ofScope('scope_1'), scope_2: ofScope('scope_2') },
    carbonClosure: closureOf(carriers),
  };
}

function convert(amount: CarrierAmount): CarrierBalance {
  const { carrier, unit, direction, quantity, declared, day } = amount;
  const conversion = conversionOn(carrier, day);
  const factor = conversion && unitFactor(carrier, unit, conversion.unit);
  const base = { carrier, unit, direction, quantity, declared };
  if (quantity === null || conversion === undefined || factor === undefined) {
    const why = quantity === null ? 'quantity' : `no conversion of ${carrier} in ${unit} on ${day}`;
    return { ...base, ...NOTHING, scope: conversion?.scope ?? 'none', unknown: [why] };
  }
  const units = quantity * factor;
  const measured = amount.heatingValueGjPerUnit;
  const heatGj = measured !== undefined ? quantity * measured : times(units, conversion.heatGjPerUnit);
  // With a measured heating value the heat is known better than by the table's standard coal.
  const equivalentTce =
    measured !== undefined ? heatGj! / GJ_PER_TCE : times(units, conversion.equivalentTcePerUnit);
  const fuel = conversion.scope === 'scope_1';
  const primaryTce =
    fuel && measured !== undefined ? equivalentTce : times(units, conversion.primaryTcePerUnit);
  const carbonT =
    amount.carbonTPerUnit !== undefined
      ? quantity * amount.carbonTPerUnit
      : heatGj === null
        ? null
        : times(heatGj, conversion.carbonTPerGj);
  const co2T = fuel
    ? carbonT === null || conversion.oxidisedShare === null
      ? null
      : carbonT * conversion.oxidisedShare * CO2_PER_CARBON
    : amount.co2TPerUnit === undefined
      ? null
      : quantity * amount.co2TPerUnit;
  const row = {
    heatGj,
    energyKwh: heatGj === null ? null : heatGj / GJ_PER_KWH,
    equivalentTce,
    primaryTce,
    co2T,
    carbonT,
  };
  return {
    ...base,
    ...row,
    residueCarbonT: carbonT === null || co2T === null ? null : carbonT - co2T / CO2_PER_CARBON,
    scope: conversion.scope,
    heatingValue: measured !== undefined ? 'measured' : heatGj === null ? 'none' : 'table',
    sources: [conversion.source],
    unknown: missingColumns(row, conversion),
  };
}

const NOTHING = {
  heatGj: null,
  energyKwh: null,
  equivalentTce: null,
  primaryTce: null,
  co2T: null,
  carbonT: null,
  residueCarbonT: null,
  heatingValue: 'none',
  sources: [],
} as const;

/** Columns that the carrier should have: a medium that is no energy lacks none, and heat has no carbon of its own. */
function missingColumns(row: Record<BalanceColumn, number | null>, { scope }: CarrierConversion): string[] {
  if (scope === 'none') return [];
  return COLUMNS.filter((column) => row[column] === null && (column !== 'carbonT' || scope === 'scope_1'));
}

const MASS: Readonly<Record<string, number>> = { t: 1, kg: 1e-3 };
const HEAT: Readonly<Record<string, number>> = { GJ: 1, MJ: 1e-3, kWh: GJ_PER_KWH, MWh: 3.6 };

/** Units of the conversion in one unit of the amount, or `undefined` where they cannot be converted. */
function unitFactor(carrier: string, from: ConvertedUnit, to: ConvertedUnit): number | undefined {
  if (from === to) return 1;
  for (const family of [MASS, HEAT]) {
    const [a, b] = [family[from], family[to]];
    if (a !== undefined && b !== undefined) return a / b;
  }
  const density = from === 'L' ? densities[carrier] : undefined;
  return density && MASS[to] !== undefined ? density.tPerL / MASS[to] : undefined;
}

const times = (a: number, b: number | null): number | null => (b === null ? null : a * b);

function sumRows(rows: readonly CarrierBalance[]): CarrierBalance {
  const sum = (column: BalanceColumn | 'quantity' | 'residueCarbonT') =>
    rows.some((row) => row[column] === null) ? null : rows.reduce((total, row) => total + row[column]!, 0);
  const kinds = new Set(rows.map(({ heatingValue }) => heatingValue));
  const [first] = rows;
  return {
    ...first!,
    quantity: sum('quantity'),
    heatGj: sum('heatGj'),
    energyKwh: sum('energyKwh'),
    equivalentTce: sum('equivalentTce'),
    primaryTce: sum('primaryTce'),
    co2T: sum('co2T'),
    carbonT: sum('carbonT'),
    residueCarbonT: sum('residueCarbonT'),
    heatingValue: kinds.size === 1 ? first!.heatingValue : 'mixed',
    declared: rows.some(({ declared }) => declared),
    sources: [...new Set(rows.flatMap(({ sources }) => sources))],
    unknown: [...new Set(rows.flatMap(({ unknown }) => unknown))],
  };
}

function totalOf(rows: readonly CarrierBalance[], column: BalanceColumn): BalanceTotal {
  const sign = { in: 1, out: -1 };
  const counted = rows.filter(({ scope }) => scope !== 'none' || column !== 'carbonT');
  const known = counted.reduce((sum, row) => sum + sign[row.direction] * (row[column] ?? 0), 0);
  const unknownCarriers = counted
    .filter(({ unknown }) =>
      unknown.some((name) => name === column || !(COLUMNS as readonly string[]).includes(name)),
    )
    .map(({ carrier }) => carrier);
  return { known, total: unknownCarriers.length > 0 ? null : known, unknownCarriers };
}

function closureOf(rows: readonly CarrierBalance[]): number | null {
  const burnt = rows.filter(
    ({ scope, carbonT, co2T }) => scope === 'scope_1' && carbonT !== null && co2T !== null,
  );
  const carbonIn = burnt.reduce((sum, { carbonT }) => sum + carbonT!, 0);
  if (carbonIn === 0) return null;
  const out = burnt.reduce(
    (sum, { co2T, residueCarbonT }) => sum + co2T! / CO2_PER_CARBON + residueCarbonT!,
    0,
  );
  return (out - carbonIn) / carbonIn;
}
