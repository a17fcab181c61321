/** `tanliu config`: every environment variable with its meaning and the value in force. */
import type { Command } from 'commander';
import { action, printJson } from '../run.ts';

/** Registers `tanliu config [--json]`. */
export function register(program: Command): void {
  program
    .command('config')
    .description('every environment variable with its meaning and the value in force')
    .option('--json', 'one JSON document on standard output')
    .action(
      action(async (options: { json?: true }) => {
        const { describeConfig, loadConfig } = await import('../../runtime/config.ts');
        const lines = describeConfig();
        if (options.json) printJson(lines);
        else {
          for (const { name, meaning, value, source } of lines) {
            process.stdout.write(`${name} = ${value ?? '(not set)'}  [${source}]\n    ${meaning}\n`);
          }
        }
        // Last, so that the list is there to read beside the faults.
        loadConfig();
      }),
    );
}
