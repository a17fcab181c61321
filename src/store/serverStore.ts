/** ClickHouse over HTTP: one server or a cluster. */
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { clickhouseStore, storeFault } from './clickhouseStore.ts';
import type { Store } from './port.ts';

export interface ServerConnection {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database: string;
  readonly cluster?: string;
  readonly tls?: { readonly ca_cert: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

const REQUEST_LIMIT_MS = 60_000;

/** Connects to a server; the database is made when it is missing. An insert goes to the server of the URL: one pinned shard. */
export async function openServerStore(connection: ServerConnection): Promise<Store> {
  const { url, username, password, database, cluster, tls } = connection;
  const base = {
    url,
    ...(username && { username }),
    ...(password && { password }),
    ...(tls && { tls: tls as never }),
    request_timeout: REQUEST_LIMIT_MS,
    // A refused statement is an exception here; the client would print it as well.
    log: { level: ClickHouseLogLevel.OFF },
  };
  const first = createClient(base);
  const create = `CREATE DATABASE IF NOT EXISTS ${database}${cluster ? ` ON CLUSTER '${cluster}'` : ''}`;
  await first.command({ query: create }).catch(storeFault(create));
  await first.close();
  const client = createClient({ ...base, database });
  return clickhouseStore(
    client,
    {
      async insert(statement, { ipc }, structure) {
        const source = `input('${structure.replaceAll("'", "\\'")}')`;
        const { stream } = await client.exec({
          query: statement(source, ' FORMAT ArrowStream'),
          values: Readable.from([Buffer.from(ipc)]),
        });
        stream.resume();
        await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
      },
    },
    { cluster, close: () => client.close() },
  );
}
