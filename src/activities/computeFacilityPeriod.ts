/**
 * Computes a civil month or year of facilities from the sums of their days: the energies add up, the indicators are
 * ratios of the sums. Fuel and water are read anew, since a delivery may belong to the month and to no single day.
 */
import type {
  ComputedFacilities,
  ComputeFacilityPeriodArguments,
  FailedFacility,
} from '../../schemas/control.ts';
import type { SettlementStatement } from '../../schemas/documents/settlementStatement.ts';
import { residualCo2Factor } from '../../schemas/reference/electricityFactors.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type CarrierReading, carrierSums } from '../datacenter/carriers.ts';
import { type Indicator, indicators } from '../datacenter/indicators.ts';
import { type JudgedTarget, judgeTargets } from '../datacenter/targets.ts';
import { addWindows, NO_SUMS, unknownWindow, type WindowSums } from '../datacenter/windowSums.ts';
import type { Store } from '../store/port.ts';
import {
  type AnnualFactor,
  annualFactorOf,
  type FacilityContext,
  type FacilityDayDocument,
  originOf,
} from './computeFacilityDay.ts';
import { type CivilSpan, dayOf, daysOf, spanOf } from './facilityCalendar.ts';
import { readCarriers } from './facilityInputs.ts';
import {
  declaredValue,
  type FacilityDeclaration,
  modelOf,
  readFacilities,
  targetGroups,
} from './facilityRegistry.ts';
import {
  changeSince,
  type FacilityWrite,
  latestFacilityVersions,
  writeFacilityWindows,
} from './facilityVersions.ts';
import { canonicalSha256 } from './lineage.ts';

const BATCH = 20;
const QUARTERS = 96;

/** A claim on green electricity: settled quantities of complete months, each with the statement that settled it. */
export interface GreenClaim {
  readonly claimedWh: number | null;
  readonly statements: readonly {
    readonly period: string;
    readonly computation: string;
    readonly settledWh: number;
  }[];
}

/** What a month's or year's window says, as its document keeps it. */
export interface FacilityPeriodDocument {
  readonly sums: WindowSums;
  readonly days: number;
  /** Days without a window; they count as unknown. */
  readonly missingDays: number;
  readonly carriers: ReturnType<typeof carrierSums>;
  readonly indicators: ReturnType<typeof indicators>;
  readonly annualFactor: AnnualFactor | null;
  /** kgCO2/kWh by the official annual factor, beside the traced hours of `indicators`. */
  readonly cueLocationAnnual: Indicator;
  readonly residual: { readonly kgPerKwh: number; readonly year: number; readonly document: string } | null;
  readonly claim: GreenClaim;
  readonly targets: readonly JudgedTarget[];
  readonly declared: FacilityDeclaration['declared'];
  /** Version of each day that went in. */
  readonly parts: readonly string[];
}

interface Day {
  readonly facility: string;
  readonly day: string;
  readonly computation: string;
  readonly document: string;
}

/** @throws Fault of the store */
export async function computeFacilityPeriod(
  { period, facilities, cause }: ComputeFacilityPeriodArguments,
  context: FacilityContext,
): Promise<ComputedFacilities> {
  const { store, clock, codeVersion } = context;
  const span = spanOf(period);
  const declared = await readFacilities(store, span.endMs - 1);
  const wanted = facilities ?? [...declared.keys()];
  const tally = { computed: 0, unchanged: 0, empty: 0, failed: [] as FailedFacility[] };
  const unit = period.length === 4 ? 'year' : 'month';
  for (let at = 0; at < wanted.length; at += BATCH) {
    const batch = wanted.slice(at, at + BATCH);
    const days = Map.groupBy(await readDays(store, batch, span), ({ facility }) => facility);
    const carriers = await readCarriers(store, batch, span.startMs, span.endMs);
    const claims = await readClaims(store, batch, period);
    const versions = await latestFacilityVersions(store, unit, span.startMs, batch);
    const writes: FacilityWrite[] = [];
    for (const facility of batch) {
      const own = days.get(facility) ?? [];
      const declaration = declared.get(facility);
      if (own.length === 0 || declaration === undefined) {
        tally.empty++;
        continue;
      }
      const input = {
        declaration,
        days: own,
        carriers: carriers.get(facility) ?? [],
        claim: claims.get(facility) ?? NO_CLAIM,
      };
      const inputHash = hashOf(input);
      const before = versions.get(facility);
      const changed = changeSince(before, inputHash, codeVersion, cause);
      if (changed === undefined) {
        tally.unchanged++;
        continue;
      }
      try {
        const document = computedPeriod(period, span, input);
        writes.push({
          before,
          cause: changed,
          draft: {
            facility,
            zone: declaration.zone,
            unit,
            period,
            inputHash,
            document,
            intervals: [],
            computation: {
              kind: 'facility_period',
              subject: facility,
              start: new Date(span.startMs).toISOString(),
              end: new Date(span.endMs).toISOString(),
              origin: originOf(document.sums),
              inputs: [],
              factorSet: [document.annualFactor?.document, document.residual?.document]
                .filter(Boolean)
                .join('; '),
              ruleSet: document.targets.map(({ id }) => id).join(' '),
              parameters: {
                declaration,
                parts: document.parts,
                carriers: input.carriers,
                claim: input.claim,
              },
              codeVersion,
              resultSha256: canonicalSha256(document),
            },
          },
        });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        tally.failed.push({ facility, period, code: error.code, message: error.message });
      }
    }
    await writeFacilityWindows(store, writes, clock());
    tally.computed += writes.length;
    context.report?.(at + batch.length);
  }
  return tally;
}

interface PeriodInput {
  readonly declaration: FacilityDeclaration;
  readonly days: readonly Day[];
  readonly carriers: readonly CarrierReading[];
  readonly claim: GreenClaim;
}

const hashOf = ({ declaration, days, carriers, claim }: PeriodInput): string =>
  canonicalSha256({ declaration, days: days.map(({ computation }) => computation), carriers, claim });

/** The document of a period; the same inputs give the same bytes. */
function computedPeriod(period: string, span: CivilSpan, input: PeriodInput): FacilityPeriodDocument {
  const { declaration, days, carriers, claim } = input;
  const model = modelOf(declaration);
  const all = daysOf(period);
  const byDay = new Map(days.map((day) => [day.day, day]));
  const sums = all.reduce((total, day) => {
    const own = byDay.get(day);
    const ofDay = own
      ? (JSON.parse(own.document) as FacilityDayDocument).sums
      : unknownWindow(QUARTERS, model.capacityW);
    return addWindows(total, ofDay);
  }, NO_SUMS);
  const chilledWater = declaredValue(declaration, 'chiller_supply_kwh_per_kwh');
  const other = carrierSums(
    carriers,
    span,
    chilledWater === undefined ? {} : { chilledWaterKwhPerKwh: chilledWater },
  );
  const lastDay = dayOf(span.endMs - 1);
  const annualFactor = annualFactorOf(declaration.zone, lastDay);
  const residual = residualCo2Factor(lastDay);
  const found = indicators({
    sums,
    carriers: other,
    pueCategory: model.pueCategory,
    claimedWh: claim.claimedWh,
    residualKgPerKwh: residual?.intensityKgCo2PerKwh ?? null,
  });
  const occupancy = declaredValue(declaration, 'rack_occupancy');
  return {
    sums,
    days: all.length,
    missingDays: all.filter((day) => !byDay.has(day)).length,
    carriers: other,
    indicators: found,
    annualFactor,
    cueLocationAnnual: annualCue(found, sums, other.co2Kg, annualFactor),
    residual: residual
      ? { kgPerKwh: residual.intensityKgCo2PerKwh, year: residual.year, document: residual.document }
      : null,
    claim,
    targets: judgeTargets({
      indicators: found,
      period,
      lastDay,
      groups: targetGroups(declaration),
      declared: occupancy === undefined ? {} : { rackOccupancy: occupancy },
    }),
    declared: declaration.declared,
    parts: days.map(({ computation }) => computation),
  };
}

function annualCue(
  found: ReturnType<typeof indicators>,
  sums: WindowSums,
  fuelCo2Kg: number | null,
  factor: AnnualFactor | null,
): Indicator {
  const gate = found.verdict === 'none' ? 'coverage' : sums.eItWh > 0 ? '' : 'no_it_energy';
  if (gate !== '') return { value: null, reason: gate };
  if (factor === null) return { value: null, reason: 'intensity_unknown' };
  if (fuelCo2Kg === null) return { value: null, reason: 'carrier_co2_unknown' };
  return { value: ((sums.eDcWh / 1_000) * factor.kgPerKwh + fuelCo2Kg) / (sums.eItWh / 1_000), reason: '' };
}

async function readDays(
  store: Store,
  facilities: readonly string[],
  { startMs, endMs }: CivilSpan,
): Promise<Day[]> {
  return store.query<Day>(
    `SELECT facility, period AS day, computation, document FROM facility_windows
     WHERE unit = 'day' AND facility IN {facilities:Array(String)}
       AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
     ORDER BY facility, day, version DESC, computed_at DESC, computation LIMIT 1 BY facility, day`,
    { facilities: [...facilities], from: startMs, to: endMs },
  );
}

const NO_CLAIM: GreenClaim = { claimedWh: null, statements: [] };

/**
 * Green electricity settled for the facility: the environmental quantity of its statements, which the ledger lets be
 * claimed once. A month whose statement is still open, or a year of which a month is missing, has no claim.
 */
async function readClaims(
  store: Store,
  facilities: readonly string[],
  period: string,
): Promise<Map<string, GreenClaim>> {
  const months =
    period.length === 7
      ? [period]
      : Array.from({ length: 12 }, (_, at) => `${period}-${String(at + 1).padStart(2, '0')}`);
  const rows = await store.query<{ party: string; period: string; computation: string; document: string }>(
    `SELECT party, period, computation, document FROM settlement_statements
     WHERE party IN {facilities:Array(String)} AND period IN {months:Array(String)}
     ORDER BY party, period, market, version DESC LIMIT 1 BY party, period, market`,
    { facilities: [...facilities], months },
  );
  const claims = new Map<string, GreenClaim>();
  for (const [party, own] of Map.groupBy(rows, (row) => row.party)) {
    const statements = own.map((row) => {
      const { settledWh, status } = JSON.parse(row.document) as Pick<
        SettlementStatement,
        'settledWh' | 'status'
      >;
      return { period: row.period, computation: row.computation, settledWh: Number(settledWh), status };
    });
    const whole = months.every((month) =>
      statements.some((each) => each.period === month && each.status === 'complete'),
    );
    const sum = statements.reduce((total, { settledWh }) => total + settledWh, 0);
    claims.set(party, {
      claimedWh: whole ? sum : null,
      statements: statements.map(({ status: _status, ...named }) => named),
    });
  }
  return claims;
}
