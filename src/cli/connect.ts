/** What a command asks for: the log and the store as the environment says. */
import type { Log } from '../log/port.ts';
import { loadConfig } from '../runtime/config.ts';
import { openLog as logFor, openStore as storeFor } from '../runtime/services.ts';
import type { Store } from '../store/port.ts';

/** The log and the prefix of its topics. */
export async function openLog(): Promise<{ log: Log; prefix: string; close(): Promise<void> }> {
  const config = loadConfig();
  return { log: await logFor(config), prefix: config.topics.prefix, close: async () => undefined };
}

/** The store with its migrations applied. */
export async function openStore(): Promise<Store> {
  const store = await storeFor(loadConfig());
  const { migrate } = await import('../store/migrations.ts');
  await migrate(store);
  return store;
}
