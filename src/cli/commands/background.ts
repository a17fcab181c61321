/** `tanliu background …`: the background database on a local store, without any server. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { ScoreRow } from '../../background/score.ts';
import { action, printJson, say } from '../run.ts';

interface MethodOptions {
  readonly gwp?: string;
  readonly map?: string;
}

export function register(program: Command): void {
  const background = program.command('background').description('the background database 背景数据库');
  background
    .command('import')
    .argument('<file>', 'openLCA JSON-LD package (.zip)')
    .requiredOption('--name <name>', 'name under which the version is stored')
    .option('--json', 'what was imported, as one JSON document')
    .description('imports a package as an immutable version')
    .action(action(importPackage));
  background
    .command('check')
    .argument('<name>', 'name, or name@version')
    .option('--gwp <set>', 'GWP set')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--json', 'the report as one JSON document')
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
}

async function importPackage(file: string, options: { name: string; json?: true }): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { importBackground } = await import('../../activities/importBackground.ts');
  const { profileOf } = await import('../../background/profile.ts');
  const { loadBackground } = await import('../../store/backgroundFiles.ts');
  const { home } = loadConfig();
  const imported = await importBackground(home, options.name, file, (done, of) => {
    if (done % 1000 === 0) say(`read ${done} of ${of} files`);
  });
  const { manifest, path, existed, processes } = imported;
  const { system } = await loadBackground(home, `${options.name}@${manifest.version}`);
  const profile = profileOf(system);
  const { unique, shared, cutOff } = profile.linked;
  say(
    `${options.name}@${manifest.version}${existed ? ' (was there before)' : ''}`,
    `  ${processes} processes, ${profile.activities} activities, ${unique} inputs linked to one supplier, ${shared} shared, ${cutOff} cut off`,
    `  ${path}`,
  );
  if (options.json) {
    printJson({ name: options.name, version: manifest.version, existed, path, ...profile, processes });
  }
}

async function check(reference: string, options: MethodOptions & { json?: true }): Promise<void> {
  const { scored, name, version } = await scoredFrom(reference, options);
  const { profileOf, scoreProfileOf } = await import('../../background/profile.ts');
  const { scoreRows } = await import('../../background/score.ts');
  const profile = profileOf(scored.system);
  const scoreProfile = scoreProfileOf(scored, scoreRows(scored));
  if (options.json) {
    printJson({ name, version, ...profile, scores: scoreProfile, findingList: scored.system.findings });
    return;
  }
  const lines = [
    `${name}@${version}`,
    `processes ${profile.processes}, activities ${profile.activities}, elementary flows ${profile.natureFlows}`,
    `inputs: ${profile.linked.unique} linked to one supplier, ${profile.linked.shared} shared, ${profile.linked.cutOff} cut off`,
    `link rules: ${listed(profile.linkRules)}`,
    `waste outputs: ${profile.wasteOutputs.treated} treated, ${profile.wasteOutputs.cutOff} cut off`,
    `allocation: ${listed(profile.allocation)}`,
    `findings: ${listed(profile.findings) || 'none'}`,
    `loops: ${profile.loops}, strongest gain ${profile.spectralRadius.toFixed(6)}`,
    `${scoreProfile.gwpSet}: ${scoreProfile.characterisedFlows} flows characterised, ${scoreProfile.unknownFlows.length} without a factor`,
    `scores: ${scoreProfile.usable} usable of ${profile.activities}; ${listed(scoreProfile.flags) || 'no flags'}`,
    `forward error ${scoreProfile.forwardError}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
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
  const lines = rows.map(({ activity, scores, totalKgCo2e, usable, flags }) =>
    [
      csvText(activity.processId),
      csvText(activity.flowId),
      csvText(activity.unit),
      totalKgCo2e,
      scores.fossil,
      scores.land_use,
      scores.biogenic_co2_emission,
      scores.biogenic_non_co2,
      scores.biogenic_co2_uptake,
      usable ? 1 : 0,
      flags.join(';'),
    ].join(','),
  );
  return `${SCORE_COLUMNS}\n${lines.join('\n')}\n`;
}

const csvText = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

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
