import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { replayHistory } from '../../src/runtime/temporal/replayHistory.ts';
import { goldenHistories } from '../golden/history.ts';

const histories = goldenHistories();

test('every workflow that the worker registers has a recorded history', async () => {
  const registered = Object.keys(await import('../../workflows/index.ts')).sort();
  expect([...new Set(histories.map(({ workflow }) => workflow))].sort()).toEqual(registered);
});

test.each(histories)('$name runs today as it was recorded', async ({ history }) => {
  await replayHistory(history);
});

test('a history that names a machine or a folder is not recorded', () => {
  for (const { name, history } of histories)
    expect([name, /\/work\/|\/home\/|\/root\/|\/tmp\/|"identity"/.exec(JSON.stringify(history))]).toEqual([
      name,
      null,
    ]);
});

test('a workflow that does otherwise than its recorded history fails the replay', async () => {
  const changed = fileURLToPath(new URL('../golden/changedRedrive.ts', import.meta.url));
  const redrive = histories.find(({ workflow }) => workflow === 'redrive');
  await expect(replayHistory(redrive?.history, changed)).rejects.toThrow(/[Nn]ondeterminism|Determinism/);
});
