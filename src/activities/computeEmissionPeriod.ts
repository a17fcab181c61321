/**
 * Computes a civil month or year of stacks from the hours in force of their days, then of their sites: CO2 measured
 * against CO2 from fuel, and the energy and carbon balance.
 */
import type { ComputedEmissions, ComputeEmissionPeriodArguments } from '../../schemas/control.ts';
import { averageCo2Factor } from '../../schemas/reference/electricityFactors.ts';
import type { ConvertedUnit } from '../../schemas/reference/energyConversion.ts';
import type { CarrierAmount } from '../emissions/energyBalance.ts';
import type { Store } from '../store/port.ts';
import type { EmissionContext } from './computeStackDay.ts';
import {
  type SiteElectricity,
  type SitePeriodParameters,
  type StackPeriodDocument,
  type StackPeriodParameters,
  sitePeriodDocument,
  stackPeriodDocument,
  substitutionRuleOf,
} from './emissionPeriod.ts';
import { readStackHours, writeEmissionWindow } from './emissionResults.ts';
import { type CivilSpan, dayOf, spanOf } from './facilityCalendar.ts';
import { DAY_MS } from './facilityInputs.ts';
import { canonicalSha256, type Origin, originOf, snapshotInputs } from './lineage.ts';
import { readStacks, siteOf } from './stackInputs.ts';

/** The longest look-back of the substitution rules: 2,160 hours. */
const LOOK_BACK_MS = 90 * DAY_MS;

/** @throws Fault of the store */
export async function computeEmissionPeriod(
  { period, subjects, sites }: ComputeEmissionPeriodArguments,
  context: EmissionContext,
): Promise<ComputedEmissions> {
  const tally = { computed: 0, unchanged: 0, failed: [] };
  const count = (written: boolean | undefined) => {
    if (written !== undefined) tally[written ? 'computed' : 'unchanged']++;
    context.report?.(tally.computed + tally.unchanged);
  };
  for (const subject of subjects) count(await computeStack(period, subject, context));
  for (const site of new Set([...subjects.map(siteOf), ...sites]))
    count(await computeSite(period, site, context));
  return tally;
}

interface Part {
  readonly subject: string;
  readonly computation: string;
  readonly origin: Origin;
  readonly document: string;
}

async function computeStack(
  period: string,
  subject: string,
  { store, clock, codeVersion }: EmissionContext,
): Promise<boolean | undefined> {
  const span = spanOf(period);
  const days = await readParts(store, 'stack_day', span, [subject]);
  if (days.length === 0) return undefined;
  const month = period.length === 7;
  const fromMs = month ? span.startMs - LOOK_BACK_MS : span.startMs;
  const hours = await readStackHours(store, subject, { fromMs, toMs: span.endMs });
  // Hours before the period are inputs of the substitution: the windows that they stand in are named too.
  const before = month
    ? await readParts(store, 'stack_day', { startMs: fromMs, endMs: span.startMs }, [subject])
    : [];
  const parameters: StackPeriodParameters = {
    period,
    parts: days.map(({ computation }) => computation),
    lookBack: before.map(({ computation }) => computation),
  };
  const document = stackPeriodDocument(parameters, hours);
  return writeEmissionWindow(
    store,
    {
      draft: {
        kind: 'stack_period',
        ...draftSpan(subject, span),
        origin: worst(days.map(({ origin }) => origin)),
        inputs: [],
        factorSet: '',
        ruleSet: substitutionRuleOf(period)?.id ?? '',
        parameters: { ...parameters },
        codeVersion,
        resultSha256: canonicalSha256(document),
      },
      period,
      document,
      hours: [],
      seenRows: days.length,
    },
    clock(),
  );
}

async function computeSite(
  period: string,
  site: string,
  { store, clock, codeVersion }: EmissionContext,
): Promise<boolean | undefined> {
  const span = spanOf(period);
  // Counted before they are read: what comes in between opens the window once more, and is never missed.
  const seenRows = await countCarriers(store, site, span);
  const inputs = await snapshotInputs(store, [
    {
      table: 'energy_carriers_current',
      where: `site = {site:String} AND ${WITHIN}`,
      params: { site, from: span.startMs, to: span.endMs },
      order: ['carrier', 'unit', 'meter', 'start', 'source'],
    },
  ]);
  const carriers = await readCarriers(store, site, span);
  const stacks = (await readParts(store, 'stack_period', span, undefined, period)).filter(
    ({ subject }) => siteOf(subject) === site,
  );
  if (carriers.length === 0 && stacks.length === 0) return undefined;
  const electricity = await electricityOf(store, site, period, span);
  const deadFrames = await countDeadFrames(store, site, span);
  const parameters: SitePeriodParameters = {
    period,
    parts: stacks.map(({ computation }) => computation),
    carriers,
    electricity,
    deadFrames,
  };
  const document = sitePeriodDocument(
    parameters,
    stacks.map((stack) => ({
      subject: stack.subject,
      document: JSON.parse(stack.document) as StackPeriodDocument,
    })),
  );
  const origins = [...stacks.map(({ origin }) => origin), ...(carriers.length > 0 ? [originOf(inputs)] : [])];
  return writeEmissionWindow(
    store,
    {
      draft: {
        kind: 'site_period',
        ...draftSpan(site, span),
        origin: worst(origins),
        inputs,
        factorSet: electricity.factor ?? '',
        ruleSet: document.fuel.ruleSet,
        parameters: { ...parameters },
        codeVersion,
        resultSha256: canonicalSha256(document),
      },
      period,
      document,
      hours: [],
      seenRows,
    },
    clock(),
  );
}

const draftSpan = (subject: string, { startMs, endMs }: CivilSpan) => ({
  subject,
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
});

/** Simulated beside measured is mixed; anything estimated makes an estimate. */
function worst(origins: readonly Origin[]): Origin {
  const kinds = new Set(origins);
  if (kinds.size === 1) return origins[0]!;
  return kinds.has('simulated') || kinds.has('mixed') ? 'mixed' : 'estimated';
}

const WITHIN =
  'start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})';

/** Windows in force of a kind within a span; of one period only where it is given. */
async function readParts(
  store: Store,
  kind: 'stack_day' | 'stack_period',
  { startMs, endMs }: CivilSpan,
  subjects?: readonly string[],
  period?: string,
): Promise<Part[]> {
  return store.query<Part>(
    `SELECT subject, computation, origin, document FROM emission_windows_current
     WHERE kind = {kind:String} AND ${WITHIN}${subjects ? ' AND subject IN {subjects:Array(String)}' : ''}${period ? ' AND period = {period:String}' : ''}
     ORDER BY subject, start`,
    {
      kind,
      from: startMs,
      to: endMs,
      ...(subjects && { subjects: [...subjects] }),
      ...(period && { period }),
    },
  );
}

async function countCarriers(store: Store, site: string, { startMs, endMs }: CivilSpan): Promise<number> {
  const [row] = await store.query<{ rows: string }>(
    `SELECT toString(count()) AS rows FROM energy_carriers WHERE site = {site:String} AND ${WITHIN}`,
    { site, from: startMs, to: endMs },
  );
  return Number(row?.rows ?? 0);
}

/** Amounts of a carrier with the same heating value and carbon content are one for each month. */
async function readCarriers(
  store: Store,
  site: string,
  { startMs, endMs }: CivilSpan,
): Promise<CarrierAmount[]> {
  const rows = await store.query<{
    carrier: string;
    unit: ConvertedUnit;
    month: string;
    quantity: number | null;
    heat: number | null;
    carbon: number | null;
    declared: 0 | 1 | boolean;
  }>(
    `SELECT carrier, unit, formatDateTime(start + INTERVAL 8 HOUR, '%Y-%m', 'UTC') AS month, lower_heating_value_gj_per_unit AS heat, carbon_t_per_unit AS carbon,
       if(countIf(quantity IS NULL) > 0, NULL, sum(assumeNotNull(quantity))) AS quantity, max(quality IN ('manual', 'estimated')) AS declared
     FROM energy_carriers_current WHERE site = {site:String} AND ${WITHIN}
     GROUP BY carrier, unit, month, heat, carbon ORDER BY carrier, unit, month, heat, carbon`,
    { site, from: startMs, to: endMs },
  );
  return rows.map(({ carrier, unit, month, quantity, heat, carbon, declared }) => ({
    carrier,
    unit,
    day: `${month}-01`,
    quantity,
    direction: 'in',
    declared: Boolean(declared),
    ...(heat !== null && { heatingValueGjPerUnit: heat }),
    ...(carbon !== null && { carbonTPerUnit: carbon }),
  }));
}

/** Electricity of a site that is a metered facility: its window's, with the official factor of its zone. */
async function electricityOf(
  store: Store,
  site: string,
  period: string,
  { endMs }: CivilSpan,
): Promise<SiteElectricity> {
  const [window] = await store.query<{ zone: string; computation: string; document: string }>(
    `SELECT zone, computation, document FROM facility_windows_current
     WHERE facility = {site:String} AND period = {period:String} AND unit IN ('month', 'year') LIMIT 1`,
    { site, period },
  );
  if (!window) return { amounts: [], factor: null, computation: null };
  const { sums, missingDays } = JSON.parse(window.document) as {
    sums: { eDcWh: number };
    missingDays: number;
  };
  const lastDay = dayOf(endMs - 1);
  const factor = averageCo2Factor(window.zone, lastDay)?.factor;
  const amount: CarrierAmount = {
    carrier: 'electricity',
    unit: 'kWh',
    day: lastDay,
    quantity: missingDays === 0 ? sums.eDcWh / 1_000 : null,
    direction: 'in',
    declared: false,
    ...(factor && { co2TPerUnit: factor.intensityKgCo2PerKwh / 1_000 }),
  };
  return { amounts: [amount], factor: factor?.document ?? null, computation: window.computation };
}

async function countDeadFrames(
  store: Store,
  site: string,
  { startMs, endMs }: CivilSpan,
): Promise<Record<string, number>> {
  const stacks = await readStacks(store, endMs - 1);
  const devices = [...stacks].flatMap(([subject, { devices: own }]) => (siteOf(subject) === site ? own : []));
  if (devices.length === 0) return {};
  const rows = await store.query<{ reason: string; frames: string }>(
    `SELECT reason, toString(count()) AS frames FROM emissions_frames_current
     WHERE verdict = 'dead' AND device IN {devices:Array(String)} AND ${WITHIN} GROUP BY reason ORDER BY reason`,
    { devices, from: startMs, to: endMs },
  );
  return Object.fromEntries(rows.map(({ reason, frames }) => [reason, Number(frames)]));
}
