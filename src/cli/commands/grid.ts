/** `tanliu grid …`: the grid engine on files, without any server. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { TracedSeries } from '../../grid/tracingSeries.ts';
import { action, printJson, say, UsageError } from '../run.ts';

/** So many notes on the reading are shown; the rest are counted. */
const NOTES_SHOWN = 20;

interface TraceOptions {
  readonly balance: string;
  readonly emissions: string;
  readonly out: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const grid = program.command('grid').description('carbon intensity of the grid');
  grid
    .command('trace')
    .description('flow tracing of a wide hourly file (energies in MWh, masses in kg) into kg/MWh per zone')
    .requiredOption('--balance <E.csv>', 'columns period, E_<zone>_NG, E_<zone>_D, E_<a>-<b>_ID')
    .requiredOption('--emissions <CO2.csv>', 'columns period, CO2_<zone>_NG')
    .requiredOption('--out <CO2I.csv>', 'written: period, CO2i_<zone>_D, empty where unknown')
    .option('--json', 'what was traced, as one JSON document')
    .action(action(trace));
  grid
    .command('score')
    .description('hold-out scores of the named estimators on a wide hourly file with production by mode')
    .requiredOption('--balance <E.csv>', 'columns as for trace, and E_<zone>_<COL|GAS|OIL|NUC|WAT|SUN|WND|…>')
    .requiredOption('--factors <set>', 'factor set of the modes, e.g. electricitymaps-b354f28-direct')
    .option('--json', 'one JSON document on standard output')
    .action(action(score));
  grid
    .command('account')
    .argument('<file>', 'load and green energy by settlement period (tanliu.carbon-account-input/1, JSON)')
    .description('location- and market-based carbon of a load, side by side 基于位置与基于市场')
    .option('--json', 'one JSON document on standard output')
    .action(action(account));
}

async function account(file: string, options: { json?: boolean }): Promise<void> {
  const { z } = await import('zod');
  const { Refusal } = await import('../../../schemas/refusal.ts');
  const { carbonAccountInput } = await import('../../../schemas/documents/carbonAccount.ts');
  const { carbonAccount } = await import('../../grid/carbonAccount.ts');
  const refuse = (message: string) =>
    new Refusal(message, {
      code: 'E_CARBON_ACCOUNT',
      place: file,
      remedy: 'a document tanliu.carbon-account-input/1',
    });
  let document: unknown;
  try {
    document = JSON.parse(await readTextFile(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`not readable as JSON: ${error.message}`);
    throw error;
  }
  const parsed = carbonAccountInput.safeParse(document);
  if (!parsed.success) throw refuse(`the document is not complete:\n${z.prettifyError(parsed.error)}`);
  const result = carbonAccount(parsed.data);
  if (options.json) return printJson(result);
  const { locationBased: location, marketBased: market } = result;
  say(
    `load ${result.loadWh} Wh`,
    `location-based 基于位置: ${location.massKg} kg CO2 by ${location.factor.zone} ${location.factorYear}, ${location.factor.intensityKgCo2PerKwh} kg/kWh (${location.factor.document})`,
    location.factorYear !== location.year &&
      `  no factor of ${location.year} is announced; that of ${location.factorYear} serves`,
    location.inheritedFromScope &&
      `  ${parsed.data.zone} has no factor of its own; that of ${location.factor.zone} stands in`,
    `market-based 基于市场: ${market.massKg} kg CO2: ${market.greenWh} Wh green ${market.greenKg} kg, ${market.restWh} Wh rest ${market.restKg} kg by ${market.family} ${market.residual.year} (${market.residual.document})`,
    '  the two answer different questions and are never added or mixed',
  );
}

async function score(options: { balance: string; factors: string; json?: boolean }): Promise<void> {
  const { eia930Modes, modeFactorSets } = await import('../../../schemas/reference/fuelFactors.ts');
  const { readWideModeBalance } = await import('../../grid/wideModes.ts');
  const { scoreEstimators } = await import('../../grid/holdOut.ts');
  const factors = modeFactorSets.find(({ id }) => id === options.factors);
  if (!factors) {
    const known = modeFactorSets.map(({ id }) => id).join(', ');
    throw new UsageError(`--factors ${options.factors}: would be right: one of ${known}`);
  }
  const file = { name: options.balance, text: await readTextFile(options.balance) };
  const { topology, series } = readWideModeBalance(file, eia930Modes, factors);
  const scores = scoreEstimators(topology, series, 24);
  if (options.json) printJson(scores);
  const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  for (const { estimator, quantity, heldOut, estimated, absoluteError, bias } of options.json ? [] : scores) {
    say(
      `${quantity.padEnd(10)} ${estimator.padEnd(20)} ${estimated} of ${heldOut} held out, absolute error ${percent(absoluteError)}, bias ${percent(bias)}`,
    );
  }
}

async function trace(options: TraceOptions): Promise<void> {
  const { readWideBalance, writeWideIntensity } = await import('../../grid/wideFile.ts');
  const { traceSeries } = await import('../../grid/flowTracing.ts');
  const balance = { name: options.balance, text: await readTextFile(options.balance) };
  const emissions = { name: options.emissions, text: await readTextFile(options.emissions) };
  const { periods, topology, series, notes } = readWideBalance(balance, emissions);
  const traced = traceSeries(topology, series);
  await writeFileAtomically(options.out, writeWideIntensity(periods, topology.zoneIds, traced));

  say(...notes.slice(0, NOTES_SHOWN));
  if (notes.length > NOTES_SHOWN) say(`and ${notes.length - NOTES_SHOWN} more notes`);
  const statuses = await countStatuses(traced);
  const summary = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
  say(`${periods.length} periods x ${topology.zoneIds.length} zones: ${summary.join(', ')} → ${options.out}`);
  if (options.json) {
    printJson({ out: options.out, periods: periods.length, zones: topology.zoneIds.length, statuses, notes });
  }
}

async function countStatuses(traced: TracedSeries): Promise<Record<string, number>> {
  const { zoneStatus } = await import('../../grid/tracingSeries.ts');
  const counts: Record<string, number> = {};
  for (const code of traced.status) {
    const status = zoneStatus(code);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/** Whoever reads the file sees the old one or the whole new one, never a part. */
async function writeFileAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
}
