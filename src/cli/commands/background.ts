/** `tanliu background …`: the background database on a local store, without any server. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { csvLines } from '../../background/export/csvLines.ts';
import type { DatasetPage } from '../../background/report.ts';
import type { ScoreRow } from '../../background/score.ts';
import { action, printJson, say } from '../run.ts';
import { registerMapping } from './backgroundMapping.ts';
import { registerQueries } from './backgroundQueries.ts';

interface MethodOptions {
  readonly gwp?: string;
  readonly map?: string;
}

export function register(program: Command): void {
  const background = program.command('background').description('the background database 背景数据库');
  background
    .command('import')
    .argument('<file>', 'package (.zip): ILCD, TIDAS JSON, openLCA JSON-LD, ecoSpold 1 or 2')
    .requiredOption('--name <name>', 'name under which the version is stored')
    .option('--overrides <file>', 'reviewed JSON that overrules the gate and the linking policy')
    .option('--json', 'what was imported, as one JSON document')
    .description('imports a package as an immutable version')
    .action(action(importPackage));
  background
    .command('check')
    .argument('<name>', 'name, or name@version')
    .option('--gwp <set>', 'GWP set')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--pages <folder>', 'writes one page a dataset, Chinese and English, as Markdown')
    .option('--json', 'the report with its pages as one JSON document')
    .description('how the version is linked, what was found in it, and whether it solves')
    .action(action(check));
  background
    .command('scores')
    .argument('<name>', 'name, or name@version')
    .option('--gwp <set>', 'GWP set')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .requiredOption('--out <file>', 'CSV that is written')
    .option('--json', 'what was solved, as one JSON document')
    .description('the score of one unit of every (process, product)')
    .action(action(scores));
  registerQueries(background);
  registerMapping(background);
}

async function importPackage(
  file: string,
  options: { name: string; overrides?: string; json?: true },
): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { importBackground } = await import('../../activities/importBackground.ts');
  const { profileOf } = await import('../../background/profile.ts');
  const { loadBackground } = await import('../../store/backgroundFiles.ts');
  const { home, clickhouse } = loadConfig();
  const progress = (done: number, of: number) => {
    if (done % 1000 === 0) say(`read ${done} of ${of} files`);
  };
  const imported = await importBackground(home, options.name, file, progress, options.overrides);
  const { manifest, path, existed, processes } = imported;
  // Where a store is given, versions stand in it too; without one the command needs no server.
  if (clickhouse) await publishVersion(home, `${options.name}@${manifest.version}`);
  const { system } = await loadBackground(home, `${options.name}@${manifest.version}`);
  const profile = profileOf(system);
  const { unique, shared, cutOff } = profile.linked;
  const kept = profile.processes;
  say(
    `${options.name}@${manifest.version}${existed ? ' (was there before)' : ''}`,
    `  ${kept} of ${processes} processes kept, ${profile.activities} activities, ${unique} inputs linked to one supplier, ${shared} shared, ${cutOff} cut off`,
    `  ${path}`,
  );
  if (options.json) {
    printJson({ name: options.name, version: manifest.version, existed, path, ...profile, processes, kept });
  }
}

async function publishVersion(home: string, reference: string): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { publishBackground } = await import('../../store/backgroundInStore.ts');
  const store = await openStore();
  try {
    await publishBackground(store, home, reference, new Date().toISOString());
  } finally {
    await store.close();
  }
}

async function check(
  reference: string,
  options: MethodOptions & { pages?: string; json?: true },
): Promise<void> {
  const { scored, name, version, unmatchedMethodFlows } = await scoredFrom(reference, options);
  const { profileOf, scoreProfileOf } = await import('../../background/profile.ts');
  const { datasetPages, everydayProducts, qualityTotals } = await import('../../background/report.ts');
  const { scoreRows } = await import('../../background/score.ts');
  const { system } = scored;
  const rows = scoreRows(scored);
  const profile = profileOf(system);
  const totals = qualityTotals(system, rows);
  const everyday = everydayProducts(system, rows);
  const scoreProfile = scoreProfileOf(scored, rows);
  const pages = options.json || options.pages !== undefined ? datasetPages(system, rows) : [];
  if (options.pages !== undefined) await writePages(options.pages, pages);
  if (options.json) {
    const report = { name, version, ...profile, totals, everyday, scores: scoreProfile };
    printJson({ ...report, unmatchedMethodFlows, findingList: system.findings, pages });
    return;
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = [
    `${name}@${version}`,
    `processes ${totals.processes}: ${totals.kept} kept (${percent(totals.keptShare)}), ${totals.quarantined} quarantined (${listed(totals.quarantinedByCode) || 'none'})`,
    `  ${totals.complete} complete, ${totals.incomplete} incomplete (levels: ${listed(totals.incompleteByLevel) || 'none'})`,
    `activities ${profile.activities}, elementary flows ${profile.natureFlows}`,
    `inputs: ${profile.linked.unique} linked to one supplier, ${profile.linked.shared} shared, ${profile.linked.cutOff} cut off (${percent(totals.cutOffShare)}: ${listed(totals.cutOffByReason) || 'none'})`,
    `link rules: ${listed(profile.linkRules)}`,
    `waste outputs: ${profile.wasteOutputs.treated} treated, ${profile.wasteOutputs.cutOff} cut off`,
    `allocation: ${listed(profile.allocation)}`,
    `findings: ${listed(profile.findings) || 'none'}`,
    `loops: ${profile.loops}, strongest gain ${profile.spectralRadius.toFixed(6)}`,
    `${scoreProfile.gwpSet}: ${scoreProfile.characterisedFlows} flows characterised, ${scoreProfile.unknownFlows.length} without a factor${unmatchedMethodFlows.length > 0 ? `; ${unmatchedMethodFlows.length} flows of the method are not in the package (--json lists them)` : ''}`,
    `scores: ${scoreProfile.usable} usable of ${profile.activities}; ${listed(scoreProfile.flags) || 'no flags'}`,
    ...everyday.flatMap(({ name: product, band, unit, usable, inBand, outside }) => [
      `${product.zh} ${product.en}: ${inBand} of ${usable} within ${band[0]} to ${band[1]} kgCO2e/${unit}`,
      ...outside.map(({ name: dataset, kgCo2e, why }) => `    ${kgCo2e.toPrecision(4)}: ${dataset}: ${why}`),
    ]),
    `forward error ${scoreProfile.forwardError}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function writePages(folder: string, pages: readonly DatasetPage[]): Promise<void> {
  const { pageMarkdown } = await import('../../background/report.ts');
  await mkdir(folder, { recursive: true });
  for (const page of pages) {
    await writeFile(join(folder, `${page.process.replace(/[^\w.-]/g, '_')}.md`), pageMarkdown(page));
  }
  const list = pages.map(
    ({ process: id, names, state, findings }) =>
      `- [${names.zh ?? names.en ?? id}](${id.replace(/[^\w.-]/g, '_')}.md): ${state}, ${[...new Set(findings.map(({ code }) => code))].join(', ') || 'no findings'}`,
  );
  await writeFile(join(folder, 'index.md'), `# 数据集 Datasets\n\n${list.join('\n')}\n`);
  say(`${pages.length} pages in ${folder}`);
}

async function scores(
  reference: string,
  options: MethodOptions & { out: string; json?: true },
): Promise<void> {
  const { scored, name, version, flowMap } = await scoredFrom(reference, options);
  const { scoreRows } = await import('../../background/score.ts');
  const rows = scoreRows(scored);
  await writeAtomically(options.out, scoresCsv(rows));
  const { report, characterisation } = scored;
  say(
    `${rows.length} scores of ${name}@${version} by ${characterisation.gwpSet.id}, forward error ${report.forwardError}`,
    `  ${options.out}`,
  );
  if (options.json) {
    const { gwpSet } = characterisation;
    printJson({ name, version, gwpSet: gwpSet.id, flowMap, rows: rows.length, out: options.out, ...report });
  }
}

async function scoredFrom(reference: string, options: MethodOptions) {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { scoreStoredBackground } = await import('../../activities/scoreBackground.ts');
  return scoreStoredBackground(loadConfig().home, reference, {
    ...(options.gwp !== undefined && { gwpSet: options.gwp }),
    ...(options.map !== undefined && { mapFile: options.map }),
  });
}

const SCORE_COLUMNS =
  'process,flow,unit,total_kg_co2e,fossil_kg_co2e,land_use_kg_co2e,biogenic_co2_kg,biogenic_non_co2_kg_co2e,biogenic_co2_uptake_kg,usable,flags';

function scoresCsv(rows: readonly ScoreRow[]): string {
  return csvLines(
    SCORE_COLUMNS.split(','),
    rows.map(({ activity, scores: score, totalKgCo2e, usable, flags }) => [
      activity.processId,
      activity.flowId,
      activity.unit,
      totalKgCo2e,
      score.fossil,
      score.land_use,
      score.biogenic_co2_emission,
      score.biogenic_non_co2,
      score.biogenic_co2_uptake,
      usable ? 1 : 0,
      flags.join(';'),
    ]),
  );
}

const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

async function writeAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
