/** `tanliu footprint …`: the footprint of one product, from a document and a stored background, without any server. */
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { FootprintResult } from '../../../schemas/documents/footprintResult.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { action, printJson, say, UsageError } from '../run.ts';

const CONTRIBUTORS_SHOWN = 10;
const MOST_DRAWS = 100_000;

export function register(program: Command): void {
  const footprint = program.command('footprint').description('product carbon footprints 产品碳足迹');
  footprint
    .command('compute')
    .argument('<file>', 'input document (tanliu.footprint-input/1, JSON) or filled-in template (XLSX)')
    .option('--background <name>', 'background version: name or name@version')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--draws <count>', 'Monte Carlo draws of the background, 2 to 100000', wholeNumber)
    .option('--seed <number>', 'seed of the draws', wholeNumber, 1)
    .option('--json', 'the result document on standard output')
    .description("one product's footprint as a document")
    .action(action(compute));
  footprint
    .command('template')
    .requiredOption('--out <file>', 'the workbook to write (XLSX)')
    .option('--from <file>', 'an input document to fill it with')
    .description('the workbook of a footprint, to be filled in and computed')
    .action(action(template));
  footprint
    .command('compare')
    .argument('<before>', 'input document or workbook')
    .argument('<after>', 'input document or workbook')
    .option('--background <name>', 'background version of both: name or name@version')
    .option('--before-background <name>', 'background version of the first, where it is another one')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--json', 'the comparison document on standard output')
    .description('what caused the difference of two versions of a product: quantities, factors, background')
    .action(action(compare));
  footprint
    .command('examples')
    .option('--out <folder>', 'writes their input documents')
    .option('--json', 'the result documents on standard output')
    .description('ten worked products, computed; examples, never issued')
    .action(action(examples));
  footprint
    .command('publish')
    .argument('<result>', 'what tanliu footprint compute --json printed')
    .requiredOption('--details <file>', 'what only the holder can say (tanliu.publication-details/1, JSON)')
    .requiredOption('--company <urn>', 'the company whose footprint it is')
    .option('--share-with <urn...>', 'companies that may see it')
    .description('publishes a footprint to partners (PACT); nothing simulated is published')
    .action(action(publish));
}

async function examples(options: { json?: true; out?: string }): Promise<void> {
  const { workedBackground, workedInputs } = await import('../../footprint/workedExamples.ts');
  const { backgroundOf } = await import('../../footprint/productExtract.ts');
  const { computeFootprint } = await import('../../footprint/computeFootprint.ts');
  const background = backgroundOf(workedBackground());
  const results = workedInputs().map((input) => computeFootprint(input, background));
  for (const { product, perDeclaredUnit, declaredUnit } of results)
    say(
      `${product.name}: ${perDeclaredUnit.totalKgCo2e} kgCO2e per ${declaredUnit.amount} ${declaredUnit.unit}`,
    );
  if (options.out !== undefined) {
    const { mkdir, writeFile } = await import('node:fs/promises');
    const { join } = await import('node:path');
    await mkdir(options.out, { recursive: true });
    for (const input of workedInputs())
      await writeFile(
        join(options.out, `${input.product.id.replace('example:', '')}.json`),
        `${JSON.stringify(input, null, 2)}\n`,
      );
  }
  if (options.json) printJson(results);
}

async function template(options: { out: string; from?: string }): Promise<void> {
  const { writeFootprintWorkbook } = await import('../../sheets/footprintWorkbook.ts');
  const { readFootprintInput } = await import('../../activities/computeFootprint.ts');
  if (!options.out.toLowerCase().endsWith('.xlsx'))
    throw new UsageError(`--out ${options.out}; would be right: a name that ends in .xlsx`);
  await writeFootprintWorkbook(
    options.out,
    options.from === undefined ? undefined : await readFootprintInput(options.from),
  );
  say(`${options.out}: fill it in, then tanliu footprint compute ${options.out}`);
}

async function compare(
  before: string,
  after: string,
  options: { background?: string; beforeBackground?: string; map?: string; json?: true },
): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { compareFromStore, readFootprintInput } = await import('../../activities/computeFootprint.ts');
  const { home } = loadConfig();
  const background = options.background ?? (await onlyBackground(home));
  const comparison = await compareFromStore(
    home,
    { input: await readFootprintInput(before), background: options.beforeBackground ?? background },
    { input: await readFootprintInput(after), background },
    options.map === undefined ? {} : { mapFile: options.map },
  );
  const { effects, differenceKgCo2e, differencePercent, lines } = comparison;
  say(
    `${comparison.product}: ${comparison.before.totalKgCo2e} → ${comparison.after.totalKgCo2e} kgCO2e per ${comparison.declaredUnit.amount} ${comparison.declaredUnit.unit}`,
    `  difference ${differenceKgCo2e}${differencePercent === null ? '' : ` (${differencePercent.toFixed(2)} %)`}`,
    `  quantities ${effects.quantitiesKgCo2e}`,
    `  factors    ${effects.factorsKgCo2e}`,
    `  background ${effects.backgroundKgCo2e}`,
    ...lines
      .slice(0, CONTRIBUTORS_SHOWN)
      .map((line) => `  ${line.afterKgCo2e - line.beforeKgCo2e} kg  ${line.change}  ${line.name}`),
  );
  if (options.json || !process.stdout.isTTY) printJson(comparison);
}

async function publish(
  file: string,
  options: { details: string; company: string; shareWith?: string[] },
): Promise<void> {
  const { parsePublication, publishFootprint } = await import('../../activities/publishFootprint.ts');
  const { openStore } = await import('../connect.ts');
  const { result, details } = parsePublication(await textOf(file), await textOf(options.details));
  const store = await openStore();
  try {
    const { company, shareWith = [] } = options;
    const { published, sha256, versions } = await publishFootprint(
      store,
      { result, details, company, shareWith },
      new Date(),
    );
    say(
      `${result.product.name} is published as ${published.id}, PACT ${versions.join(' and ')}`,
      shareWith.length > 0 ? `  shared with ${shareWith.join(', ')}` : '  shared with nobody yet',
    );
    printJson({ id: published.id, sha256, versions, validity: published.validity, sharedWith: shareWith });
  } finally {
    await store.close();
  }
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new Refusal(`cannot be read: ${error.message}`, { code: 'E_FILE', place: file });
  });
}

async function compute(
  file: string,
  options: { background?: string; map?: string; json?: true; draws?: number; seed: number },
): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { readFootprintInput, footprintFromStore } = await import('../../activities/computeFootprint.ts');
  const { home } = loadConfig();
  const input = await readFootprintInput(file);
  const reference = options.background ?? (await onlyBackground(home));
  if (options.draws !== undefined && (options.draws < 2 || options.draws > MOST_DRAWS)) {
    throw new UsageError(`--draws ${options.draws}; would be right: 2 to ${MOST_DRAWS}`);
  }
  const method = {
    ...(options.map !== undefined && { mapFile: options.map }),
    ...(options.draws !== undefined && {
      uncertainty: { seed: options.seed, draws: options.draws, progress: sayDraws(options.draws) },
    }),
  };
  const result = await footprintFromStore(home, reference, input, method);
  summarise(result);
  if (options.json || !process.stdout.isTTY) printJson(result);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}

/** Every tenth part of the draws. */
function sayDraws(draws: number): (done: number) => void {
  const step = Math.max(1, Math.ceil(draws / 10));
  return (done) => {
    if (done % step === 0) say(`  ${done} of ${draws} draws`);
  };
}

/** Where nothing is named and one background is stored, that one is meant. */
async function onlyBackground(home: string): Promise<string> {
  const { listBackgrounds } = await import('../../store/backgroundFiles.ts');
  const names = await listBackgrounds(home);
  if (names.length === 1) return names[0]!;
  throw new UsageError(
    names.length === 0
      ? 'no background is stored yet: tanliu background import FILE --name NAME'
      : `--background is needed: one of ${names.join(', ')}`,
  );
}

function summarise(result: FootprintResult): void {
  const { perDeclaredUnit, declaredUnit, contributors, cutOff, versions, uncertainty } = result;
  say(
    `${result.product.name}: ${perDeclaredUnit.totalKgCo2e} kgCO2e per ${declaredUnit.amount} ${declaredUnit.unit} (${versions.gwpSet}, ${versions.background})`,
    ...contributors
      .slice(0, CONTRIBUTORS_SHOWN)
      .map(({ name, kgCo2e, sharePercent }) => `  ${kgCo2e} kg  ${sharePercent.toFixed(1)} %  ${name}`),
    contributors.length > CONTRIBUTORS_SHOWN && `  … and ${contributors.length - CONTRIBUTORS_SHOWN} more`,
    `  ${cutOff.inputsUpstream} background inputs upstream have no supplier and count 0`,
    uncertainty &&
      `  95 % between ${uncertainty.percentile2_5KgCo2e} and ${uncertainty.percentile97_5KgCo2e} kg (${uncertainty.draws} draws, seed ${uncertainty.seed}; the background alone)`,
    result.origin !== 'measured' && `  quantities: ${result.origin}`,
    ...result.warnings.map((warning) => `  warning: ${warning}`),
  );
}
