/** `tanliu background map|choose`: where lines of a bill of materials meet datasets. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { MappedLine } from '../../background/mapping.ts';
import { action, printJson, UsageError } from '../run.ts';

export function registerMapping(background: Command): void {
  background
    .command('map')
    .argument('<name>', 'name, or name@version')
    .argument('<file>', 'CSV with the columns name and unit, one line of the bill a row')
    .option('--place <code>', 'where the product is made, e.g. CN-SC', 'CN')
    .option('--gwp <set>', 'GWP set')
    .option('--map <file>', 'CSV that names species and class of elementary flows')
    .option('--json', 'the queue as one JSON document')
    .description('the dataset chosen for each line before, else suggestions with reasons, else a gap')
    .action(action(map));
  background
    .command('choose')
    .argument('<name>', 'name of the background')
    .requiredOption('--line <name>', 'name of the line, as the bill writes it')
    .requiredOption('--unit <unit>', 'unit of the line')
    .requiredOption('--by <person>', 'who chooses')
    .option('--process <id>', 'process of the dataset')
    .option('--flow <id>', 'product flow of the dataset')
    .option('--gap', 'no dataset fits')
    .option('--reason <text>', 'why', '')
    .description('keeps a choice, which later bills reuse')
    .action(action(choose));
}

interface MapOptions {
  readonly place: string;
  readonly gwp?: string;
  readonly map?: string;
  readonly json?: true;
}

async function map(reference: string, file: string, options: MapOptions): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { scoreStoredBackground } = await import('../../activities/scoreBackground.ts');
  const { mapLines } = await import('../../background/mapping.ts');
  const { readChoices } = await import('../../store/mappingChoices.ts');
  const { home } = loadConfig();
  const lines = await readLines(file);
  const { scored, name, version } = await scoreStoredBackground(home, reference, {
    ...(options.gwp !== undefined && { gwpSet: options.gwp }),
    ...(options.map !== undefined && { mapFile: options.map }),
  });
  const queue = mapLines(scored, lines, await readChoices(home, name), options.place);
  const counts = { chosen: 0, stale: 0, open: 0, gap: 0 };
  for (const { state } of queue) counts[state]++;
  if (options.json) return printJson({ name, version, counts, lines: queue });
  const shown = queue.map(showLine);
  process.stdout.write(`${[...shown, JSON.stringify(counts)].join('\n')}\n`);
}

function showLine(mapped: MappedLine): string {
  const head = `${mapped.line.name} [${mapped.line.unit}]: ${mapped.state}`;
  if (mapped.state === 'chosen') {
    const { product, chosenBy } = mapped.choice;
    return `${head} ${product?.process} by ${chosenBy}, ${mapped.totalKgCo2e} kgCO2e`;
  }
  if (mapped.state === 'gap') return mapped.choice ? `${head}, as ${mapped.choice.chosenBy} found` : head;
  const suggestions = mapped.suggestions.map(
    ({ fit, flowName, flowNameZh, name, process: id, flow, reasons }) =>
      `  ${fit.toFixed(2)} ${flowNameZh} ${flowName} · ${name}\n       ${reasons.map(({ zh, en }) => `${zh} ${en}`).join('; ')}\n       --process ${id} --flow ${flow}`,
  );
  return [head, ...suggestions].join('\n');
}

async function readLines(file: string) {
  const { parse } = await import('csv-parse/sync');
  const { billLine } = await import('../../../schemas/documents/mappingChoice.ts');
  const { Refusal } = await import('../../../schemas/refusal.ts');
  const refuse = (message: string, place: string) =>
    new Refusal(message, { code: 'E_BILL_LINES', place, remedy: 'CSV with the columns name and unit' });
  let records: unknown[];
  try {
    records = parse(await readFile(file), { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    throw refuse((error as Error).message, file);
  }
  return records.map((record, at) => {
    const line = billLine.safeParse(record);
    if (line.success) return line.data;
    const issue = line.error.issues[0];
    throw refuse(issue?.message ?? 'not a line', `${file} line ${at + 2} ${issue?.path.join('.') ?? ''}`);
  });
}

interface ChooseOptions {
  readonly line: string;
  readonly unit: string;
  readonly by: string;
  readonly process?: string;
  readonly flow?: string;
  readonly gap?: true;
  readonly reason: string;
}

async function choose(background: string, options: ChooseOptions): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { loadBackground } = await import('../../store/backgroundFiles.ts');
  const { addChoice } = await import('../../store/mappingChoices.ts');
  const { Refusal } = await import('../../../schemas/refusal.ts');
  const { home } = loadConfig();
  const { process: processId, flow: flowId, gap } = options;
  if ((gap === undefined) === (processId === undefined || flowId === undefined)) {
    throw new UsageError('either --process and --flow, or --gap');
  }
  const { system, name } = await loadBackground(home, background);
  const known = system.activities.some((a) => a.processId === processId && a.flowId === flowId);
  if (!gap && !known) {
    throw new Refusal('the background makes no such product', {
      code: 'E_PRODUCT_UNKNOWN',
      place: `process ${processId} flow ${flowId}`,
      remedy: 'process and flow of a line of `tanliu background search`',
    });
  }
  const product =
    processId !== undefined && flowId !== undefined ? { process: processId, flow: flowId } : null;
  await addChoice(home, name, {
    line: { name: options.line, unit: options.unit },
    product: gap ? null : product,
    chosenBy: options.by,
    chosenAt: new Date().toISOString(),
    reason: options.reason,
  });
}
