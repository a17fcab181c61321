import { expect, test } from 'vitest';
import { CLOSE_FACILITIES } from '../../schemas/control.ts';
import { findClosableFacilities } from '../../src/activities/closeFacilities.ts';
import { computeFacilityDay, type FacilityDayDocument } from '../../src/activities/computeFacilityDay.ts';
import {
  computeFacilityPeriod,
  type FacilityPeriodDocument,
} from '../../src/activities/computeFacilityPeriod.ts';
import { recomputeFacilityDay } from '../../src/activities/recomputeFacilityDay.ts';
import { dataCenterCarriers, dataCenterPower, dataCenterSites } from '../../src/scenario/dataCenterLoad.ts';
import { sichuanAssets } from '../../src/scenario/sichuanAssets.ts';
import type { Store } from '../../src/store/port.ts';
import { plainQuarters, YEAR } from '../datacenter/generatedYear.ts';
import { FACILITY, type FacilityStore, openFacilityStore } from './facilityStore.ts';

const DAY_MS = 86_400_000;
const NOW_MS = YEAR.startMs + 60 * DAY_MS;

const windows = async <D>(store: Store, unit: string) =>
  (
    await store.query<{
      facility: string;
      period: string;
      version: number;
      origin: string;
      document: string;
      computation: string;
    }>(
      'SELECT facility, period, version, origin, document, computation FROM facility_windows_current WHERE unit = {unit:String} ORDER BY facility, period',
      { unit },
    )
  ).map((row) => ({ ...row, document: JSON.parse(row.document) as D }));

const versions = (store: Store) =>
  store.query<{ subject: string; day: string; version: number; cause: string }>(
    "SELECT subject, toString(toDate(start + INTERVAL 8 HOUR, 'UTC')) AS day, version, cause FROM computations WHERE kind = 'facility_day' AND start >= '2025-12-31 16:00:00' ORDER BY subject, day, version",
  );

const look = ({ store }: FacilityStore, nowMs = NOW_MS, more = {}) =>
  findClosableFacilities(store, { ...CLOSE_FACILITIES, ...more }, nowMs);

async function intensities(
  { store }: FacilityStore,
  zone: string,
  day: number,
  kgPerMwh: (hour: number) => number,
) {
  const rows = Array.from({ length: 24 }, (_, hour) => ({
    computation: `grid-${day}-${kgPerMwh(0)}`,
    zone,
    start: new Date(YEAR.startMs + day * DAY_MS + hour * 3_600_000).toISOString(),
    duration_s: 3_600,
    version: 1 + kgPerMwh(0),
    family: 'mode_direct',
    consumption_intensity_kg_per_mwh: kgPerMwh(hour),
    is_estimated: false,
    reason: '',
    origin: 'measured',
  }));
  await store.insertRows('grid_intensity', rows);
  await store.insertRows(
    'computations',
    rows.map(({ computation: id, start, version }) => ({
      id,
      kind: 'grid_window',
      subject: 'grid',
      start,
      end: start,
      version,
      cause: 'first',
      origin: 'measured',
      inputs: '[]',
      factor_set: '',
      rule_set: '',
      parameters: '{}',
      code_version: 'test',
      result_sha256: '',
      computed_at: new Date(NOW_MS + version).toISOString(),
    })),
  );
}

test('a day through the store equals the sums by hand, with its used sets, carbon by traced hours and lineage', async () => {
  const bench = await openFacilityStore(NOW_MS);
  await bench.register();
  const quarters = plainQuarters(0, 1);
  await bench.meter(quarters);
  await intensities(bench, 'CN-SC', 0, (hour) => 100 + hour);
  const fuel = {
    site: FACILITY,
    carrier: 'diesel',
    unit: 'L',
    quantity: 260,
    start: new Date(YEAR.startMs).toISOString(),
    durationS: 86_400,
  };
  await bench.put('energy_carriers', [fuel]);
  const outcome = await computeFacilityDay({ day: '2026-01-01', cause: 'closing' }, bench.context);
  expect(outcome).toEqual({ computed: 1, unchanged: 0, empty: 0, failed: [] });

  let totalWh = 0;
  let itWh = 0;
  let co2Kg = 260 * 2.642;
  for (const [at, row] of quarters.entries()) {
    totalWh += row.totalWh;
    for (const [a, b] of row.rackWh) itWh += a + b;
    co2Kg += (row.totalWh / 1_000) * ((100 + Math.floor(at / 4)) / 1_000);
  }
  const [day] = await windows<FacilityDayDocument>(bench.store, 'day');
  const { indicators, sums, annualFactor } = day!.document;
  expect(day).toMatchObject({ facility: FACILITY, period: '2026-01-01', version: 1, origin: 'simulated' });
  expect(sums).toMatchObject({ intervals: 96, validIntervals: 96, eDcWh: totalWh, eItWh: itWh });
  expect(indicators.pue.value).toBeCloseTo((totalWh / 1_000 + 260 * 9.9) / (itWh / 1_000), 12);
  expect(indicators.cueLocationKgPerKwh.value).toBeCloseTo(co2Kg / (itWh / 1_000), 12);
  expect(annualFactor).toMatchObject({ kgPerKwh: 0.1564, zone: 'CN-SC', year: 2023 });

  const [quarter] = await bench.store.query<Record<string, unknown>>(
    'SELECT toString(start) AS at, e_dc_wh AS dc, e_it_wh AS it, pue_interval AS pue, used_set AS used FROM facility_intervals_current ORDER BY facility_intervals_current.start LIMIT 1',
  );
  const [first] = quarters;
  const firstIt = first!.rackWh.reduce((sum, [a, b]) => sum + a + b, 0);
  expect(quarter).toEqual({
    at: '2025-12-31 16:00:00.000',
    dc: first!.totalWh,
    it: firstIt,
    pue: first!.totalWh / firstIt,
    used: 0,
  });
  const [lineage] = await bench.store.query<{ inputs: string; parameters: string }>(
    'SELECT inputs, parameters FROM computations WHERE id = {id:String}',
    { id: day!.computation },
  );
  expect(JSON.parse(lineage!.inputs)).toMatchObject([
    { table: 'datacenter_power', offsets: [{ generation: 1, partition: 0 }] },
  ]);
  const parameters = JSON.parse(lineage!.parameters);
  expect(parameters.usedSets[0].total).toEqual(['inc']);
  expect(parameters.intensities).toMatchObject({ zone: 'CN-SC-5101', inheritedFrom: 'CN-SC' });
  expect(await recomputeFacilityDay(bench.store, day!.computation)).toMatchObject({
    same: true,
    changedInputs: [],
  });
});

test('the same inputs give no new version; a late reading re-opens its own facility and day, and the old version stands', async () => {
  const bench = await openFacilityStore(NOW_MS);
  for (const facility of [FACILITY, 'dc/test-2']) {
    await bench.register(facility);
    await bench.meter(plainQuarters(0, 2), facility);
  }
  const all = { facilities: [FACILITY, 'dc/test-2'] };
  const compute = async (days: Awaited<ReturnType<typeof look>>['days']) => {
    let computed = 0;
    for (const { period: day, facilities } of days)
      computed += (
        await computeFacilityDay({ day, facilities: [...facilities], cause: 'closing' }, bench.context)
      ).computed;
    return computed;
  };
  const first = await look(bench);
  expect(first).toMatchObject({
    reopened: 0,
    waiting: 0,
    days: [
      // The register at the start of the year belongs to the last interval of the day before.
      { period: '2025-12-31', ...all },
      { period: '2026-01-01', ...all },
      { period: '2026-01-02', ...all },
    ],
  });
  expect(await compute(first.days)).toBe(6);
  expect((await look(bench)).days).toEqual([]);
  expect(await computeFacilityDay({ day: '2026-01-01', cause: 'backfill' }, bench.context)).toMatchObject({
    computed: 0,
    unchanged: 2,
  });

  const before = await windows<FacilityDayDocument>(bench.store, 'day');
  const late = {
    facility: FACILITY,
    meter: 'rack-1-a',
    start: new Date(YEAR.startMs + 40 * 900_000).toISOString(),
    meanPowerW: 8_000,
    revision: 1,
  };
  await bench.put('datacenter_power', [late], '2026-02-01T00:00:00Z');
  const second = await look(bench);
  expect(second).toMatchObject({
    reopened: 1,
    days: ['2025-12-31', '2026-01-01', '2026-01-02'].map((period) => ({ period, facilities: [FACILITY] })),
  });
  expect(await compute(second.days)).toBe(1);
  expect(
    (await versions(bench.store)).map(({ subject, day, version, cause }) => [subject, day, version, cause]),
  ).toEqual([
    [FACILITY, '2026-01-01', 1, 'first'],
    [FACILITY, '2026-01-01', 2, 'input revision'],
    [FACILITY, '2026-01-02', 1, 'first'],
    ['dc/test-2', '2026-01-01', 1, 'first'],
    ['dc/test-2', '2026-01-02', 1, 'first'],
  ]);
  expect((await look(bench)).days).toEqual([]);
  const old = await recomputeFacilityDay(bench.store, before[1]!.computation);
  expect(old).toMatchObject({ same: true, changedInputs: [] });
});

test('a day waits for its meters or its grace; an unregistered facility waits for the registry; a wrong tree is named', async () => {
  const bench = await openFacilityStore(NOW_MS);
  const readings = plainQuarters(0, 1);
  await bench.meter(readings.slice(0, 90), FACILITY);
  expect(await look(bench)).toMatchObject({ days: [], waiting: 0 });
  await bench.register();
  const end = YEAR.startMs + DAY_MS;
  const known = { quietS: 0 };
  await bench.store.command(
    "ALTER TABLE datacenter_power UPDATE known_at = toDateTime64('2025-12-31 23:00:00', 3, 'UTC') WHERE 1 SETTINGS mutations_sync = 1",
  );
  expect(await look(bench, end + 3_600_000, known)).toMatchObject({
    days: [{ period: '2025-12-31' }],
    waiting: 1,
  });
  expect(await look(bench, end + 3 * 3_600_000, known)).toMatchObject({
    days: [{ period: '2025-12-31' }, { period: '2026-01-01' }],
    waiting: 0,
  });
  await bench.meter(readings.slice(90), FACILITY, '2026-01-01T16:00:01Z');
  expect(await look(bench, end + 60_000, known)).toMatchObject({
    days: [{ period: '2025-12-31' }, { period: '2026-01-01' }],
  });

  await bench.register('dc/wrong', 'CN-SC', { itBoundary: null });
  const loop = {
    facility: 'dc/wrong',
    node: 'ups-a',
    parent: 'pdu-a',
    side: 'in',
    role: 'check',
    purpose: 'distribution',
  };
  await bench.put('registry_assets', [
    { kind: 'meter', id: 'dc/wrong/loop', document: JSON.stringify(loop) },
  ]);
  await bench.meter(plainQuarters(0, 1), 'dc/wrong');
  const outcome = await computeFacilityDay({ day: '2026-01-01', cause: 'closing' }, bench.context);
  expect(outcome).toMatchObject({ computed: 1, failed: [{ facility: 'dc/wrong', code: 'E_TREE_CYCLE' }] });
});

test('a month is the sum of its days; missing days are unknown; claims and their absence are told apart; targets are judged', async () => {
  const bench = await openFacilityStore(NOW_MS);
  await bench.register(FACILITY, 'CN-SC-5101', {
    park: 'tianfu-cluster',
    scale: 'large',
    commissionedAt: '2025-06-01T00:00:00Z',
  });
  await bench.meter(plainQuarters(0, 30));
  for (let day = -1; day < 30; day++) {
    await computeFacilityDay(
      { day: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10), cause: 'backfill' },
      bench.context,
    );
  }
  const month = { period: '2026-01', cause: 'backfill' } as const;
  await computeFacilityPeriod(month, bench.context);
  const [without] = await windows<FacilityPeriodDocument>(bench.store, 'month');
  expect(without!.document).toMatchObject({ days: 31, missingDays: 1, claim: { claimedWh: null } });
  expect(without!.document.indicators).toMatchObject({
    coverage: 30 / 31,
    verdict: 'provisional',
    ref: { value: null, reason: 'no_certificates' },
    cueLocationKgPerKwh: { value: null, reason: 'intensity_unknown' },
  });
  const kwh = (wh: (row: ReturnType<typeof plainQuarters>[number]) => number) =>
    plainQuarters(0, 30).reduce((sum, row) => sum + wh(row), 0) / 1_000;
  const totalKwh = kwh(({ totalWh }) => totalWh);
  const itKwh = kwh(({ rackWh }) => rackWh.reduce((sum, [a, b]) => sum + a + b, 0));
  expect(without!.document.indicators.pue.value).toBeCloseTo(totalKwh / itKwh, 12);
  expect(without!.document.cueLocationAnnual.value).toBeCloseTo((totalKwh * 0.1564) / itKwh, 12);

  const statement = (version: number, settledWh: number) => ({
    computation: `settlement-${version}`,
    market: 'sc',
    period: '2026-01',
    party: FACILITY,
    version,
    use_wh: 0,
    matched_wh: 0,
    amount_fen: 0,
    origin: 'simulated',
    document: JSON.stringify({ settledWh, status: 'complete' }),
  });
  await bench.store.insertRows('settlement_statements', [statement(1, 10_000_000)]);
  const found = await look(bench);
  expect(found.periods).toEqual([{ period: '2026-01', facilities: [FACILITY] }]);
  await computeFacilityPeriod(
    { ...found.periods[0]!, facilities: [FACILITY], cause: 'closing' },
    bench.context,
  );
  expect((await look(bench)).periods).toEqual([]);
  const [claimed] = await windows<FacilityPeriodDocument>(bench.store, 'month');
  expect(claimed).toMatchObject({
    version: 2,
    document: { claim: { claimedWh: 10_000_000, statements: [{ computation: 'settlement-1' }] } },
  });
  expect(claimed!.document.indicators.ref.value).toBeCloseTo(10_000 / totalKwh, 12);
  expect(claimed!.document.indicators.cueMarketKgPerKwh.value).toBeCloseTo(
    ((totalKwh - 10_000) * 0.6096) / itKwh,
    12,
  );
  const targets = Object.fromEntries(claimed!.document.targets.map(({ id, verdict }) => [id, verdict]));
  expect(targets).toMatchObject({
    'SC-TIANFU-OCCUPANCY': 'not assessable',
    'CN-2024-PUE-HUB': 'not assessable',
  });

  await computeFacilityPeriod({ period: '2026', cause: 'backfill' }, bench.context);
  const [year] = await windows<FacilityPeriodDocument>(bench.store, 'year');
  expect(year!.document.indicators).toMatchObject({
    verdict: 'none',
    pue: { value: null, reason: 'coverage' },
  });
  expect(year!.document.targets.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['CN-2024-PUE-NEW-LARGE', 'CN-2024-GREEN-HUB-NEW', 'GB40879-GRADE-3']),
  );
  expect(year!.document.targets.map(({ id }) => id)).not.toContain('BJ-2026-SURCHARGE');
  expect(year!.document.targets.find(({ id }) => id === 'SC-TIANFU-OCCUPANCY')).toMatchObject({
    verdict: 'met',
    basis: { declared: true },
  });
});

test('grid hours that are computed later, and fuel that comes later, re-open the days that they belong to', async () => {
  const bench = await openFacilityStore(NOW_MS);
  await bench.register();
  await bench.meter(plainQuarters(0, 2));
  const closeAll = async () => {
    for (const { period: day, facilities } of (await look(bench)).days)
      await computeFacilityDay({ day, facilities: [...facilities], cause: 'closing' }, bench.context);
  };
  await closeAll();
  bench.setNow(NOW_MS + 1_000_000);
  await intensities(bench, 'CN-SC-5101', 1, () => 300);
  expect((await look(bench)).days).toEqual([{ period: '2026-01-02', facilities: [FACILITY] }]);
  await closeAll();
  const [, , second] = await windows<FacilityDayDocument>(bench.store, 'day');
  expect(second).toMatchObject({ version: 2, document: { sums: { carbonIntervals: 96 } } });
  const fuel = {
    site: FACILITY,
    carrier: 'diesel',
    unit: 'L',
    quantity: 10,
    start: new Date(YEAR.startMs).toISOString(),
    durationS: 3_600,
  };
  await bench.put('energy_carriers', [fuel]);
  expect((await look(bench)).days).toEqual([{ period: '2026-01-01', facilities: [FACILITY] }]);
  bench.setNow(NOW_MS + 2_000_000);
  await closeAll();
  expect((await look(bench)).days).toEqual([]);
  expect((await windows<FacilityDayDocument>(bench.store, 'day'))[1]!.document.carriers.energyKwh).toBe(99);
});

test("the built-in scenario's data centres have a PUE of category 1 from their incomer and UPS", async () => {
  const bench = await openFacilityStore(NOW_MS);
  const span = { startMs: YEAR.startMs, endMs: YEAR.startMs + DAY_MS };
  const assets = [...sichuanAssets('2025-01-01T00:00:00Z')].filter(
    ({ kind }) => kind === 'facility' || kind === 'meter',
  );
  await bench.put(
    'registry_assets',
    assets.map(({ kind, id, validFrom, quality, revision, ...fields }) => ({
      ...{ kind, id, validFrom, quality, revision },
      document: JSON.stringify(fields),
    })),
  );
  await bench.put('datacenter_power', [...dataCenterPower(7, span)]);
  await bench.put('energy_carriers', [...dataCenterCarriers(7, span)]);
  await computeFacilityDay({ day: '2026-01-01', cause: 'closing' }, bench.context);
  const days = await windows<FacilityDayDocument>(bench.store, 'day');
  expect(days.map(({ facility }) => facility)).toEqual(dataCenterSites.map(({ id }) => id).toSorted());
  for (const { document, origin } of days) {
    expect(origin).toBe('simulated');
    expect(document.indicators).toMatchObject({ coverage: 1, verdict: 'certified', pueCategory: 1 });
    expect(document.indicators.pue.value).toBeGreaterThan(1.1);
    expect(document.indicators.pue.value).toBeLessThan(1.35);
    expect(document.indicators.wueLPerKwh.value).toBeCloseTo(0.9, 2);
    expect(document.eventCount).toBe(0);
  }
});
