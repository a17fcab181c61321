/** A program for tests that are to kill it: starts both local servers under the given home, tells their numbers, then idles. */
import { loadConfig } from '../../../src/runtime/config.ts';
import { startLocalServers } from '../../../src/runtime/localServers/startLocalServers.ts';

const [home = ''] = process.argv.slice(2);
const { local } = await startLocalServers({
  config: { ...loadConfig({ ...process.env, KAFKA_BROKERS: '', TEMPORAL_ADDRESS: '' }), home },
  kafka: true,
  temporal: true,
  progress: () => undefined,
});
process.stdout.write(`${JSON.stringify({ pids: [local.kafka?.pid, local.temporal?.pid] })}\n`);
setInterval(() => undefined, 60_000);
