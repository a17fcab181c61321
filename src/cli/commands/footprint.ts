/** `tanliu footprint …`: the footprint of one product, from a document and a stored background, without any server. */
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { FootprintResult } from '../../../schemas/documents/footprintResult.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { action, printJson, say, UsageError } from '../run.ts';

const CONTRIBUTORS_SHOWN = 10;
const MOST_DRAWS = 100_000;

export function register(program: Command): void {
  program
    .command('footprint')
    .description('product carbon footprints 产品碳足迹')
    .command('compute')
    .argument('<file>', 'input document (tanliu.footprint-input/1, JSON)')
    .option('--background <name>', 'background version: name or name@version')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--draws <count>', 'Monte Carlo draws of the background, 2 to 100000', wholeNumber)
    .option('--seed <number>', 'seed of the draws', wholeNumber, 1)
    .option('--json', 'the result document on standard output')
    .description("one product's footprint as a document")
    .action(action(compute));
}

async function compute(
  file: string,
  options: { background?: string; map?: string; json?: true; draws?: number; seed: number },
): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { parseFootprintInput, footprintFromStore } = await import('../../activities/computeFootprint.ts');
  const { home } = loadConfig();
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Refusal(`cannot be read: ${error.message}`, { code: 'E_FILE', place: file });
  });
  const input = parseFootprintInput(text, file);
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
