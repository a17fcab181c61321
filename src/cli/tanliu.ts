#!/usr/bin/env node
/** The command line: one file a command group under `commands/`, registered here. */
import { Command } from 'commander';
import { EXIT } from './run.ts';

const GROUPS = [
  'demo',
  'stack',
  'roles',
  'schema',
  'template',
  'produce',
  'topics',
  'deadletters',
  'grid',
  'hj212',
  'background',
  'footprint',
  'exchange',
  'settle',
  'report',
  'explain',
  'recompute',
  'credential',
  'verify',
  'config',
  'bench',
] as const;

const program = new Command('tanliu')
  .description(
    '碳流 Tanliu: streams of grid, plants, data centres and emissions into carbon, footprints and settlement',
  )
  .showHelpAfterError()
  .configureHelp({ sortSubcommands: false })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

for (const group of GROUPS) {
  const { register } = (await import(`./commands/${group}.ts`)) as { register(program: Command): void };
  register(program);
}
await program.parseAsync();
