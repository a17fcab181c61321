import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { rackProfile } from '../../schemas/reference/openDataSites.ts';
import { STREAMS } from '../../schemas/streams/index.ts';
import { productionActivity } from '../../schemas/streams/productionActivity.ts';
import { footprintInputOf } from '../../src/footprint/activityInput.ts';
import { realScenario } from '../../src/scenario/realData.ts';
import { dataDir } from '../sharedData.ts';

test('a folder without the data is refused with the first file that is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tanliu-'));
  try {
    await expect(realScenario(folder)).rejects.toMatchObject({
      code: 'TL_OPEN_DATA_MISSING',
      place: expect.stringContaining(folder),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe.skipIf(!dataDir)('the scenario on real input', async () => {
  const scenario = dataDir ? await realScenario(dataDir) : undefined;

  test('gives readings that their contracts accept, each saying whether it was measured', () => {
    const qualities = new Map<string, Set<unknown>>();
    for (const { topic, schema } of STREAMS) {
      const seen = new Set<unknown>();
      for (const reading of scenario!.readings(topic)) {
        const judged = schema.safeParse(reading);
        if (!judged.success) expect.fail(`${topic}: ${JSON.stringify(reading)} ${judged.error.message}`);
        seen.add(reading.quality);
      }
      qualities.set(topic, seen);
    }
    expect(scenario!.origin).toBe('mixed');
    for (const topic of ['grid.generation', 'grid.exchange', 'grid.load', 'datacenter.power']) {
      expect([...qualities.get(topic)!], topic).toEqual(['measured']);
    }
    for (const topic of ['plant.generation', 'market.contracts', 'production.activity']) {
      expect([...qualities.get(topic)!], topic).toEqual(['simulated']);
    }
  });

  test('meters the hosts as the files say: the sum of three hosts over a month', () => {
    const rows = [...scenario!.readings('datacenter.power')];
    expect(rows).toHaveLength(3 * 720);
    expect(new Set(rows.map(({ meter }) => meter))).toEqual(new Set(scenario!.answers.dataCenter.useMeters));
    const useWh = rows.reduce((sum, { energyWh }) => sum + Number(energyWh), 0);
    // Means of 182.204, 90.567 and 63.678 W over 720 hours; whole watt hours differ by less than half each.
    expect(Math.abs(useWh - 720 * (182.20437847 + 90.56738889 + 63.67814583))).toBeLessThan(0.5 * 2160);
  });

  test('names products that the background has, in the unit it states', () => {
    const rows: Record<string, string>[] = parse(
      readFileSync(join(dataDir!, 'lca/uslci-expected.csv'), 'utf8'),
      { columns: true },
    );
    for (const { process, flow, unit } of rackProfile.inputs) {
      expect(rows.find((row) => row.process === process && row.flow === flow)).toMatchObject({ unit });
    }
    const input = footprintInputOf(
      scenario!.answers.product,
      [...scenario!.readings('production.activity')].map((row) => productionActivity.schema.parse(row)),
    );
    expect(input.billOfMaterials).toHaveLength(5);
    expect(input.electricity[0]!.factor.kind).toBe('background');
    expect(input.billOfMaterials.find(({ name }) => name === 'road-freight')!.unit).toBe('t*km');
  });

  test('as a week supersedes reported hours by reconciled ones, revision by revision', async () => {
    const week = await realScenario(dataDir!, { grid: 'week' });
    const revisions = new Map<string, number[]>();
    for (const { zone, fuel, start, revision } of week.readings('grid.generation')) {
      const key = `${zone}|${fuel}|${start}`;
      revisions.set(key, [...(revisions.get(key) ?? []), Number(revision)]);
    }
    expect(new Set([...revisions.keys()].map((key) => key.split('|')[2])).size).toBe(168);
    const twice = [...revisions.values()].filter((list) => list.length === 2);
    expect(twice.length).toBe(291 * 20);
    expect(twice.every((list) => list.join() === '0,1')).toBe(true);
  });

  test.each([
    [{ month: '2025-05' }, 'TL_OPEN_DATA_COVERAGE'],
    [{ zone: 'CN-SC' }, 'TL_OPEN_DATA_ZONE'],
    [{ month: 'May' }, 'TL_SCENARIO_TIME'],
  ])('refuses %j', async (options, code) => {
    await expect(realScenario(dataDir!, options)).rejects.toMatchObject({ code });
  });
});
