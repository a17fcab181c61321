/** `tanliu background export|search|links|diff`: what a stored version is asked for. */
import { type Command, Option } from 'commander';
import { action, printJson, UsageError } from '../run.ts';

interface MethodOptions {
  readonly gwp?: string;
  readonly map?: string;
}

const EXPORTS = ['datapackage', 'matrix-market'] as const;

export function registerQueries(background: Command): void {
  background
    .command('list')
    .option('--json', 'as one JSON document')
    .description('stored backgrounds and their versions')
    .action(action(list));
  background
    .command('publish')
    .argument('<name>', 'name, or name@version')
    .option('--json', 'what was written, as one JSON document')
    .description('copies a version of this machine into ClickHouse')
    .action(action(publish));
  background
    .command('fetch')
    .argument('<name>', 'name, or name@version')
    .option('--json', 'what was fetched, as one JSON document')
    .description('brings a version from ClickHouse to this machine')
    .action(action(fetchVersion));
  background
    .command('export')
    .argument('<name>', 'name, or name@version')
    .addOption(new Option('--format <format>', 'what is written').choices(EXPORTS).makeOptionMandatory())
    .requiredOption('--out <folder>', 'folder that is not there yet or empty')
    .option('--gwp <set>', 'GWP set')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--json', 'what was written, as one JSON document')
    .description('matrices, tables and scores, so that other software computes the same')
    .action(action(exportVersion));
  background
    .command('search')
    .argument('<name>', 'name, or name@version')
    .argument('<words...>', 'words in Chinese or English')
    .option('--most <count>', 'how many hits', '20')
    .option('--json', 'the hits as one JSON document')
    .description('finds products by words of their names')
    .action(action(search));
  background
    .command('links')
    .argument('<name>', 'name, or name@version')
    .option('--process <id>', 'links of one process')
    .option('--flow <id>', 'links of one flow')
    .option('--rule <rule>', 'links chosen by one rule, e.g. equal_share or cut_off')
    .option('--reason <reason>', 'inputs cut off for one reason, e.g. provider_quarantined')
    .option('--ambiguous', 'only inputs with more than one candidate')
    .option('--json', 'the links as one JSON document')
    .description('who supplies which input, by which rule, out of how many')
    .action(action(links));
  background
    .command('diff')
    .argument('<before>', 'name@version')
    .argument('<after>', 'name@version')
    .option('--gwp <set>', 'GWP set')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--json', 'the difference as one JSON document')
    .description('datasets added, removed and changed, and the scores that moved most')
    .action(action(diff));
}

const methodOf = (options: MethodOptions) => ({
  ...(options.gwp !== undefined && { gwpSet: options.gwp }),
  ...(options.map !== undefined && { mapFile: options.map }),
});

const print = (lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n`);

async function homeOf(): Promise<string> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return loadConfig().home;
}

async function list(options: { json?: true }): Promise<void> {
  const { listBackgrounds, listVersions, loadManifest } = await import('../../store/backgroundFiles.ts');
  const home = await homeOf();
  const names = await listBackgrounds(home);
  const backgrounds = await Promise.all(
    names.map(async (name) => ({
      name,
      current: (await loadManifest(home, name)).manifest.version,
      versions: await listVersions(home, name),
    })),
  );
  if (options.json) return printJson({ backgrounds });
  print(
    backgrounds.flatMap(({ name, current, versions }) =>
      versions.map((version) => `${name}@${version}${version === current ? ' (current)' : ''}`),
    ),
  );
}

async function publish(reference: string, options: { json?: true }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { publishBackground } = await import('../../store/backgroundInStore.ts');
  const home = await homeOf();
  const store = await openStore();
  try {
    const done = await publishBackground(store, home, reference, new Date().toISOString());
    if (options.json) printJson(done);
    else
      print([`${done.name}@${done.version} ${done.written ? 'is in the store' : 'was in the store before'}`]);
  } finally {
    await store.close();
  }
}

async function fetchVersion(reference: string, options: { json?: true }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { fetchBackground } = await import('../../store/backgroundInStore.ts');
  const home = await homeOf();
  const store = await openStore();
  try {
    const done = await fetchBackground(store, home, reference);
    if (options.json) printJson(done);
    else print([`${done.name}@${done.version} is on this machine`]);
  } finally {
    await store.close();
  }
}

async function exportVersion(
  reference: string,
  options: MethodOptions & { format: (typeof EXPORTS)[number]; out: string; json?: true },
): Promise<void> {
  const { exportBackground } = await import('../../activities/exportBackground.ts');
  const { scored, files } = await exportBackground(
    await homeOf(),
    reference,
    options.format,
    options.out,
    methodOf(options),
  );
  const { name, version } = scored;
  if (options.json) printJson({ name, version, format: options.format, out: options.out, files });
  else
    print([
      `${name}@${version} as ${options.format} in ${options.out}:`,
      ...files.map((file) => `  ${file}`),
    ]);
}

async function search(
  reference: string,
  words: string[],
  options: { most: string; json?: true },
): Promise<void> {
  const most = Number(options.most);
  if (!Number.isInteger(most) || most < 1) throw new UsageError('--most is a whole number above 0');
  const { loadBackground } = await import('../../store/backgroundFiles.ts');
  const { createSearchIndex } = await import('../../background/search.ts');
  const { system, name, manifest } = await loadBackground(await homeOf(), reference);
  const hits = createSearchIndex(system).find(words.join(' '), most);
  if (options.json) return printJson({ name, version: manifest.version, query: words.join(' '), hits });
  print(
    hits.flatMap((hit) => [
      `${hit.relevance.toFixed(3)}  ${hit.flowNameZh} ${hit.flowName} [${hit.unit}] ${hit.location}`,
      `       ${hit.nameZh} ${hit.name}`,
      `       process ${hit.process} flow ${hit.flow}`,
    ]),
  );
}

interface LinkOptions {
  readonly process?: string;
  readonly flow?: string;
  readonly rule?: string;
  readonly reason?: string;
  readonly ambiguous?: true;
  readonly json?: true;
}

async function links(reference: string, options: LinkOptions): Promise<void> {
  const { loadBackground } = await import('../../store/backgroundFiles.ts');
  const { system, name, manifest } = await loadBackground(await homeOf(), reference);
  const nameOf = (id: string) =>
    system.activities.find(({ processId }) => processId === id)?.processName ?? id;
  const found = system.links.filter(
    (link) =>
      (options.process === undefined || link.processId === options.process) &&
      (options.flow === undefined || link.flowId === options.flow) &&
      (options.rule === undefined || link.rule === options.rule) &&
      (options.reason === undefined || link.reason === options.reason) &&
      (!options.ambiguous || link.candidates > 1),
  );
  const shown = found.map(({ suppliers, ...link }) => ({
    ...link,
    suppliers: suppliers.map(({ activity, share }) => ({
      process: system.activities[activity]!.processId,
      share,
    })),
  }));
  if (options.json) return printJson({ name, version: manifest.version, links: shown });
  print(
    shown.map(
      (link) =>
        `${nameOf(link.processId)} exchange ${link.exchangeId}: flow ${link.flowId} ${link.rule}${link.tier && ` (${link.tier})`}${link.reason && ` ${link.reason}`}, ${link.candidates} candidates → ${link.suppliers.map(({ process: id, share }) => `${nameOf(id)} ${share}`).join('; ') || 'nobody'}`,
    ),
  );
}

async function diff(before: string, after: string, options: MethodOptions & { json?: true }): Promise<void> {
  const { scoreStoredBackground } = await import('../../activities/scoreBackground.ts');
  const { diffVersions } = await import('../../background/versionDiff.ts');
  const home = await homeOf();
  const old = await scoreStoredBackground(home, before, methodOf(options));
  const now = await scoreStoredBackground(home, after, methodOf(options));
  const difference = diffVersions(old.scored, now.scored);
  const sides = {
    before: `${old.name}@${old.version}`,
    after: `${now.name}@${now.version}`,
    linkingPolicy: [old.linkingPolicy, now.linkingPolicy],
    gwpSet: [old.scored.characterisation.gwpSet.id, now.scored.characterisation.gwpSet.id],
  };
  if (options.json) return printJson({ ...sides, ...difference });
  const { added, removed, changed, unchanged, largestChanges } = difference;
  print([
    `${sides.before} → ${sides.after}`,
    `${added.length} datasets added, ${removed.length} removed, ${changed.length} changed, ${unchanged} as before`,
    ...largestChanges.map(
      ({ name, unit, before: was, after: is, relative }) =>
        `  ${relative === null ? 'new' : `${(100 * relative).toFixed(2)} %`}  ${was} → ${is} kgCO2e/${unit}  ${name}`,
    ),
  ]);
}
