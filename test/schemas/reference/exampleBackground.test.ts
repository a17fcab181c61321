import { beforeAll, describe, expect, test } from 'vitest';
import {
  exampleBackgroundFiles,
  exampleFlowId,
  exampleFlowMap,
} from '../../../schemas/reference/exampleBackground.ts';
import { exampleEmissions, exampleInputs } from '../../../schemas/reference/exampleFigures.ts';
import { gwpSet } from '../../../schemas/reference/gwp.ts';
import { createOpenLcaReader } from '../../../src/background/openLca/readPackage.ts';
import { type ScoreRow, scoreBackground, scoreRows } from '../../../src/background/score.ts';
import { type BuiltBackground, buildBackground } from '../../../src/background/technosphere.ts';

let built: BuiltBackground;
let rows: ScoreRow[];

beforeAll(() => {
  const reader = createOpenLcaReader();
  for (const { name, document } of exampleBackgroundFiles()) {
    if (reader.wants(name)) reader.accept(name, new TextEncoder().encode(JSON.stringify(document)));
  }
  built = buildBackground(reader.finish());
  rows = scoreRows(scoreBackground(built.system, exampleFlowMap, gwpSet('ar6_100')));
});

const score = (key: string) => {
  const at = built.system.activities.findIndex(({ flowId }) => flowId === exampleFlowId(key));
  return rows[at]!;
};

describe('the example background', () => {
  test('goes through importer, linker and solver with nothing dropped or cut off', () => {
    expect(built.system.activities).toHaveLength(13);
    expect(built.system.links.filter(({ rule }) => rule === 'cut_off')).toEqual([]);
    expect(JSON.stringify(built)).not.toMatch(/quarantined|exchange_dropped/);
  });

  test('names every elementary flow in its flow map', () => {
    const mapped = new Set(exampleFlowMap.map((row) => row.flow_uuid));
    for (const { id } of built.system.natureFlows) expect(mapped).toContain(id);
  });

  test('scores alumina as its heat and its electricity add up', () => {
    const byHand =
      exampleInputs.aluminaHeat.amount * exampleEmissions.coalHeatCo2.amount +
      exampleInputs.aluminaElectricity.amount * 0.5777;
    expect(score('alumina').totalKgCo2e).toBeCloseTo(byHand, 12);
    // The range that the IAI surveyed for refining, t CO2e a tonne.
    expect(byHand).toBeGreaterThan(0.6);
    expect(byHand).toBeLessThan(2.4);
  });

  test('scores an anode inside the surveyed range and a Sichuan kilowatt hour below the national one', () => {
    expect(score('anode').totalKgCo2e).toBeGreaterThan(0.9);
    expect(score('anode').totalKgCo2e).toBeLessThan(3.8);
    expect(score('electricity-sichuan').totalKgCo2e).toBeLessThan(score('electricity-china').totalKgCo2e);
  });

  test('says in every name that it is an example', () => {
    for (const { processName } of built.system.activities) expect(processName).toMatch(/\(example\)$/);
  });
});
