import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedPeerPython } from '../../bench/peer/bw2calc.ts';
import { exportBackground } from '../../src/activities/exportBackground.ts';
import { type ImportedBackground, importBackground } from '../../src/activities/importBackground.ts';
import { type ScoredVersion, scoreStoredBackground } from '../../src/activities/scoreBackground.ts';
import { explainScore } from '../../src/background/explainScore.ts';
import { everydayProducts, qualityTotals } from '../../src/background/report.ts';
import { type ScoreRow, scoreRows } from '../../src/background/score.ts';
import { createSearchIndex } from '../../src/background/search.ts';
import { loadManifest, loadTable } from '../../src/store/backgroundFiles.ts';
import { decodeExchanges } from '../../src/store/backgroundTables.ts';
import { dataDir } from '../sharedData.ts';

const python = installedPeerPython();
const file = join(dataDir ?? '', 'lca/tiangong-ilcd.zip');

describe.skipIf(!dataDir)('the Tiangong package', () => {
  let home = '';
  let imported: ImportedBackground;
  let scored: ScoredVersion;
  let rows: ScoreRow[];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tanliu-tiangong-'));
    imported = await importBackground(home, 'tiangong', file);
    scored = await scoreStoredBackground(home, 'tiangong');
    rows = scoreRows(scored.scored);
  }, 60_000);
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('keeps at least 3,450 processes and says of the rest why not', () => {
    const { system } = scored.scored;
    const totals = qualityTotals(system, rows);
    expect(imported.processes).toBe(4133);
    expect(totals.kept).toBeGreaterThanOrEqual(3450);
    expect(totals.kept + totals.quarantined).toBe(4133);
    const reasons = new Set(
      system.findings.filter(({ action }) => action === 'quarantined').map(({ processId }) => processId),
    );
    expect([...reasons].sort()).toEqual(system.leftOut.map(({ processId }) => processId));
    expect(totals.quarantinedByCode).toMatchObject({ no_reference: 17, value_implausible: 153 });
  });

  it("has at least 900 usable products: none absurd, negative or zero, and at most 2 % far from their flow's median", () => {
    const usable = rows.filter((row) => row.usable);
    expect(usable.length).toBeGreaterThanOrEqual(900);
    expect(usable.filter(({ totalKgCo2e }) => !(totalKgCo2e > 0 && totalKgCo2e <= 1e9))).toEqual([]);
    let outside = 0;
    for (const group of Map.groupBy(usable, ({ activity }) => activity.flowId).values()) {
      const sorted = group.map(({ totalKgCo2e }) => totalKgCo2e).sort((a, b) => a - b);
      const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
      outside += sorted.filter((score) => score > 30 * middle || score < middle / 30).length;
    }
    expect(outside / usable.length).toBeLessThanOrEqual(0.02);
  });

  it('solves with a proof that no loop feeds itself', () => {
    expect(imported.manifest.gate.proofLeast).toBeGreaterThanOrEqual(1 - 1e-6);
    expect(scored.scored.report.forwardError).toBeLessThanOrEqual(1e-9);
    expect(scored.scored.characterisation.gwpSet.id).toBe('ef31_gwp100');
  });

  it('has the grid mixes and most cements where the literature has them, and a reason for each that is not', () => {
    const everyday = everydayProducts(scored.scored.system, rows);
    const share = (id: string) => {
      const check = everyday.find((one) => one.id === id)!;
      return check.inBand / check.usable;
    };
    expect(share('grid-mix')).toBe(1);
    expect(share('thermal-power')).toBeGreaterThan(0.9);
    expect(share('cement')).toBeGreaterThan(0.8);
    expect(everyday.flatMap(({ outside }) => outside).every(({ why }) => why !== '')).toBe(true);
  });

  it('is searched in Chinese and English', () => {
    const index = createSearchIndex(scored.scored.system);
    const first = (query: string) => index.find(query)[0];
    expect(first('四川 混合电力')).toMatchObject({ location: 'SC-CN', flowName: 'Electricity' });
    expect(first('electricity mix sichuan')).toMatchObject({ location: 'SC-CN', flowName: 'Electricity' });
    expect(index.find('量子纠缠')).toEqual([]);
  });

  it('walks every score back to exchanges that add up to it', async () => {
    const stored = await loadManifest(home, 'tiangong');
    const exchanges = Map.groupBy(
      decodeExchanges(await loadTable(home, stored, 'exchanges.arrow')),
      ({ processId }) => processId,
    );
    const usable = rows.filter((row) => row.usable).filter((_row, at) => at % 10 === 0);
    for (const { activity } of usable) {
      const { processId: process, flowId: flow } = activity;
      const { totalKgCo2e, sumKgCo2e } = explainScore(scored.scored, exchanges.get(process) ?? [], {
        process,
        flow,
      });
      expect(Math.abs(sumKgCo2e - totalKgCo2e)).toBeLessThanOrEqual(1e-12 * Math.abs(totalKgCo2e));
    }
  });

  it('gives the same bytes when it is imported again', async () => {
    const again = await importBackground(home, 'again', file);
    expect(again.manifest).toEqual(imported.manifest);
    const sum = async (path: string) => {
      const hash = createHash('sha256');
      for (const name of (await readdir(path)).sort()) hash.update(await readFile(join(path, name)));
      return hash.digest('hex');
    };
    expect(await sum(again.path)).toBe(await sum(imported.path));
  }, 30_000);

  it.skipIf(!python).each(['matrix-market', 'datapackage'] as const)(
    'has the same scores when its %s export is solved by other software',
    async (format) => {
      const out = join(home, format);
      await exportBackground(home, 'tiangong', format, out);
      const script = resolve(import.meta.dirname, '../../bench/peer/resolve.py');
      const { stdout, stderr } = spawnSync(python!, [script, format, out], { encoding: 'utf8' });
      const answer = JSON.parse(stdout || JSON.stringify({ stderr }));
      expect(answer.deviation).toBeLessThanOrEqual(1e-9);
      if (format !== 'matrix-market') return;
      expect(answer).toMatchObject({ products: rows.length, pivots_not_positive: 0 });
      expect(answer.proof_least).toBeGreaterThanOrEqual(1 - 1e-6);
    },
    60_000,
  );
});
