import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { CATEGORY_COUNT } from '../../schemas/documents/footprintCategories.ts';
import { gwpSet } from '../../schemas/reference/gwp.ts';
import { flowMapRow } from '../../src/background/characterisation.ts';
import { firstTier, upstreamOf } from '../../src/background/contributions.ts';
import { matchFlows } from '../../src/background/flowMatching.ts';
import type { Inventory } from '../../src/background/inventory.ts';
import { createOpenLcaReader } from '../../src/background/openLca/readPackage.ts';
import { profileOf } from '../../src/background/profile.ts';
import { type ScoredBackground, scoreBackground, scoreRows } from '../../src/background/score.ts';
import { productCatalogue } from '../../src/background/scoredProducts.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { readZipEntries, type ZipEntry } from '../../src/store/zipEntries.ts';
import { dataDir } from '../sharedData.ts';

const csv = (file: string): Record<string, string>[] =>
  parse(readFileSync(join(dataDir!, 'lca', file)), { columns: true });

describe.skipIf(!dataDir)('the USLCI package', () => {
  const files: ZipEntry[] = [];
  let inventory: Inventory;
  let scored: ScoredBackground;
  const map = () => csv('uslci-gwp-map.csv').map((row) => flowMapRow.parse(row));

  beforeAll(async () => {
    const reader = createOpenLcaReader();
    for await (const entry of readZipEntries(join(dataDir!, 'lca/uslci-jsonld.zip'), reader.wants))
      files.push(entry);
    for (const { name, bytes } of files) reader.accept(name, bytes);
    inventory = reader.finish();
    scored = scoreBackground(buildBackground(inventory).system, map(), gwpSet('ar6_100'));
  });

  it('has the size, links and allocation of its profile', () => {
    const profile = profileOf(scored.system);
    expect(profile).toMatchObject({
      processes: 766,
      activities: 1019,
      technosphereEntries: 7194,
      linked: { unique: 3733, shared: 249, cutOff: 2498 },
      wasteOutputs: { treated: 0, cutOff: 74 },
      allocation: { dataset: 3, mass: 57, 'physical:Energy': 4, equal: 67 },
      findings: { allocation_undetermined: 67, coproduct_cut_off: 3 },
    });
    expect(profile.spectralRadius).toBeCloseTo(0.7615, 4);
    expect(inventory.flows.size).toBe(4601);
    expect(inventory.processes.reduce((sum, { exchanges }) => sum + exchanges.length, 0)).toBe(32526);
    const prefixed = scored.system.links.filter(
      (link) => link.kind === 'use' && inventory.flows.get(link.flowId)?.name.startsWith('CUTOFF'),
    );
    expect(prefixed).toHaveLength(2439);
    const ownUse = scored.system.links.filter(({ processId, suppliers }) =>
      suppliers.some(({ activity }) => scored.system.activities[activity]?.processId === processId),
    );
    expect(ownUse).toHaveLength(2);
  });

  it('characterises 116 flows by the map, and the same by our own matching', () => {
    expect(scored.characterisation).toMatchObject({ characterised: 116, unknown: [] });
    const sorted = (rows: { flow_uuid: string }[]) =>
      rows.sort((a, b) => (a.flow_uuid < b.flow_uuid ? -1 : 1));
    expect(sorted(matchFlows(scored.system.natureFlows, gwpSet('ar6_100')))).toEqual(sorted(map()));
  });

  it('scores every expected product within 1e-9', () => {
    const rows = new Map(
      scoreRows(scored).map((row) => [`${row.activity.processId} ${row.activity.flowId}`, row]),
    );
    const expected = csv('uslci-expected.csv');
    const wrong: string[] = [];
    for (const want of expected) {
      const row = rows.get(`${want.process} ${want.flow}`);
      if (!row) {
        wrong.push(`no row for ${want.process} ${want.flow}`);
        continue;
      }
      const { activity, scores } = row;
      const figures = {
        total_kg_co2e: row.totalKgCo2e,
        fossil_kg_co2e: scores.fossil,
        land_use_kg_co2e: scores.land_use,
        biogenic_co2_kg: scores.biogenic_co2_emission,
        biogenic_non_co2_kg_co2e: scores.biogenic_non_co2,
        biogenic_co2_uptake_kg: scores.biogenic_co2_uptake,
        allocation_share: activity.allocationShare,
        unit_in_reference_units: activity.unitInReferenceUnits,
      };
      for (const [column, value] of Object.entries(figures)) {
        const right = Number(want[column]);
        const limit = Math.abs(right) > 1e-12 ? 1e-9 * Math.abs(right) : 1e-15;
        if (!(Math.abs(value - right) <= limit))
          wrong.push(`${want.process} ${column}: ${value}, not ${right}`);
      }
      const texts = {
        unit: activity.unit,
        allocation: activity.allocationRule,
        location: activity.location,
        is_reference: activity.isReference ? '1' : '0',
        process_name: activity.processName,
        flow_name: activity.flowName,
      };
      for (const [column, value] of Object.entries(texts)) {
        if (value !== want[column]) wrong.push(`${want.process} ${column}: ${value}, not ${want[column]}`);
      }
    }
    expect(expected).toHaveLength(625);
    expect(wrong).toEqual([]);
    expect(scored.report.forwardError).toBeLessThan(1e-12);
  });

  it('adds up: the first tier of every product is its score', () => {
    for (let activity = 0; activity < scored.system.activities.length; activity++) {
      const sums = new Float64Array(CATEGORY_COUNT);
      const sizes = new Float64Array(CATEGORY_COUNT);
      for (const { scores } of firstTier(scored, activity)) {
        Object.values(scores).forEach((value, c) => {
          sums[c]! += value;
          sizes[c]! += Math.abs(value);
        });
      }
      for (let c = 0; c < CATEGORY_COUNT; c++) {
        const score = scored.lambda[activity * CATEGORY_COUNT + c]!;
        expect(Math.abs(sums[c]! - score)).toBeLessThanOrEqual(1e-12 * sizes[c]!);
      }
    }
  });

  it('gives the same bytes with its files in another order, and on a second run', () => {
    const reader = createOpenLcaReader();
    for (const { name, bytes } of files.toReversed()) reader.accept(name, bytes);
    const other = scoreBackground(buildBackground(reader.finish()).system, map(), gwpSet('ar6_100'));
    expect(Buffer.from(other.lambda.buffer).equals(Buffer.from(scored.lambda.buffer))).toBe(true);
  });

  it('changes no score when the processes are numbered otherwise', () => {
    const shuffled = { ...inventory, processes: inventory.processes.toReversed() };
    const other = scoreRows(scoreBackground(buildBackground(shuffled).system, map(), gwpSet('ar6_100')));
    const rows = new Map(
      scoreRows(scored).map((row) => [`${row.activity.processId} ${row.activity.flowId}`, row]),
    );
    for (const { activity, scores } of other) {
      const same = rows.get(`${activity.processId} ${activity.flowId}`)!.scores;
      for (const [category, value] of Object.entries(scores)) {
        const right = same[category as keyof typeof same];
        expect(Math.abs(value - right)).toBeLessThanOrEqual(Math.max(1e-12 * Math.abs(right), 1e-15));
      }
    }
  });

  it('counts the inputs without a supplier behind its products, each process once', () => {
    const { system } = scored;
    const catalogue = productCatalogue(scored, {
      name: 'uslci',
      version: 'test',
      sourceSha256: '',
      linkingPolicy: '',
      flowMap: '',
    });
    const refs = system.activities.map(({ processId: process, flowId: flow }) => ({
      ref: { process, flow },
    }));
    expect(catalogue.cutOffInputs(refs)).toEqual({ own: 2498, upstream: 2498 });
    const { own, upstream } = catalogue.cutOffInputs(refs.slice(0, 1));
    const direct = system.links.filter(
      (link) =>
        link.kind === 'use' && link.rule === 'cut_off' && link.processId === system.activities[0]?.processId,
    );
    expect(own).toBe(direct.length);
    expect(upstream).toBeGreaterThan(own);
    expect(upstreamOf(scored, [0])[0]).toBe(0);
  });

  it('scores by other GWP sets too: 20 years weighs methane more', () => {
    const twenty = scoreRows(scoreBackground(scored.system, map(), gwpSet('ar6_20')));
    const hundred = scoreRows(scored);
    const higher = twenty.filter((row, at) => row.totalKgCo2e > hundred[at]!.totalKgCo2e).length;
    expect(higher).toBeGreaterThan(900);
  });
});
