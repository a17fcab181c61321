/**
 * Computes a civil day of facilities: quarter hours, sums and indicators with their lineage. Facilities are read some at
 * a time, so that memory does not grow with their number; one that is refused does not stop the others.
 */
import type {
  ComputedFacilities,
  ComputeFacilityDayArguments,
  FailedFacility,
} from '../../schemas/control.ts';
import { averageCo2Factor } from '../../schemas/reference/electricityFactors.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { carrierSums } from '../datacenter/carriers.ts';
import { facilityDay } from '../datacenter/facilityDay.ts';
import { indicators } from '../datacenter/indicators.ts';
import type { WindowSums } from '../datacenter/windowSums.ts';
import type { Store } from '../store/port.ts';
import { dayStartMs } from './facilityCalendar.ts';
import {
  countCarrierRows,
  DAY_MS,
  type FacilityReadings,
  readCarriers,
  readFacilityDay,
  readIntensities,
  type ZoneIntensities,
} from './facilityInputs.ts';
import { declaredValue, type FacilityDeclaration, modelOf, readFacilities } from './facilityRegistry.ts';
import {
  changeSince,
  type FacilityClosing,
  type FacilityDraft,
  type FacilityWrite,
  latestFacilityVersions,
  writeFacilityClosings,
  writeFacilityWindows,
} from './facilityVersions.ts';
import { canonicalSha256, type Origin } from './lineage.ts';

export interface FacilityContext {
  readonly store: Store;
  readonly clock: () => number;
  readonly codeVersion: string;
  /** Called after every batch of facilities. */
  report?(done: number): void;
}

/** Facilities read and held at a time. */
const BATCH = 20;
const QUARTERS = 96;
const HOUR_MS = 3_600_000;
/** Events that a window names; the count says how many there are. */
const NAMED_EVENTS = 200;

/** @throws Fault of the store */
export async function computeFacilityDay(
  { day, facilities, cause }: ComputeFacilityDayArguments,
  context: FacilityContext,
): Promise<ComputedFacilities> {
  const startMs = dayStartMs(day);
  const declared = await readFacilities(context.store, startMs);
  const wanted = facilities ?? [...declared.keys()];
  const tally = { computed: 0, unchanged: 0, empty: 0, failed: [] as FailedFacility[] };
  const zones = new Map<string, ZoneIntensities>();
  for (let at = 0; at < wanted.length; at += BATCH) {
    const batch = wanted.slice(at, at + BATCH);
    await computeBatch({ day, startMs, cause, batch, declared, zones }, context, tally);
    context.report?.(at + batch.length);
  }
  return tally;
}

interface Batch {
  readonly day: string;
  readonly startMs: number;
  readonly cause: ComputeFacilityDayArguments['cause'];
  readonly batch: readonly string[];
  readonly declared: ReadonlyMap<string, FacilityDeclaration>;
  /** Intensities that were read for facilities before. */
  readonly zones: Map<string, ZoneIntensities>;
}

async function computeBatch(
  { day, startMs, cause, batch, declared, zones }: Batch,
  { store, clock, codeVersion }: FacilityContext,
  tally: { computed: number; unchanged: number; empty: number; failed: FailedFacility[] },
): Promise<void> {
  const readings = await readFacilityDay(store, batch, startMs);
  const carriers = await readCarriers(store, batch, startMs, startMs + DAY_MS);
  const carrierRows = await countCarrierRows(store, batch, startMs, startMs + DAY_MS);
  const versions = await latestFacilityVersions(store, 'day', startMs, batch);
  const closingOf = (facility: string, computation: string): FacilityClosing => {
    const { ownRows, ownLastKnownAt } = readings.get(facility)!;
    return {
      facility,
      day,
      rows: ownRows,
      knownAt: ownLastKnownAt,
      carrierRows: carrierRows.get(facility) ?? 0,
      computation,
    };
  };
  const writes: FacilityWrite[] = [];
  const closings: FacilityClosing[] = [];
  for (const facility of batch) {
    const read = readings.get(facility);
    if (read === undefined) {
      tally.empty++;
      continue;
    }
    try {
      const declaration = declared.get(facility);
      if (declaration === undefined) throw unregistered(facility, day);
      const { zone } = declaration;
      if (!zones.has(zone)) zones.set(zone, await readIntensities(store, zone, startMs, startMs + DAY_MS));
      const input = {
        declaration,
        read,
        carriers: carriers.get(facility) ?? [],
        intensities: zones.get(zone)!,
      };
      const before = versions.get(facility);
      const inputHash = hashOf(day, input);
      const changed = changeSince(before, inputHash, codeVersion, cause);
      if (changed === undefined) {
        tally.unchanged++;
        closings.push(closingOf(facility, before!.id));
      } else
        writes.push({ draft: draftOf(day, startMs, input, inputHash, codeVersion), before, cause: changed });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tally.failed.push({ facility, period: day, code: error.code, message: error.message });
    }
  }
  const ids = await writeFacilityWindows(store, writes, clock());
  tally.computed += writes.length;
  writes.forEach(({ draft }, at) => {
    closings.push(closingOf(draft.facility, ids[at]!));
  });
  await writeFacilityClosings(store, closings, clock());
}

const unregistered = (facility: string, day: string) =>
  new Refusal(`${facility} has readings and no document in the registry`, {
    code: 'E_FACILITY_UNKNOWN',
    place: day,
    remedy: 'a facility of type datacenter or base_station on registry.assets, valid on that day',
  });

export interface FacilityDayInputs {
  readonly declaration: FacilityDeclaration;
  readonly read: FacilityReadings;
  readonly carriers: Parameters<typeof carrierSums>[0];
  readonly intensities: ZoneIntensities;
}

function hashOf(day: string, { declaration, read, carriers, intensities }: FacilityDayInputs): string {
  return canonicalSha256({
    declaration,
    read: read.snapshot.sha256,
    carriers,
    intensities: [...intensities.byHour],
    factor: averageCo2Factor(declaration.zone, day)?.factor.document ?? null,
  });
}

/** What a day's window says, as its document keeps it. */
export interface FacilityDayDocument {
  readonly sums: WindowSums;
  readonly carriers: ReturnType<typeof carrierSums>;
  readonly indicators: ReturnType<typeof indicators>;
  /** Location-based by the official annual factor of the zone; the sums hold it by traced hours. */
  readonly annualFactor: AnnualFactor | null;
  readonly declared: FacilityDeclaration['declared'];
  readonly events: readonly unknown[];
  readonly eventCount: number;
}

export interface AnnualFactor {
  readonly kgPerKwh: number;
  readonly year: number;
  readonly zone: string;
  readonly inherited: boolean;
  readonly document: string;
}

export function annualFactorOf(zone: string, day: string): AnnualFactor | null {
  const choice = averageCo2Factor(zone, day);
  if (choice === undefined) return null;
  const { factor, inheritedFromScope } = choice;
  return {
    kgPerKwh: factor.intensityKgCo2PerKwh,
    year: factor.year,
    zone: factor.zone,
    inherited: inheritedFromScope,
    document: factor.document,
  };
}

/** Intervals and document of a day; the same inputs give the same bytes. */
export function computedDay(startMs: number, day: string, input: FacilityDayInputs) {
  const { declaration, read, carriers, intensities } = input;
  const model = modelOf(declaration);
  const found = facilityDay({
    model,
    span: { startMs, count: QUARTERS },
    readings: read.readings,
    intensityOf: (ms) => intensities.byHour.get(ms - (ms % HOUR_MS)) ?? null,
  });
  const chilledWater = declaredValue(declaration, 'chiller_supply_kwh_per_kwh');
  const sums = carrierSums(
    carriers,
    { startMs, endMs: startMs + DAY_MS },
    chilledWater === undefined ? {} : { chilledWaterKwhPerKwh: chilledWater },
  );
  const document: FacilityDayDocument = {
    sums: found.sums,
    carriers: sums,
    indicators: indicators({
      sums: found.sums,
      carriers: sums,
      pueCategory: model.pueCategory,
      claimedWh: null,
      residualKgPerKwh: null,
    }),
    annualFactor: annualFactorOf(declaration.zone, day),
    declared: declaration.declared,
    events: found.events.slice(0, NAMED_EVENTS),
    eventCount: found.events.length,
  };
  return { ...found, document, origin: originOf(found.sums) };
}

/** Origin of a window's sums: simulated, mixed, estimated (in part) or measured. */
export function originOf(sums: WindowSums): Origin {
  if (sums.simulatedIntervals > 0)
    return sums.simulatedIntervals === sums.validIntervals ? 'simulated' : 'mixed';
  return sums.estimatedIntervals > 0 ? 'estimated' : 'measured';
}

function draftOf(
  day: string,
  startMs: number,
  input: FacilityDayInputs,
  inputHash: string,
  codeVersion: string,
): FacilityDraft {
  const { declaration, read, carriers, intensities } = input;
  const { intervals, usedSets, document, origin } = computedDay(startMs, day, input);
  const { byHour, ...zone } = intensities;
  return {
    facility: declaration.id,
    zone: declaration.zone,
    unit: 'day',
    period: day,
    inputHash,
    document,
    intervals,
    computation: {
      kind: 'facility_day',
      subject: declaration.id,
      start: new Date(startMs).toISOString(),
      end: new Date(startMs + DAY_MS).toISOString(),
      origin,
      inputs: [read.snapshot],
      factorSet: document.annualFactor?.document ?? '',
      ruleSet: '',
      parameters: { declaration, usedSets, carriers, intensities: { ...zone, byHour: [...byHour] } },
      codeVersion,
      resultSha256: canonicalSha256({ intervals, document }),
    },
  };
}
