import { expect, test } from 'vitest';
import { computeGridWindow } from '../../src/activities/computeGridWindow.ts';
import { explainResult, recomputeResult } from '../../src/activities/resultKinds.ts';
import { hourAt, openGridStore } from './gridStore.ts';

async function twoZones() {
  const grid = await openGridStore();
  const start = hourAt(0);
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: 100 },
    { zone: 'B', fuel: 'wind', start, energyMwh: 60 },
  ]);
  await grid.put('grid_exchange', [{ fromZone: 'A', toZone: 'B', start, netEnergyMwh: 20, capacityMw: 50 }]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  return grid;
}

const figure = `grid/B/${hourAt(0)}/mode_direct`;

test('a figure is walked back to its factors, its supply, its readings and their offsets', async () => {
  const { store } = await twoZones();
  const { computation, inputs, versions, details } = await explainResult(store, figure);
  expect(computation).toMatchObject({ kind: 'grid_window', version: 1, cause: 'first', origin: 'measured' });
  expect(versions).toMatchObject([{ id: computation.id, version: 1 }]);
  expect(inputs.map(({ table, offsets }) => [table, offsets])).toEqual([
    ['grid_generation', [{ generation: 1, partition: 0, first: 10, last: 11 }]],
    ['grid_exchange', [{ generation: 1, partition: 0, first: 12, last: 12 }]],
  ]);
  expect(details).toMatchObject({
    figure: {
      row: { zone: 'B', consumption_intensity_kg_per_mwh: (20 * 760) / 80 },
      readings: [
        { table: 'grid_generation', zone: 'B', fuel: 'wind', message: '1:0:11:0' },
        { table: 'grid_exchange', from_zone: 'A', to_zone: 'B', message: '1:0:12:0' },
      ],
    },
    factors: [{ family: 'mode_direct', confidence: 'single-source' }, { family: 'mode_lifecycle' }],
    thresholds: { knownUpToShare: 0.005, estimatedUpToShare: 0.2 },
  });
  const { supply } = (
    details as { figure: { supply: { zoneId: string; energyMwh: number; massKg: object }[] } }
  ).figure;
  expect(supply.map(({ zoneId }) => zoneId)).toEqual(['B', 'A']);
  expect(supply[0]!.energyMwh).toBeCloseTo(60, 9);
  expect(supply[1]!.energyMwh).toBeCloseTo(20, 9);
  expect(supply[1]!.massKg).toMatchObject({ mode_direct: expect.closeTo(20 * 760, 6) });
});

test('a figure comes out again with the same bytes; one that was tampered with is named with both values', async () => {
  const { store } = await twoZones();
  expect(await recomputeResult(store, figure)).toMatchObject({ id: figure, same: true, differences: [] });
  await store.command(
    "ALTER TABLE grid_intensity UPDATE consumption_mwh = 81 WHERE zone = 'B' AND family = 'mode_direct' SETTINGS mutations_sync = 2",
  );
  expect(await recomputeResult(store, `${figure}@v1`)).toMatchObject({
    same: false,
    changedInputs: [],
    differences: [{ figure: `grid/B/${hourAt(0)}/mode_direct consumption_mwh`, stored: 81, recomputed: 80 }],
  });
});

test('what names nothing is refused with an example, and kinds without recomputation say so', async () => {
  const { store } = await twoZones();
  for (const id of [
    'grid/B/2026-03-01/mode_direct',
    'grid/X/2026-03-01T00:00:00Z/mode_direct',
    'nothing',
    `${figure}@v9`,
  ])
    await expect(explainResult(store, id)).rejects.toMatchObject({ code: 'TL_NO_FIGURE' });
  await store.insertRows('computations', [
    { id: 'other-1', kind: 'other', subject: 'x', version: 1, inputs: '[]', parameters: '{}' },
  ]);
  expect(await explainResult(store, 'other-1')).toMatchObject({ details: { parameters: {} } });
  await expect(recomputeResult(store, 'other-1')).rejects.toMatchObject({ code: 'TL_NOT_RECOMPUTABLE' });
});
