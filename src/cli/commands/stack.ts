/** `tanliu up`, `status` and `down`: the local stack of this user. */
import type { Command } from 'commander';
import { action, EXIT, printJson, say } from '../run.ts';

export function register(program: Command): void {
  program
    .command('up')
    .description('starts servers, store, ingest, workers and the API, and runs until Ctrl-C or tanliu down')
    .action(action(up));
  program
    .command('status')
    .description(
      'what runs in this home, and how far the ingest is; exit code 3 where the stack does not run',
    )
    .option('--json', 'one JSON document on standard output')
    .action(action(status));
  program
    .command('down')
    .description('stops the stack that tanliu up started: drains, then ends')
    .action(action(down));
}

async function up(): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { untilStopped } = await import('../../runtime/shutdown.ts');
  const { startPipeline } = await import('../../runtime/pipeline.ts');
  await untilStopped(async (signal) => {
    const config = loadConfig();
    const pipeline = await startPipeline({ config, progress: say, signal, api: true });
    const { servers, temporal } = pipeline.stack;
    say(
      `碳流 is up in ${config.home}`,
      `  Kafka       ${servers.kafka?.brokers.join(', ')}`,
      `  Temporal    ${temporal.address}${servers.local.temporal?.uiUrl ? ` · ${servers.local.temporal.uiUrl}` : ''}`,
      `  ClickHouse  ${config.clickhouse?.url ?? 'in this process; tanliu commands reach it'}`,
      `  API         ${pipeline.apiUrl} · ${pipeline.apiUrl}/docs${config.api.tokens.length > 0 ? ' · with auth-token' : ''}`,
      'Ctrl-C or tanliu down stops it; what is being ingested is settled first.',
    );
    return pipeline;
  });
}

async function status({ json }: { json?: boolean }): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { stackStatus } = await import('../../runtime/stackStatus.ts');
  const report = await stackStatus(loadConfig());
  const { running, pid, kafka, temporal, store, topics, faults } = report;
  const byProcess = pid === null ? '' : `, process ${pid}`;
  say(
    running ? `running${byProcess}` : `not running as it should${byProcess}; tanliu up starts it`,
    `  Kafka       ${kafka ?? 'not found'}`,
    `  Temporal    ${temporal ?? 'not found'}`,
    `  ClickHouse  ${store ?? 'not open'}`,
  );
  for (const { topic, readings, deadLetters, lag, audit } of topics) {
    const audited = audit && `, offsets ${audit.holds ? 'hold' : 'DO NOT HOLD'} (audit of ${audit.at})`;
    say(
      `  ${topic}: ${readings} readings, ${deadLetters} dead letters, lag ${lag ?? 'unknown'}${audited ?? ''}`,
    );
  }
  for (const fault of faults) say(`  ✗ ${fault}`);
  if (!running) process.exitCode = EXIT.machine;
  if (json) printJson(report);
}

async function down(): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { stopStack } = await import('../../runtime/stackStatus.ts');
  const pid = await stopStack(loadConfig());
  say(pid === undefined ? 'nothing was running' : `process ${pid} has stopped`);
}
