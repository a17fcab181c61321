import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { computeGridWindow } from '../../src/activities/computeGridWindow.ts';
import { writeVersion } from '../../src/activities/gridVersions.ts';
import { recomputeGridWindow } from '../../src/activities/recomputeGridWindow.ts';
import { readEia930 } from '../../src/scenario/eia930.ts';
import type { Store } from '../../src/store/port.ts';
import { dataDir } from '../sharedData.ts';
import { FIRST_MS, type GridStore, HOUR_MS, hourAt, openGridStore } from './gridStore.ts';

interface Intensity {
  readonly zone: string;
  readonly x: number | null;
  readonly q: number | null;
  readonly reason: string;
  readonly origin: string;
  readonly estimated: boolean;
  readonly production: number | null;
}

const intensities = (store: Store, hour: string, family = 'mode_direct') =>
  store.query<Intensity>(
    `SELECT zone, consumption_intensity_kg_per_mwh AS x, unknown_share AS q, reason, origin, is_estimated AS estimated, production_mwh AS production
     FROM grid_intensity_current WHERE family = {family:String} AND start = parseDateTimeBestEffort({hour:String}, 'UTC') ORDER BY zone`,
    { family, hour },
  );

const versions = (store: Store) =>
  store.query<{ id: string; version: number; cause: string }>(
    'SELECT id, version, cause FROM computations ORDER BY start, version',
  );

/** A burns coal and sends 20 MWh an hour to B, which has wind. */
async function putHour({ put }: GridStore, hour: number, coalMwh: number | null = 100): Promise<void> {
  const start = hourAt(hour);
  await put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: coalMwh },
    { zone: 'B', fuel: 'wind', start, energyMwh: 60 },
  ]);
  await put('grid_exchange', [{ fromZone: 'A', toZone: 'B', start, netEnergyMwh: 20, capacityMw: 50 }]);
  await put('grid_load', [
    { zone: 'A', start, energyMwh: 80 },
    { zone: 'B', start, energyMwh: 80 },
  ]);
}

describe.skipIf(!dataDir)(`EIA-930 hours${dataDir ? '' : ' (skipped: no data folder)'}`, () => {
  const folder = join(dataDir ?? '', 'grid/gridemissions');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  test('through the store, all 1,440 intensities equal the published ones to three digits', async () => {
    const grid = await openGridStore();
    const hours = readEia930(
      { name: 'E_opt', text: read('E_opt_2021-07-10_2021-07-20.csv') },
      { quality: 'measured', revision: 0 },
    );
    await grid.put('grid_generation', hours.generation);
    await grid.put('grid_exchange', hours.exchange);
    await grid.put('grid_load', hours.load);
    const starts: string[] = [];
    for (let ms = hours.span.startMs; ms < hours.span.endMs; ms += HOUR_MS)
      starts.push(new Date(ms).toISOString());
    const families = [{ name: 'eia_golden', factorSet: 'gridemissions-2021-eia930' }];
    const outcome = await computeGridWindow(
      { hours: starts, cause: 'backfill' },
      { ...grid.context, families },
    );
    expect(outcome).toEqual({ computed: 20, unchanged: 0, empty: 0, failed: [] });

    const [header, ...lines] = read('CO2i_2021-07-10_2021-07-20.csv').trim().split('\n');
    const columns = header!.split(',');
    let equal = 0;
    for (const line of lines) {
      const cells = line.split(',');
      // Labels are ends of hours.
      const start = new Date(Date.parse(`${cells[0]!.replace(' ', 'T')}Z`) - HOUR_MS).toISOString();
      const byZone = new Map(
        (await intensities(grid.store, start, 'eia_golden')).map((row) => [row.zone, row]),
      );
      columns.forEach((column, at) => {
        const zone = /^CO2i_(.+)_D$/.exec(column)?.[1];
        if (zone === undefined) return;
        expect(Number(byZone.get(zone)!.x!.toPrecision(3)), `${zone} ${start}`).toBe(
          Number(Number(cells[at]).toPrecision(3)),
        );
        equal++;
      });
    }
    expect(equal).toBe(1_440);
  });
});

test('the same inputs give no new version, another factor set does, and new code only when it is asked for', async () => {
  const grid = await openGridStore();
  await putHour(grid, 0);
  const compute = (changed: Partial<GridStore['context']> = {}, cause: 'closing' | 'model' = 'closing') =>
    computeGridWindow({ hours: [hourAt(0), hourAt(1)], cause }, { ...grid.context, ...changed });
  expect(await compute()).toEqual({ computed: 1, unchanged: 0, empty: 1, failed: [] });
  expect(await compute()).toEqual({ computed: 0, unchanged: 1, empty: 1, failed: [] });
  expect(await compute({ codeVersion: 'test/2' })).toMatchObject({ computed: 0 });
  expect(await compute({ codeVersion: 'test/2' }, 'model')).toMatchObject({ computed: 1 });
  const families = [{ name: 'mode_lifecycle', factorSet: 'electricitymaps-b354f28-lifecycle' }];
  expect(await compute({ families })).toMatchObject({ computed: 1 });
  expect((await versions(grid.store)).map(({ version, cause }) => [version, cause])).toEqual([
    [1, 'first'],
    [2, 'model'],
    [3, 'factor set'],
  ]);
});

test('an attempt that was lost between rows and lineage is taken up: nothing stands twice', async () => {
  const grid = await openGridStore();
  await putHour(grid, 0);
  const { store } = grid;
  const dying: Store = {
    ...store,
    insertRows: (table, ...rest) =>
      table === 'computations' ? Promise.reject(new Error('killed')) : store.insertRows(table, ...rest),
  };
  const hours = [hourAt(0)];
  await expect(
    computeGridWindow({ hours, cause: 'closing' }, { ...grid.context, store: dying }),
  ).rejects.toThrow('killed');
  const rows = () =>
    store.query('SELECT computation, version, count() AS n FROM grid_intensity GROUP BY ALL');
  const [lost] = await rows();
  expect(await computeGridWindow({ hours, cause: 'closing' }, grid.context)).toMatchObject({ computed: 1 });
  expect(await rows()).toEqual([lost]);
  const [version] = await versions(store);
  expect(version).toMatchObject({ id: (lost as { computation: string }).computation, version: 1 });
});

test('two writers that met are parted by a version that has seen all readings', async () => {
  const grid = await openGridStore();
  await putHour(grid, 0);
  const { store } = grid;
  // The other writer read the same state of versions and other readings; it writes while this one computes.
  let met = false;
  const meeting: Store = {
    ...store,
    async insertRows(table, rows, token) {
      if (table === 'computations' && !met) {
        met = true;
        const draft = { ...(rows[0] as Record<string, string>) };
        await writeVersion(store, {
          draft: {
            kind: 'grid_window',
            subject: 'grid',
            start: draft.start!,
            end: draft.end!,
            origin: 'measured',
            inputs: [],
            factorSet: draft.factor_set!,
            ruleSet: '',
            parameters: JSON.parse(draft.parameters!),
            codeVersion: 'test/1',
            resultSha256: 'another',
          },
          cause: 'first',
          traced: { rows: [], mixes: [], quarantined: [] },
          latest: undefined,
          clock: () => FIRST_MS,
        });
      }
      return store.insertRows(table, rows, token);
    },
  };
  await computeGridWindow({ hours: [hourAt(0)], cause: 'closing' }, { ...grid.context, store: meeting });
  expect((await versions(store)).map(({ version }) => version)).toEqual([1, 1, 2]);
  const [a] = await intensities(store, hourAt(0));
  expect(a).toMatchObject({ zone: 'A', x: 760 });
});

test('a mode that fell silent is unknown and not zero; a flow that fell silent is bounded by its capacity', async () => {
  const grid = await openGridStore();
  await putHour(grid, 0);
  const start = hourAt(1);
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'hydro', start, energyMwh: 30 },
    { zone: 'B', fuel: 'wind', start, energyMwh: 60 },
  ]);
  await grid.put('grid_load', [{ zone: 'B', start, energyMwh: 80 }]);
  await computeGridWindow({ hours: [hourAt(0), start], cause: 'closing' }, grid.context);
  const [a, b] = await intensities(grid.store, start);
  expect(a).toMatchObject({ zone: 'A', x: null, reason: 'direct_unknown', production: null });
  // 50 MW of unknown origin beside 60 MWh of wind.
  expect(b).toMatchObject({ zone: 'B', x: null, reason: 'unknown_share', production: 60 });
  expect(b!.q).toBeCloseTo(50 / 110, 12);
  const [, second] = await versions(grid.store);
  const [lineage] = await grid.store.query<{ parameters: string }>(
    'SELECT parameters FROM computations WHERE id = {id:String}',
    { id: second!.id },
  );
  expect(JSON.parse(lineage!.parameters).gaps).toEqual({
    generation: [['A', 'coal']],
    exchange: [['A', 'B', 50]],
  });
  expect(await recomputeGridWindow(grid.store, second!.id)).toMatchObject({ same: true });
});

test('a mode that reported late opens the hours behind it that it was expected in: the order of arrival does not matter', async () => {
  const grid = await openGridStore();
  const compute = (hours: string[], cause: 'closing' | 'dependent') =>
    computeGridWindow({ hours, cause }, grid.context);
  for (const hour of [0, 1, 2]) await putHour(grid, hour);
  await compute([0, 1, 2].map(hourAt), 'closing');
  await grid.put('grid_generation', [{ zone: 'B', fuel: 'gas', start: hourAt(0), energyMwh: 20 }]);
  const late = await compute([hourAt(0)], 'closing');
  expect(late).toMatchObject({ computed: 1, reopens: [hourAt(1), hourAt(2)] });
  // What gas made after that nobody knows.
  expect(await compute([1, 2, 3].map(hourAt), 'dependent')).toMatchObject({ computed: 2, empty: 1 });
  expect((await intensities(grid.store, hourAt(2)))[1]).toMatchObject({ zone: 'B', x: null });
  await grid.put('grid_generation', [
    { zone: 'B', fuel: 'gas', start: hourAt(1), energyMwh: 20 },
    { zone: 'B', fuel: 'gas', start: hourAt(2), energyMwh: 20 },
  ]);
  expect(await compute([hourAt(1), hourAt(2)], 'closing')).toEqual({
    computed: 2,
    unchanged: 0,
    empty: 0,
    failed: [],
  });
  expect((await intensities(grid.store, hourAt(2)))[1]).toMatchObject({
    zone: 'B',
    x: (20 * 760 + 20 * 370) / 100,
  });
});

test('quarters of an hour are traced one by one and summed by energy; an hourly reading is split among them', async () => {
  const grid = await openGridStore();
  const quarter = (at: number) => new Date(FIRST_MS + at * 900_000).toISOString();
  const quarters = [0, 1, 2, 3];
  // B imports from A in the first half of the hour and exports to it in the second.
  const coal = [40, 40, 0, 0];
  const flow = [20, 20, -10, -10];
  await grid.put('grid_generation', [
    ...quarters.map((at) => ({
      zone: 'A',
      fuel: 'coal',
      start: quarter(at),
      durationS: 900,
      energyMwh: coal[at],
    })),
    ...quarters.map((at) => ({
      zone: 'A',
      fuel: 'hydro',
      start: quarter(at),
      durationS: 900,
      meanPowerMw: 40,
    })),
    { zone: 'B', fuel: 'wind', start: quarter(0), energyMwh: 80 },
  ]);
  await grid.put(
    'grid_exchange',
    quarters.map((at) => ({
      fromZone: 'B',
      toZone: 'A',
      start: quarter(at),
      durationS: 900,
      netEnergyMwh: -flow[at]!,
    })),
  );
  await computeGridWindow({ hours: [hourAt(0)], cause: 'closing' }, grid.context);
  // A: 40 coal + 10 hydro, of which 20 leave; then 10 hydro and 10 of B's wind.
  const own = (40 * 760) / 50;
  const a = (2 * 30 * own) / (2 * 30 + 2 * 20);
  // B: 20 wind + 20 of A; then 20 wind, of which 10 leave.
  const b = (2 * 40 * ((20 * own) / 40)) / (2 * 40 + 2 * 10);
  const rows = await intensities(grid.store, hourAt(0));
  expect(rows.map(({ zone, reason }) => [zone, reason])).toEqual([
    ['A', ''],
    ['B', ''],
  ]);
  expect(rows[0]!.x).toBeCloseTo(a, 9);
  expect(rows[1]!.x).toBeCloseTo(b, 9);
});

test('negative production is missing, of two sources the first that knows counts, and quality goes with the figure', async () => {
  const grid = await openGridStore();
  const start = hourAt(0);
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: null, source: 'first' },
    { zone: 'A', fuel: 'coal', start, energyMwh: 100, source: 'second', quality: 'simulated' },
    { zone: 'B', fuel: 'gas', start, energyMwh: -3 },
    { zone: 'C', fuel: 'hydro', start, energyMwh: 10, quality: 'manual' },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  expect(await intensities(grid.store, start)).toMatchObject([
    { zone: 'A', x: 760, origin: 'simulated' },
    { zone: 'B', x: null, reason: 'direct_unknown' },
    { zone: 'C', x: 0, origin: 'estimated' },
  ]);
  expect(await grid.store.query('SELECT origin FROM computations')).toEqual([{ origin: 'simulated' }]);
});

test('an hour that the engine refuses is named, nothing of it is published, and the others are computed', async () => {
  const grid = await openGridStore();
  await putHour(grid, 0);
  await putHour(grid, 1);
  // More than any contract lets in: the sum is no finite number.
  const start = hourAt(1);
  await grid.put(
    'grid_generation',
    ['coal', 'gas'].map((fuel) => ({ zone: 'D', fuel, start, energyMwh: 1.7e308 })),
  );
  const hours = [hourAt(0), start, hourAt(2)];
  expect(await computeGridWindow({ hours, cause: 'closing' }, grid.context)).toEqual({
    computed: 1,
    unchanged: 0,
    empty: 1,
    failed: [{ hour: start, code: 'TL_GRID_VALUE', message: 'production must be finite and not negative' }],
  });
  expect(await intensities(grid.store, start)).toEqual([]);
  expect(await intensities(grid.store, hourAt(0))).toHaveLength(2);
});

test('a letter that was redriven under an old offset opens nothing of the past: the version before recomputes without it', async () => {
  const grid = await openGridStore();
  await putHour(grid, 0);
  const hours = [hourAt(0)];
  await computeGridWindow({ hours, cause: 'closing' }, grid.context);
  // It came before all others, was refused, and is accepted by the contract of today.
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'hydro', start: hourAt(0), energyMwh: 100, _offset: 3 },
  ]);
  const attempt = {
    topic: 'grid.generation',
    _generation: 1,
    _partition: 0,
    _offset: 3,
    outcome: 'accepted',
  };
  await grid.store.insertRows('dead_letter_attempts', [
    { ...attempt, attempted_at: hourAt(101), reason: '', detail: '', contract: 'test' },
  ]);
  await computeGridWindow({ hours, cause: 'closing' }, grid.context);
  const [first, second] = await versions(grid.store);
  expect(second).toMatchObject({ version: 2, cause: 'input revision' });
  const before = await recomputeGridWindow(grid.store, first!.id);
  expect(before).toMatchObject({ same: true, changedInputs: [] });
  expect(before.rows[0]).toMatchObject({ zone: 'A', consumption_intensity_kg_per_mwh: 760 });
  // The second was computed by a clock that is behind the attempt's: then its inputs are found as they are now.
  expect(await recomputeGridWindow(grid.store, second!.id)).toMatchObject({ same: true });
});

test('an id that is no grid hour is refused', async () => {
  const grid = await openGridStore();
  await expect(recomputeGridWindow(grid.store, 'footprint-1')).rejects.toMatchObject({
    code: 'TL_NO_COMPUTATION',
  });
});
