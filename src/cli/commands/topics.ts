/** `tanliu topics`: makes the topics of all streams, or checks them. */
import type { Command } from 'commander';
import { action, EXIT, printJson, say } from '../run.ts';

interface Options {
  readonly create?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('topics')
    .description('checks the topics of all streams: partitions, replicas, how long messages are kept')
    .option('--create', 'make the missing ones first')
    .option('--json', 'one JSON document on standard output')
    .action(action(topics));
}

async function topics({ create = false, json }: Options): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { openLog } = await import('../../runtime/services.ts');
  const { checkTopics } = await import('../../runtime/topics.ts');
  const config = loadConfig();
  const admin = await (await openLog(config)).admin();
  try {
    const checks = await checkTopics(admin, config.topics, create);
    for (const { topic, created, settings, faults } of checks) {
      const state =
        faults.length > 0
          ? faults.join('; ')
          : `${settings?.partitions} partitions, ${settings?.replicas} replica(s)`;
      say(`${faults.length > 0 ? '✗' : '✓'} ${topic}: ${created ? 'created, ' : ''}${state}`);
    }
    if (checks.some(({ faults }) => faults.length > 0)) process.exitCode = EXIT.refused;
    if (json) printJson(checks);
  } finally {
    await admin.close();
  }
}
