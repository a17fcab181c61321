/** ClickHouse in process: chdb on a data directory that one process owns at a time. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { clickhouseStore, storeFault } from './clickhouseStore.ts';
import type { Store } from './port.ts';

/** Opens (and makes) the store in `dir`. Faults: TL_STORE_BUSY where another process holds it. */
export async function openChdbStore(dir: string, database = 'tanliu'): Promise<Store> {
  const data = join(dir, 'data');
  const incoming = join(dir, 'incoming');
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  const connection = createChdbConnection({ path: data });
  const client = createClient({ connection } as never);
  const command = (query: string) => client.command({ query }).catch(storeFault(query));
  await command(`CREATE DATABASE IF NOT EXISTS ${database}`);
  await command(`USE ${database}`);
  return clickhouseStore(
    client,
    {
      // `exec` with a stream does not work on chdb, a file does and goes at some million rows a second.
      async insert(statement, { ipc }, structure) {
        const path = join(incoming, `${randomUUID()}.arrow`);
        await writeFile(path, ipc);
        try {
          await client.command({
            query: statement(`file('${path}', 'ArrowStream', '${structure.replaceAll("'", "\\'")}')`),
          });
        } finally {
          await rm(path, { force: true });
        }
      },
    },
    { close: () => client.close() },
  );
}
