import { expect, test } from 'vitest';
import { computeGridWindow } from '../../src/activities/computeGridWindow.ts';
import { readIntensities, readMixes } from '../../src/activities/gridResults.ts';
import { FIRST_MS, type GridStore, HOUR_MS, hourAt, openGridStore } from './gridStore.ts';

const start = hourAt(0);
const hour = { granularity: 'hourly' as const, fromMs: FIRST_MS, toMs: FIRST_MS + HOUR_MS };
const figure = async ({ store }: GridStore, zone: string) =>
  (await readIntensities(store, { zone, family: 'mode_direct', ...hour }))[0];

test('a province is the sum over its prefectures, and no node itself; one without meters inherits it', async () => {
  const grid = await openGridStore();
  await grid.put('grid_generation', [
    { zone: 'CN-SC-5101', fuel: 'gas', start, energyMwh: 40 },
    { zone: 'CN-SC-5134', fuel: 'hydro', start, energyMwh: 200 },
    // What the province reports about itself is not added to its parts.
    { zone: 'CN-SC', fuel: 'coal', start, energyMwh: 1_000 },
    { zone: 'CN-CQ', fuel: 'coal', start, energyMwh: 50 },
  ]);
  await grid.put('grid_exchange', [
    { fromZone: 'CN-SC-5134', toZone: 'CN-SC-5101', start, netEnergyMwh: 60, capacityMw: 100 },
    { fromZone: 'CN-SC-5101', toZone: 'CN-CQ', start, netEnergyMwh: 10, capacityMw: 100 },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  const chengdu = await figure(grid, 'CN-SC-5101');
  const liangshan = await figure(grid, 'CN-SC-5134');
  expect(chengdu).toMatchObject({ intensityKgPerMwh: 148, consumptionMwh: 90, origin: 'measured' });
  const province = await figure(grid, 'CN-SC');
  expect(province).toMatchObject({
    productionMwh: 240,
    consumptionMwh: 230,
    consumptionCo2Kg: chengdu!.consumptionCo2Kg! + liangshan!.consumptionCo2Kg!,
    productionIntensityKgPerMwh: (40 * 370) / 240,
    flags: ['partial_sum'],
    origin: 'measured',
  });
  expect(province!.intensityKgPerMwh).toBeCloseTo((90 * 148) / 230, 9);
  expect(await figure(grid, 'CN-SC-5133')).toMatchObject({
    intensityKgPerMwh: province!.intensityKgPerMwh,
    consumptionMwh: null,
    productionMwh: null,
    origin: 'inherited',
    flags: ['inherited', 'partial_sum'],
  });
  const [mix] = await readMixes(grid.store, { zone: 'CN-SC', ...hour });
  expect(mix).toMatchObject({
    productionMwh: { gas: 40, hydro: 200 },
    importMwh: { 'CN-CQ': 0 },
    exportMwh: { 'CN-CQ': 10 },
    productionTotalMwh: 240,
  });
  expect(mix!.consumptionMwh.gas! + mix!.consumptionMwh.hydro!).toBeCloseTo(230, 9);
});

test('a province that alone has meters is a node, and its 21 prefectures inherit', async () => {
  const grid = await openGridStore();
  await grid.put('grid_generation', [
    { zone: 'CN-SC', fuel: 'coal', start, energyMwh: 10, quality: 'simulated' },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  expect(await figure(grid, 'CN-SC')).toMatchObject({
    intensityKgPerMwh: 760,
    flags: [],
    origin: 'simulated',
  });
  const rows = await grid.store.query<{ zone: string; origin: string }>(
    "SELECT zone, origin FROM grid_intensity_current WHERE family = 'mode_direct' AND has(flags, 'inherited')",
  );
  expect(rows).toHaveLength(21);
  // What is simulated stays so where it is handed on.
  expect(new Set(rows.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
});

test('readings that cannot be are quarantined as they came, and count as missing, not as the limit', async () => {
  const grid = await openGridStore();
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: 90 },
    { zone: 'B', fuel: 'wind', start, energyMwh: 60 },
    { zone: 'C', fuel: 'wind', start, energyMwh: 12 },
  ]);
  await grid.put('grid_exchange', [
    { fromZone: 'B', toZone: 'A', start, netEnergyMwh: -111, capacityMw: 100 },
    { fromZone: 'B', toZone: 'C', start, netEnergyMwh: 5.4, capacityMw: 5 },
  ]);
  await grid.put('grid_load', [{ zone: 'C', start, energyMwh: 0 }]);
  const valid = { kind: 'zone', id: 'C', quality: 'measured', revision: 0, source: 'test', known_at: start };
  const at = { _generation: 1, _partition: 0, _row: 0, _rows: 1, contract: 'test' };
  await grid.store.insertRows('registry_assets', [
    { ...valid, ...at, valid_from: hourAt(-9), _offset: 1, document: '{"name":"C","installedWindMw":10}' },
    { ...valid, ...at, valid_from: hourAt(5), _offset: 2, document: '{"name":"C","installedWindMw":100}' },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  const quarantined = await grid.store.query(
    'SELECT stream, identity, energy_mwh, round(limit_mwh, 9) AS most, reason FROM grid_quarantine ORDER BY reason',
  );
  expect(quarantined).toEqual([
    { stream: 'grid_load', identity: ['C'], energy_mwh: 0, most: 0, reason: 'demand_not_positive' },
    {
      stream: 'grid_exchange',
      identity: ['B', 'A'],
      energy_mwh: 111,
      most: 110,
      reason: 'flow_above_capacity',
    },
    {
      stream: 'grid_generation',
      identity: ['C', 'wind'],
      energy_mwh: 12,
      most: 11,
      reason: 'production_above_installed',
    },
  ]);
  // The flow is missing: up to 100 MWh of unknown origin at both ends.
  expect(await figure(grid, 'A')).toMatchObject({
    intensityKgPerMwh: null,
    unknownShare: 100 / 190,
    flags: ['quarantined'],
    causes: ['A->B'],
  });
  expect(await figure(grid, 'C')).toMatchObject({ reason: 'direct_unknown', causes: ['C'] });
});

test('of two reports of a flow the configured source comes first; both ends say that it is disputed', async () => {
  const grid = await openGridStore();
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: 200 },
    { zone: 'B', fuel: 'wind', start, energyMwh: 60 },
  ]);
  await grid.put('grid_exchange', [
    { fromZone: 'A', toZone: 'B', start, netEnergyMwh: 20, source: 'a-side' },
    { fromZone: 'B', toZone: 'A', start, netEnergyMwh: -40, source: 'b-side' },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  expect(await figure(grid, 'B')).toMatchObject({ consumptionMwh: 80, flags: ['disputed'] });
  const sourceOrder = ['b-side'];
  await computeGridWindow({ hours: [start], cause: 'closing' }, { ...grid.context, sourceOrder });
  expect(await figure(grid, 'B')).toMatchObject({ consumptionMwh: 100, flags: ['disputed'], version: 2 });
});

test('a negative reading is named with its mode', async () => {
  const grid = await openGridStore();
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: 200 },
    { zone: 'A', fuel: 'solar', start, energyMwh: -1 },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  expect(await figure(grid, 'A')).toMatchObject({ intensityKgPerMwh: null, correctedModes: ['solar'] });
});
