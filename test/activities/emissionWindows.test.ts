/** Days, months and years of stacks and sites through the store: closing, late data, lineage, recomputation. */
import { expect, test } from 'vitest';
import { CLOSE_EMISSIONS } from '../../schemas/control.ts';
import { exampleCoalUnit as unit } from '../../schemas/reference/exampleMarket.ts';
import { findClosableEmissionPeriods, findClosableStackDays } from '../../src/activities/closeEmissions.ts';
import { computeEmissionPeriod } from '../../src/activities/computeEmissionPeriod.ts';
import { computeStackDay } from '../../src/activities/computeStackDay.ts';
import type { SitePeriodDocument, StackPeriodDocument } from '../../src/activities/emissionPeriod.ts';
import { explainResult, recomputeResult } from '../../src/activities/resultKinds.ts';
import type { StackDayDocument } from '../../src/activities/stackDay.ts';
import { coalReadings, stackReadings } from '../../src/scenario/coalUnit.ts';
import { type EmissionStore, openEmissionStore } from './emissionStore.ts';

const CO2 = 'a05001';
const SUBJECT = `${unit.site}|${unit.stack}`;
const HOUR = 3_600_000;
/** Two days at the end of March and April begun, Asia/Shanghai. */
const MARCH = { startMs: Date.parse('2026-03-29T16:00:00Z'), endMs: Date.parse('2026-03-31T16:00:00Z') };
const AFTER = MARCH.endMs + 12 * HOUR;

async function closeAll({ store, context }: EmissionStore, nowMs: number) {
  const { days, reopened, waiting } = await findClosableStackDays(store, CLOSE_EMISSIONS, nowMs);
  for (const { day, subjects } of days) await computeStackDay({ day, subjects: [...subjects] }, context);
  const { periods } = await findClosableEmissionPeriods(store, CLOSE_EMISSIONS, nowMs);
  for (const { period, subjects, sites } of periods)
    await computeEmissionPeriod({ period, subjects: [...subjects], sites: [...sites] }, context);
  return {
    days: days.map(({ day }) => day),
    periods: periods.map(({ period }) => period),
    reopened,
    waiting,
  };
}

async function documentOf<T>(
  { store }: EmissionStore,
  kind: string,
  period: string,
): Promise<T & { version: number; computation: string }> {
  const [row] = await store.query<{ document: string; version: number; computation: string }>(
    'SELECT document, version, computation FROM emission_windows_current WHERE kind = {kind:String} AND period = {period:String}',
    { kind, period },
  );
  return { ...(JSON.parse(row!.document) as T), version: row!.version, computation: row!.computation };
}

async function filled(): Promise<EmissionStore> {
  const bench = await openEmissionStore();
  bench.setNow(AFTER);
  const knownAt = new Date(MARCH.endMs + HOUR).toISOString();
  await bench.put('emissions_cems', stackReadings(7, MARCH), knownAt);
  await bench.put('energy_carriers', coalReadings(7, MARCH), knownAt);
  return bench;
}

test('days close once, the month behind them, and their mass is the sum of their hours', async () => {
  const bench = await filled();
  expect(await closeAll(bench, AFTER)).toEqual({
    days: ['2026-03-30', '2026-03-31'],
    periods: ['2026-03'],
    reopened: 0,
    waiting: 0,
  });
  bench.setNow(AFTER + HOUR);
  expect(await closeAll(bench, AFTER + HOUR)).toEqual({ days: [], periods: [], reopened: 0, waiting: 0 });
  const day = await documentOf<StackDayDocument>(bench, 'stack_day', '2026-03-30');
  const readings = [...stackReadings(7, { ...MARCH, endMs: MARCH.startMs + 24 * HOUR })];
  const sum = readings
    .filter(({ pollutant }) => pollutant === CO2)
    .reduce((total, { cumulative }) => total + Number(cumulative), 0);
  expect(day.pollutants[CO2]!.massKg).toBeCloseTo(sum, 6);
  expect(day.pollutants[CO2]).toMatchObject({ coverage: 1, methods: { device_total: 24 } });
  expect(day.dayState).toMatchObject({ a05001: 'valid' });
});

test('a month says its days that are missing, fills outages beside the mass, and compares with the fuel', async () => {
  const bench = await filled();
  await closeAll(bench, AFTER);
  const month = await documentOf<StackPeriodDocument>(bench, 'stack_period', '2026-03');
  expect(month).toMatchObject({ days: 31, missingDays: 29 });
  expect(month.pollutants[CO2]!.coverage).toBeCloseTo(48 / 744, 9);
  expect(month.completeness[CO2]!.outages).toMatchObject([{ hours: 29 * 24, kind: 'missing' }]);
  const site = await documentOf<SitePeriodDocument>(bench, 'site_period', '2026-03');
  expect(site.crossCheck).toMatchObject({ verdict: 'not_comparable' });
  expect(site.fuel).toMatchObject({ ruleSet: 'CN-POWER-2022', indicative: true });
  expect(site.fuelNote).toMatch(/CN-POWER-2026.*not entered/);
  const burntT = [...coalReadings(7, MARCH)].reduce((total, { quantity }) => total + Number(quantity), 0);
  expect(site.energy.totals.heatGj.total).toBeCloseTo(burntT * unit.lowerHeatingValueGjPerT, 6);
  expect(site.fuel.fuelT).toBeCloseTo((burntT * unit.lowerHeatingValueGjPerT * 0.03085 * 0.99 * 44) / 12, 6);
});

test('late readings re-open their own day and month; late fuel re-opens the site only', async () => {
  const bench = await filled();
  await closeAll(bench, AFTER);
  const late = [...stackReadings(7, { ...MARCH, endMs: MARCH.startMs + HOUR })].map((reading) => ({
    ...reading,
    flag: 'C',
    revision: 1,
  }));
  bench.setNow(AFTER + HOUR);
  await bench.put('emissions_cems', late, new Date(AFTER).toISOString());
  expect(await closeAll(bench, AFTER + HOUR)).toMatchObject({
    days: ['2026-03-30'],
    periods: ['2026-03'],
    reopened: 1,
  });
  expect(await documentOf<StackDayDocument>(bench, 'stack_day', '2026-03-30')).toMatchObject({
    version: 2,
    pollutants: { a05001: { hours: { valid: 23, invalid: 1 } } },
  });
  expect(await documentOf(bench, 'stack_day', '2026-03-31')).toMatchObject({ version: 1 });
  expect(await documentOf(bench, 'site_period', '2026-03')).toMatchObject({ version: 2 });
  bench.setNow(AFTER + 2 * HOUR);
  const [coal] = coalReadings(7, MARCH);
  await bench.put(
    'energy_carriers',
    [{ ...coal, meter: 'm-second-belt', carbonTPerUnit: 0.5 }],
    new Date(AFTER + HOUR).toISOString(),
  );
  expect(await closeAll(bench, AFTER + 2 * HOUR)).toMatchObject({ days: [], periods: ['2026-03'] });
  const site = await documentOf<SitePeriodDocument>(bench, 'site_period', '2026-03');
  expect(site.version).toBe(3);
  expect(
    site.fuel.fuels.map(({ parameters }) => parameters.map(({ name, origin }) => `${name} ${origin}`)),
  ).toEqual([
    ['carbon_content measured', 'oxidised_share default'],
    ['heating_value measured', 'carbon_per_heat default', 'oxidised_share default'],
  ]);
  expect(await documentOf(bench, 'stack_period', '2026-03')).toMatchObject({ version: 2 });
});

test('a day that is not complete waits for its grace', async () => {
  const bench = await openEmissionStore();
  const known = new Date(MARCH.endMs).toISOString();
  await bench.put('emissions_cems', [...stackReadings(7, MARCH)].slice(0, -6), known);
  const soon = MARCH.endMs + HOUR;
  bench.setNow(soon);
  expect(await closeAll(bench, soon)).toMatchObject({ days: ['2026-03-30'], waiting: 1 });
  bench.setNow(AFTER);
  expect(await closeAll(bench, AFTER)).toMatchObject({ days: ['2026-03-31'], waiting: 0 });
});

test('minutes decide where they are there, and the register says how concentrations are meant', async () => {
  const bench = await openEmissionStore();
  bench.setNow(AFTER);
  const knownAt = new Date(MARCH.endMs + HOUR).toISOString();
  const head = { site: 'site/x', stack: 'stack-x', device: 'MN-X', quality: 'measured' };
  const at = (ms: number) => new Date(MARCH.startMs + ms).toISOString();
  const hour = (pollutant: string, value: number, unitOf: string) => ({
    ...head,
    pollutant,
    period: 'hour',
    start: at(0),
    durationS: 3_600,
    value,
    unit: unitOf,
    flag: 'N',
  });
  const minutes = Array.from({ length: 60 }, (_, minute) => ({
    ...head,
    pollutant: 'a21026',
    period: 'minute',
    start: at(minute * 60_000),
    durationS: 60,
    value: 18.3,
    unit: 'mg/m3',
    flag: minute < 50 ? 'N' : 'M',
  }));
  await bench.put(
    'emissions_cems',
    [
      hour('a00000', 220, 'm3/s'),
      hour('a01012', 52, 'degC'),
      hour('a01013', -0.15, 'kPa'),
      hour('a01014', 11.8, 'percent'),
      hour('a19001', 6.4, 'percent'),
      hour('a05001', 10, 'percent'),
      ...minutes,
    ],
    knownAt,
  );
  await bench.put(
    'registry_assets',
    [
      {
        kind: 'stack',
        id: 'stack-x',
        document: JSON.stringify({ site: 'site/x', name: 'x', o2StandardPercent: 6 }),
      },
      {
        kind: 'device',
        id: 'MN-X',
        document: JSON.stringify({ stack: 'stack-x', barometricPa: 96_500, co2Basis: 'wet' }),
      },
    ],
    knownAt,
  );
  await closeAll(bench, AFTER);
  const rows = await bench.store.query<Record<string, unknown>>(
    'SELECT factor, state, method, round(mass_kg, 3) AS kg, round(converted_mg_per_m3, 2) AS converted FROM stack_hours_current ORDER BY factor',
  );
  // CO2: 10 % of the wet gas, 1 % = 19,647 mg/m3, 557,966.5 m3/h dry.
  expect(rows).toEqual([
    {
      factor: 'a05001',
      state: 'valid',
      method: 'formula_8',
      kg: expect.closeTo((557_966.5 * 196_473.2e-6) / 0.882, 0),
      converted: expect.any(Number),
    },
    { factor: 'a21026', state: 'valid', method: 'formula_8', kg: 10.211, converted: 18.8 },
  ]);
  expect(await documentOf<StackDayDocument>(bench, 'stack_day', '2026-03-30')).toMatchObject({
    assumed: ['gasBasis', 'gasState'],
    pollutants: { a21026: { hours: { valid: 1, missing: 23 } } },
  });
  expect(await recomputeResult(bench.store, 'emissions/2026-03-30/site/x|stack-x')).toMatchObject({
    same: true,
  });
});

test('a figure is explained by its name and computed again to the same bytes, also after later readings', async () => {
  const bench = await filled();
  await closeAll(bench, AFTER);
  const name = `emissions/2026-03-30/${SUBJECT}`;
  const explained = await explainResult(bench.store, name);
  expect(explained.computation).toMatchObject({
    kind: 'stack_day',
    subject: SUBJECT,
    ruleSet: 'HJ212-2017-stack',
    origin: 'simulated',
  });
  expect(explained.inputs).toMatchObject([
    { table: 'emissions_cems', rows: 144, offsets: [{ partition: 0 }] },
  ]);
  expect(await recomputeResult(bench.store, name)).toMatchObject({ same: true, differences: [] });
  for (const figure of [SUBJECT, unit.site])
    expect(await recomputeResult(bench.store, `emissions/2026-03/${figure}`)).toMatchObject({ same: true });
  const late = [...stackReadings(7, { ...MARCH, endMs: MARCH.startMs + HOUR })].map((reading) => ({
    ...reading,
    revision: 1,
    value: 1,
  }));
  await bench.put('emissions_cems', late, new Date(AFTER).toISOString());
  expect(await recomputeResult(bench.store, name)).toMatchObject({ same: true });
  await bench.store.command(
    `ALTER TABLE stack_hours UPDATE mass_kg = 1 WHERE factor = '${CO2}' SETTINGS mutations_sync = 2`,
  );
  expect(await recomputeResult(bench.store, name)).toMatchObject({ same: false });
  const site = await explainResult(bench.store, `emissions/2026-03/${unit.site}`);
  expect(site.computation).toMatchObject({ kind: 'site_period', ruleSet: 'CN-POWER-2022' });
});
