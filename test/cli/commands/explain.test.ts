/** `explain` and `recompute` as a person types them, over a store of their own. */
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { computeGridWindow } from '../../../src/activities/computeGridWindow.ts';
import { register as registerExplain } from '../../../src/cli/commands/explain.ts';
import { register as registerRecompute } from '../../../src/cli/commands/recompute.ts';
import { openStore } from '../../../src/cli/connect.ts';
import { gridStoreOver, hourAt } from '../../activities/gridStore.ts';
import { temporaryFolder } from '../../runtime/temporaryFolder.ts';

let out = '';
let err = '';

beforeEach(() => {
  [out, err] = ['', ''];
  vi.stubEnv('TANLIU_HOME', temporaryFolder('explain'));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function tanliu(...args: string[]): Promise<number> {
  const program = new Command('tanliu');
  registerExplain(program);
  registerRecompute(program);
  [out, err] = ['', ''];
  process.exitCode = 0;
  await program.parseAsync(args, { from: 'user' });
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return code;
}

test('a grid figure is explained, comes out again, and is told apart where somebody changed it', async () => {
  const store = await openStore();
  const grid = gridStoreOver(store);
  const start = hourAt(0);
  await grid.put('grid_generation', [
    { zone: 'A', fuel: 'coal', start, energyMwh: 100 },
    { zone: 'A', fuel: 'wind', start, energyMwh: 100 },
  ]);
  await computeGridWindow({ hours: [start], cause: 'closing' }, grid.context);
  await store.close();
  const figure = `grid/A/${start}/mode_direct`;

  expect(await tanliu('explain', figure)).toBe(0);
  expect(out).toContain('offsets 10 to 11');
  expect(out).toContain('electricitymaps-b354f28-direct');
  expect(out).toContain('"consumption_intensity_kg_per_mwh":380');
  expect(await tanliu('explain', figure, '--json')).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ id: figure, details: { figure: { nodes: ['A'] } } });

  expect(await tanliu('recompute', figure)).toBe(0);
  expect(err).toContain('the same bytes');
  expect(await tanliu('recompute', 'grid/B/now/x', '--json')).toBe(1);
  expect(err).toContain('TL_NO_FIGURE');

  const again = await openStore();
  await again.command(
    'ALTER TABLE grid_generation UPDATE energy_mwh = 300 WHERE _offset = 10 SETTINGS mutations_sync = 2',
  );
  await again.close();
  expect(await tanliu('recompute', figure, '--json')).toBe(1);
  const { same, changedInputs, differences } = JSON.parse(out);
  expect({ same, changedInputs }).toEqual({ same: false, changedInputs: ['grid_generation'] });
  expect(differences).toContainEqual({
    figure: `grid/A/${start}/mode_direct consumption_intensity_kg_per_mwh`,
    stored: 380,
    recomputed: 570,
  });
});
