/** A process that holds a store and runs a worker on it, to be killed. Its settings are its one argument. */
import { STREAMS } from '../../schemas/streams/index.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import type { TemporalConnection } from '../../src/runtime/config.ts';
import { startWorkers, type WorkerRoles } from '../../src/runtime/temporal/startWorkers.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';

export interface IngestOwnerSettings {
  readonly dir: string;
  readonly brokers: readonly string[];
  readonly temporal: TemporalConnection;
  readonly group: string;
  readonly topicPrefix: string;
  readonly taskQueue: string;
  /** The ingest alone where absent. */
  readonly roles?: WorkerRoles;
}

const settings = JSON.parse(process.argv[2] ?? '') as IngestOwnerSettings;
const store = await openChdbStore(settings.dir);
await migrate(store);
const workers = await startWorkers({
  connection: settings.temporal,
  taskQueue: settings.taskQueue,
  roles: settings.roles ?? { ingest: true, control: false },
  deps: {
    store,
    log: createKafkajsLog({ brokers: [...settings.brokers] }),
    group: settings.group,
    topicPrefix: settings.topicPrefix,
    contracts: STREAMS,
    home: settings.dir,
    clock: Date.now,
    limits: { sessionTimeoutMs: 6_000, maxMessages: 2_000 },
  },
});
process.once('SIGTERM', async () => {
  await workers.shutdown();
  await store.close();
  process.exit(0);
});
process.stdout.write('ready\n');
