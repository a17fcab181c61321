/** The whole pipeline in one process: servers, store, topics, workers; started in order, stopped in the reverse. */
import type { Log } from '../log/port.ts';
import { migrate } from '../store/migrations.ts';
import type { Store } from '../store/port.ts';
import type { Config, TemporalConnection } from './config.ts';
import { Fault } from './errors.ts';
import type { Progress } from './localServers/install.ts';
import { type RunningServers, startLocalServers } from './localServers/startLocalServers.ts';
import { logOf, serverConnection, storeDir } from './services.ts';
import { checkTopics } from './topics.ts';

export interface Stack {
  readonly config: Config;
  readonly servers: RunningServers;
  readonly store: Store;
  readonly log: Log;
  readonly temporal: TemporalConnection;
  stop(): Promise<void>;
}

/**
 * Starts what a role needs and is not given: Kafka and Temporal, the store with its migrations, the topics.
 * @throws Fault of whatever does not start; what was started before it is stopped
 */
export async function startStack(config: Config, progress: Progress, signal?: AbortSignal): Promise<Stack> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const undo of started.splice(0).reverse()) await undo();
  };
  try {
    // The store first: it tells at once whether another process runs in this home.
    const { store, close } = await openOwnStore(config);
    started.push(close);
    const applied = await migrate(store);
    if (applied.length > 0) progress(`store ready, ${applied.length} migration(s) applied`);
    signal?.throwIfAborted();
    const servers = await startLocalServers({ config, kafka: true, temporal: true, progress });
    started.push(() => servers.stop());
    signal?.throwIfAborted();
    const { kafka, temporal } = servers;
    if (!kafka || !temporal) throw new Fault('TL_INTERNAL', 'the servers have no address');
    const log = await logOf(kafka);
    await makeTopics(log, config, progress);
    return { config, servers, store, log, temporal, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The given server, or the embedded store with a gateway for commands beside this process. */
async function openOwnStore(config: Config): Promise<{ store: Store; close(): Promise<void> }> {
  if (config.clickhouse) {
    const { openServerStore } = await import('../store/serverStore.ts');
    const store = await openServerStore(serverConnection(config.clickhouse));
    return { store, close: () => store.close() };
  }
  const { openChdbStore } = await import('../store/chdbStore.ts');
  const { openStoreGateway } = await import('../store/storeGateway.ts');
  const store = await openChdbStore(storeDir(config));
  const gateway = await openStoreGateway(store);
  return {
    store,
    async close() {
      await gateway.close();
      await store.close();
    },
  };
}

async function makeTopics(log: Log, config: Config, progress: Progress): Promise<void> {
  const admin = await log.admin();
  try {
    const checks = await checkTopics(admin, config.topics, true);
    for (const { topic, faults } of checks) for (const fault of faults) progress(`topic ${topic}: ${fault}`);
  } finally {
    await admin.close();
  }
}
