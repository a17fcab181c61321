/** The whole pipeline in one process: servers, store, topics, workers; started in order, stopped in the reverse. */
import type { Log } from '../log/port.ts';
import { migrate } from '../store/migrations.ts';
import type { Store } from '../store/port.ts';
import type { Config, TemporalConnection } from './config.ts';
import { Fault } from './errors.ts';
import type { Progress } from './localServers/install.ts';
import { type RunningServers, startLocalServers } from './localServers/startLocalServers.ts';
import { logOf, storeDir } from './services.ts';
import { stopAll } from './shutdown.ts';
import { checkTopics } from './topics.ts';

export interface Stack {
  readonly config: Config;
  readonly servers: RunningServers;
  readonly store: Store;
  readonly log: Log;
  readonly temporal: TemporalConnection;
  /** Rejects when a server that was started here is gone. */
  readonly fault: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts what a role needs and is not given: Kafka and Temporal, the store with its migrations, the topics.
 * @throws Fault of whatever does not start; what was started before it is stopped
 */
export async function startStack(config: Config, progress: Progress, signal?: AbortSignal): Promise<Stack> {
  const started: (() => Promise<void>)[] = [];
  const stop = () => stopAll(started);
  try {
    // The store first: it tells at once whether another process runs in this home.
    const { store, close } = await openOwnStore(config);
    started.push(close);
    const applied = await migrate(store);
    if (applied.length > 0) progress(`store ready, ${applied.length} migration(s) applied`);
    signal?.throwIfAborted();
    const servers = await startLocalServers({ config, kafka: true, temporal: true, progress, signal });
    started.push(() => servers.stop());
    signal?.throwIfAborted();
    const { kafka, temporal } = servers;
    if (!kafka || !temporal) throw new Fault('TL_INTERNAL', 'the servers have no address');
    const log = await logOf(kafka);
    await makeTopics(log, config, progress);
    return { config, servers, store, log, temporal, fault: servers.fault, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The given server, or the embedded store with a gateway for commands beside this process. */
async function openOwnStore(config: Config): Promise<{ store: Store; close(): Promise<void> }> {
  if (config.clickhouse) {
    const { openServerStore } = await import('../store/serverStore.ts');
    const { takeStore } = await import('../store/storeOwner.ts');
    // The home is held in this case too: by that a second stack is refused and `tanliu down` finds this one.
    const ownership = await takeStore(storeDir(config));
    const undo = [() => ownership.release()];
    try {
      const store = await openServerStore(config.clickhouse);
      undo.push(() => store.close());
      return { store, close: () => stopAll(undo) };
    } catch (error) {
      await stopAll(undo);
      throw error;
    }
  }
  const { openChdbStore } = await import('../store/chdbStore.ts');
  const { openStoreGateway } = await import('../store/storeGateway.ts');
  const store = await openChdbStore(storeDir(config));
  const gateway = await openStoreGateway(store);
  return {
    store,
    close: () => stopAll([() => store.close(), () => gateway.close()]),
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
