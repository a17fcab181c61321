import { expect, test } from 'vitest';
import { computeGridWindow } from '../../src/activities/computeGridWindow.ts';
import { readChanges } from '../../src/activities/gridChanges.ts';
import { readIntensities, readMixes } from '../../src/activities/gridResults.ts';
import { FIRST_MS, HOUR_MS, hourAt, openGridStore } from './gridStore.ts';

const QUARTER_MS = 900_000;
const quarterAt = (quarter: number) => new Date(FIRST_MS + quarter * QUARTER_MS).toISOString();
const family = 'mode_direct';

test('quarters of an hour are results of their own, and the hour is their sum', async () => {
  const grid = await openGridStore();
  const coal = [10, 20, 30, 40];
  await grid.put('grid_generation', [
    ...coal.map((energyMwh, at) => ({
      zone: 'A',
      fuel: 'coal',
      start: quarterAt(at),
      durationS: 900,
      energyMwh,
    })),
    { zone: 'A', fuel: 'hydro', start: hourAt(0), energyMwh: 100 },
    { zone: 'B', fuel: 'gas', start: hourAt(0), energyMwh: 5 },
  ]);
  await computeGridWindow({ hours: [hourAt(0)], cause: 'closing' }, grid.context);
  const read = (zone: string, granularity: '15_minutes' | 'hourly') =>
    readIntensities(grid.store, { zone, family, granularity, fromMs: FIRST_MS, toMs: FIRST_MS + HOUR_MS });
  const quarters = await read('A', '15_minutes');
  expect(quarters.map(({ intensityKgPerMwh }) => intensityKgPerMwh)).toEqual(
    coal.map((energy) => (energy * 760) / (energy + 25)),
  );
  expect(quarters.map(({ startMs, endMs }) => [startMs, endMs])[3]).toEqual([
    FIRST_MS + 3 * QUARTER_MS,
    FIRST_MS + 4 * QUARTER_MS,
  ]);
  expect(quarters[0]!.flags).toEqual(['resampled']);
  const [hour] = await read('A', 'hourly');
  expect(hour!.intensityKgPerMwh).toBeCloseTo((100 * 760) / 200, 12);
  // B is joined with nothing, and nobody measured it finer than by the hour.
  expect(await read('B', '15_minutes')).toEqual([]);
  expect(await read('B', 'hourly')).toMatchObject([{ intensityKgPerMwh: 370, flags: [] }]);
});

test('the mix says who produced and consumed what, and its origins add up to the consumption', async () => {
  const grid = await openGridStore();
  const start = hourAt(0);
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: 100 },
    { zone: 'B', fuel: 'wind', start, energyMwh: 60 },
  ]);
  await grid.put('grid_exchange', [{ fromZone: 'A', toZone: 'B', start, netEnergyMwh: 20, capacityMw: 50 }]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  const [b] = await readMixes(grid.store, {
    zone: 'B',
    granularity: 'hourly',
    fromMs: FIRST_MS,
    toMs: FIRST_MS + HOUR_MS,
  });
  expect(b).toMatchObject({
    productionMwh: { coal: null, wind: 60 },
    consumptionMwh: { coal: 20, wind: 60, untraced: 0 },
    importMwh: { A: 20 },
    exportMwh: { A: 0 },
    productionTotalMwh: 60,
    consumptionTotalMwh: 80,
    isEstimated: false,
  });
});

test('a correction gives a version: before it, as of then, the old value; in the feed, both with the cause', async () => {
  const grid = await openGridStore();
  const at = (ms: number) => ({ ...grid.context, clock: () => FIRST_MS + ms });
  const put = (energyMwh: number, revision: number) =>
    grid.put('grid_generation', [
      { zone: 'A', fuel: 'coal', start: hourAt(0), energyMwh, revision },
      { zone: 'A', fuel: 'hydro', start: hourAt(0), energyMwh: 100, revision: 0 },
      { zone: 'B', fuel: 'gas', start: hourAt(0), energyMwh: 5, revision: 0 },
    ]);
  const compute = (ms: number) => computeGridWindow({ hours: [hourAt(0)], cause: 'closing' }, at(ms));
  await put(100, 0);
  await compute(2 * HOUR_MS);
  await put(300, 1);
  await compute(5 * HOUR_MS);
  const read = (asOfMs?: number) =>
    readIntensities(grid.store, {
      zone: 'A',
      family,
      granularity: 'hourly',
      fromMs: FIRST_MS,
      toMs: FIRST_MS + HOUR_MS,
      ...(asOfMs !== undefined && { asOfMs }),
    });
  expect(await read()).toMatchObject([
    { intensityKgPerMwh: 570, version: 2, firstKnownAtMs: FIRST_MS + 2 * HOUR_MS },
  ]);
  expect(await read(FIRST_MS + 4 * HOUR_MS)).toMatchObject([{ intensityKgPerMwh: 380, version: 1 }]);
  expect(await read(FIRST_MS + HOUR_MS)).toEqual([]);

  const feed = await readChanges(grid.store, { sinceMs: FIRST_MS, family });
  expect(
    feed.map(({ zone, oldValue, newValue, oldVersion, newVersion, cause }) => [
      zone,
      oldValue,
      newValue,
      oldVersion,
      newVersion,
      cause,
    ]),
  ).toEqual([
    ['A', null, 380, null, 1, 'first'],
    ['B', null, 370, null, 1, 'first'],
    // B is as it was: its second version is no change.
    ['A', 380, 570, 1, 2, 'input revision'],
  ]);
  const since = { sinceMs: FIRST_MS + 3 * HOUR_MS, family };
  expect(await readChanges(grid.store, since)).toHaveLength(1);
  expect(await readChanges(grid.store, { ...since, threshold: 0.6 })).toEqual([]);
  expect(await readChanges(grid.store, { ...since, threshold: 0.4 })).toHaveLength(1);
  expect(await readChanges(grid.store, { ...since, zone: 'B' })).toEqual([]);
});

test('a day is a sum of masses and energies in Shanghai time; with an hour missing it has no value', async () => {
  const grid = await openGridStore();
  // 2 March in Shanghai begins at 16:00 UTC of the first.
  const hours = Array.from({ length: 25 }, (_hour, at) => hourAt(16 + at));
  await grid.put(
    'grid_generation',
    hours.flatMap((start, at) => [
      { zone: 'A', fuel: 'coal', start, energyMwh: at },
      { zone: 'A', fuel: 'hydro', start, energyMwh: 10 },
    ]),
  );
  await computeGridWindow({ hours, cause: 'backfill' }, grid.context);
  const question = {
    zone: 'A',
    family,
    granularity: 'daily' as const,
    fromMs: Date.parse('2026-03-01T16:00:00Z'),
    toMs: Date.parse('2026-03-03T16:00:00Z'),
  };
  const [day, next] = await readIntensities(grid.store, question);
  const coal = (23 * 24) / 2;
  expect(day).toMatchObject({
    startMs: question.fromMs,
    endMs: question.fromMs + 24 * HOUR_MS,
    missingHours: 0,
  });
  expect(day!.consumptionMwh).toBeCloseTo(coal + 240, 9);
  expect(day!.intensityKgPerMwh).toBeCloseTo((coal * 760) / (coal + 240), 9);
  expect(next).toMatchObject({ intensityKgPerMwh: null, reason: 'incomplete', missingHours: 23 });
});
