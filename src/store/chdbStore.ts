/** ClickHouse in process: chdb on a data directory that one process owns at a time. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { clickhouseStore, storeFault } from './clickhouseStore.ts';
import type { SqlValue, Store } from './port.ts';
import { takeStore } from './storeOwner.ts';
import { mendTokenLogs } from './tokenLog.ts';

/** The embedded store; beside the port it runs statements as they are, for the gateway. */
export interface ChdbStore extends Store {
  /** Result bytes of a statement in the format that it names. */
  execute(sql: string, params?: Readonly<Record<string, SqlValue>>): Promise<Uint8Array>;
  /** Runs `INSERT … FROM input(structure)` with Arrow bytes. */
  insertFrom(statement: (source: string) => string, ipc: Uint8Array, structure: string): Promise<void>;
  /** Lets other processes of this user ask over the gateway at `url`. */
  announce(gateway: { url: string; password: string }): Promise<void>;
}

/** Opens (and makes) the store in `dir`. Fault TL_STORE_BUSY where another process holds it. */
export async function openChdbStore(dir: string, database = 'tanliu'): Promise<ChdbStore> {
  const ownership = await takeStore(dir);
  const incoming = join(dir, 'incoming');
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await mendTokenLogs(join(dir, 'data'));
  const connection = createChdbConnection({ path: join(dir, 'data') });
  const client = createClient({ connection } as never);
  const command = (query: string) => client.command({ query }).catch(storeFault(query));
  await command(`CREATE DATABASE IF NOT EXISTS ${database}`);
  await command(`USE ${database}`);

  // `exec` with a stream does not work on chdb, a file does and goes at some million rows a second.
  const insertFrom = async (statement: (source: string) => string, ipc: Uint8Array, structure: string) => {
    const path = join(incoming, `${randomUUID()}.arrow`);
    await writeFile(path, ipc);
    try {
      await client.command({
        query: statement(`file('${path}', 'ArrowStream', '${structure.replaceAll("'", "\\'")}')`),
      });
    } finally {
      await rm(path, { force: true });
    }
  };
  const store = clickhouseStore(
    client,
    { insert: (statement, { ipc }, structure) => insertFrom(statement, ipc, structure) },
    {
      async close() {
        await client.close();
        await ownership.release();
      },
    },
  );
  return {
    ...store,
    insertFrom,
    announce: ownership.announce,
    async execute(sql, params = {}) {
      const { stream } = await client
        .exec({ query: sql, query_params: { ...params } })
        .catch(storeFault(sql));
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks);
    },
  };
}
