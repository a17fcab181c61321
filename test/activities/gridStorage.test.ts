import { expect, test } from 'vitest';
import { storageEfficiencies } from '../../schemas/reference/storageEfficiencies.ts';
import { computeGridWindow } from '../../src/activities/computeGridWindow.ts';
import { readIntensities } from '../../src/activities/gridResults.ts';
import { recomputeGridWindow } from '../../src/activities/recomputeGridWindow.ts';
import { FIRST_MS, type GridStore, HOUR_MS, hourAt, openGridStore } from './gridStore.ts';

const hydro = storageEfficiencies.find(({ storage }) => storage === 'hydro')!;

/** A pumped hydro plant that is filled in a coal hour and emptied in hours of wind. All modes report every hour. */
async function put({ put }: GridStore, hour: number, reading: Record<string, number>, revision = 0) {
  const start = hourAt(hour);
  await put(
    'grid_generation',
    Object.entries({ coal: 0, gas: 0, wind: 0, hydro_charge: 0, hydro_discharge: 0, ...reading }).map(
      ([fuel, energyMwh]) => ({ zone: 'A', fuel, start, energyMwh, revision }),
    ),
  );
}

const hours = (from: number, to: number) =>
  Array.from({ length: to - from }, (_hour, at) => hourAt(from + at));

const curve = async ({ store }: GridStore) =>
  (
    await readIntensities(store, {
      zone: 'A',
      family: 'mode_direct',
      granularity: 'hourly',
      fromMs: FIRST_MS,
      toMs: FIRST_MS + 400 * HOUR_MS,
    })
  ).map(({ intensityKgPerMwh, version, unknownShare, flags }) => ({
    intensityKgPerMwh,
    version,
    unknownShare,
    flags,
  }));

test('what was charged in one hour is delivered in another with its mass, and each hour comes out again', async () => {
  const grid = await openGridStore();
  await put(grid, 0, { coal: 150, hydro_charge: 100 });
  await put(grid, 1, { wind: 60, hydro_discharge: 40 });
  await put(grid, 2, { wind: 80, hydro_discharge: 20 });
  expect(await computeGridWindow({ hours: hours(0, 2), cause: 'closing' }, grid.context)).toMatchObject({
    computed: 2,
  });
  // The third hour is computed by another run: the stock comes out of the store.
  await computeGridWindow({ hours: hours(2, 3), cause: 'closing' }, grid.context);
  const delivered = (100 * 760) / (100 * hydro.charge * hydro.discharge);
  const rows = await curve(grid);
  expect(rows.map(({ intensityKgPerMwh }) => intensityKgPerMwh)).toEqual([
    760,
    expect.closeTo((40 * delivered) / 100, 9),
    expect.closeTo((20 * delivered) / 100, 9),
  ]);
  expect(rows.every(({ unknownShare }) => unknownShare === 0)).toBe(true);
  const computations = await grid.store.query<{ id: string; parameters: string }>(
    'SELECT id, parameters FROM computations ORDER BY start',
  );
  const opened = computations.map(({ parameters }) => JSON.parse(parameters));
  expect(opened[0].opening).toEqual([]);
  expect(opened[1]).toMatchObject({ openedFrom: computations[0]!.id, opening: opened[0].closing });
  expect(opened[2]).toMatchObject({ openedFrom: computations[1]!.id, opening: opened[1].closing });
  expect(opened[0].closing).toMatchObject([
    { zone: 'A', storage: 'hydro', storedMwh: 100 * hydro.charge, storedKg: { mode_direct: 76_000 } },
  ]);
  for (const { id } of computations)
    expect(await recomputeGridWindow(grid.store, id)).toMatchObject({ same: true });
});

test('a late reading re-opens its hour and, by the stock, the hours behind it that delivered of it', async () => {
  const grid = await openGridStore();
  await put(grid, 0, { coal: 150, hydro_charge: 100 });
  await put(grid, 1, { wind: 60, hydro_discharge: 40 });
  await put(grid, 2, { wind: 80, hydro_discharge: 36.56 });
  // Empty from here on: nothing of the change reaches the fourth hour.
  await put(grid, 3, { wind: 80 });
  await computeGridWindow({ hours: hours(0, 4), cause: 'closing' }, grid.context);
  const [first] = await grid.store.query<{ id: string }>(
    'SELECT id FROM computations ORDER BY start LIMIT 1',
  );
  await put(grid, 0, { coal: 50, gas: 100, hydro_charge: 100 }, 1);
  const again = await computeGridWindow({ hours: hours(0, 1), cause: 'closing' }, grid.context);
  expect(again).toMatchObject({ computed: 1, reopens: [hourAt(1)] });
  // What had not been computed stays open: the fifth hour has readings now, and no version.
  await put(grid, 4, { wind: 10 });
  const followed = await computeGridWindow({ hours: hours(1, 25), cause: 'dependent' }, grid.context);
  expect(followed).toMatchObject({ computed: 2, unchanged: 1, failed: [] });
  const rows = await curve(grid);
  const charged = (50 * 760 + 100 * 370) / 150;
  expect(rows[1]!.intensityKgPerMwh).toBeCloseTo((40 * charged) / hydro.charge / hydro.discharge / 100, 9);
  expect(rows.map(({ version }) => version)).toEqual([2, 2, 2, 1]);
  expect(await computeGridWindow({ hours: hours(0, 4), cause: 'closing' }, grid.context)).toEqual({
    computed: 0,
    unchanged: 4,
    empty: 0,
    failed: [],
  });
  // The version before opened with the stock that it names, whatever became of the hour before.
  expect(await recomputeGridWindow(grid.store, first!.id)).toMatchObject({ same: true });
});

test('energy that nobody saw being charged is of unknown origin: like the rest of the supply, and said so', async () => {
  const grid = await openGridStore();
  await put(grid, 0, { coal: 90, hydro_discharge: 10 });
  await put(grid, 1, { coal: 10, hydro_discharge: 10 });
  await computeGridWindow({ hours: hours(0, 2), cause: 'closing' }, grid.context);
  expect(await curve(grid)).toMatchObject([
    { intensityKgPerMwh: 760, unknownShare: expect.closeTo(0.1, 12), flags: ['assumed_stock'] },
    { intensityKgPerMwh: null, unknownShare: 0.5, flags: ['assumed_stock'] },
  ]);
});
