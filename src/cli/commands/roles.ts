/** `tanliu ingest` and `tanliu worker`: one role alone, against given servers. */
import type { Command } from 'commander';
import type { Role } from '../../runtime/pipeline.ts';
import { action, say } from '../run.ts';

export function register(program: Command): void {
  program
    .command('ingest')
    .description('only the ingest: takes stretches of topics from the task queue until SIGTERM, then drains')
    .action(action(() => run('ingest')));
  program
    .command('worker')
    .description('only workflows and their other activities until SIGTERM, then drains')
    .action(action(() => run('worker')));
}

async function run(role: Role): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { untilStopped } = await import('../../runtime/shutdown.ts');
  const { startRole } = await import('../../runtime/pipeline.ts');
  await untilStopped(async (signal) => {
    const running = await startRole(loadConfig(), role, { progress: say, signal });
    say(`${role} is ready; SIGTERM drains it`);
    return running;
  });
}
