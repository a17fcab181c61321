/** `tanliu ingest`, `tanliu worker` and `tanliu api`: one role alone, against given servers. */
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
  program
    .command('api')
    .description('only the API on TANLIU_API_HOST and TANLIU_API_PORT until SIGTERM, then drains')
    .action(action(runApi));
}

async function runApi(): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { untilStopped } = await import('../../runtime/shutdown.ts');
  const { startApiRole } = await import('../../runtime/pipeline.ts');
  await untilStopped(async (signal) => {
    const config = loadConfig();
    const running = await startApiRole(config, { progress: say, signal });
    const door = config.api.tokens.length === 0 ? 'no token is asked for' : 'with auth-token';
    say(
      `the API answers at ${running.apiUrl} (${door}); ${running.apiUrl}/docs describes it; SIGTERM drains it`,
    );
    return running;
  });
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
