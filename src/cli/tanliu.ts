#!/usr/bin/env node
/** The command line: one file a command group under `commands/`, registered here. */
import { Command } from 'commander';
import { EXIT } from './run.ts';

const program = new Command('tanliu')
  .description('碳流 Tanliu: carbon-and-energy pipeline')
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

await program.parseAsync();
