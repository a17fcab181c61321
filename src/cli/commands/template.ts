/** `tanliu template`: the empty sheet of a stream, to be filled in and sent with `tanliu produce`. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { action, printJson, say, UsageError } from '../run.ts';
import { contractOf } from './schema.ts';

interface Options {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('template')
    .description('a sheet to fill in, with explanations and drop-downs')
    .argument('<topic>', 'e.g. plant.generation')
    .option('--out <file>', 'workbook (.xlsx) or .csv to write; default TOPIC.xlsx')
    .option('--force', 'replace a file that is there')
    .option('--json', 'one JSON document on standard output')
    .action(action(template));
}

async function template(topic: string, options: Options): Promise<void> {
  const contract = await contractOf(topic);
  const out = options.out ?? `${topic}.xlsx`;
  if (!/\.(xlsx|csv)$/i.test(out))
    throw new UsageError(`--out ${out}: would be right: a name in .xlsx or .csv`);
  // What stands there may be a sheet that someone has filled in.
  if (!options.force && (await exists(out)))
    throw new UsageError(`${out} is there already; would be right: another --out, or --force to replace it`);
  const { writeTemplate } = await import('../../sheets/writeTemplate.ts');
  await writeTemplate(contract, out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error;
    throw new UsageError(`${out} cannot be written (${error.code}); would be right: a folder that is there`);
  });
  say(
    `${contract.about.zh} · ${contract.about.en}: ${out}`,
    `check it with: tanliu produce ${topic} ${out} --dry-run`,
  );
  if (options.json) printJson({ topic, file: out });
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
