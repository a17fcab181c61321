/** ClickHouse over HTTP: one server or a cluster. */
import { Agent } from 'node:https';
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
  /** PEM texts; without `ca` the system's authorities are trusted. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const REQUEST_LIMIT_MS = 60_000;
const MOST_CONNECTIONS = 10;

/** Connects to a server; the database is made when it is missing. An insert goes to the server of the URL: one pinned shard. */
export async function openServerStore(connection: ServerConnection): Promise<Store> {
  const { url, username, password, database, cluster } = connection;
  const base = {
    url,
    ...(username && { username }),
    ...(password && { password }),
    ...tlsOptions(connection),
    request_timeout: REQUEST_LIMIT_MS,
    // A refused statement is an exception here; the client would print it as well.
    log: { level: ClickHouseLogLevel.OFF },
  };
  await makeDatabase(base, database, cluster);
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

/**
 * A certificate without a password is the login itself, and the client tells ClickHouse so by a header; beside a
 * password ClickHouse refuses that header. There the certificate only opens the connection.
 */
function tlsOptions({ url, password, tls }: ServerConnection) {
  if (!tls || !url.startsWith('https:')) return {};
  const { ca, cert, key } = tls;
  if (cert && key && !password)
    return {
      // The client's type asks for an authority; without one it trusts the system's.
      tls: {
        ...(ca && { ca_cert: Buffer.from(ca) }),
        cert: Buffer.from(cert),
        key: Buffer.from(key),
      } as { ca_cert: Buffer; cert: Buffer; key: Buffer },
    };
  return { http_agent: new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, ...tls }) };
}

/** Makes the database where it is missing: a user who may not make any can work in one that is there. */
async function makeDatabase(
  base: Parameters<typeof createClient>[0],
  database: string,
  cluster: string | undefined,
): Promise<void> {
  const client = createClient(base);
  try {
    const look = 'SELECT name FROM system.databases WHERE name = {database:String}';
    const found = await client
      .query({ query: look, query_params: { database }, format: 'JSONEachRow' })
      .catch(storeFault(look));
    if ((await found.json()).length > 0) return;
    const create = `CREATE DATABASE IF NOT EXISTS ${database}${cluster ? ` ON CLUSTER '${cluster}'` : ''}`;
    await client.command({ query: create }).catch(storeFault(create));
  } finally {
    await client.close();
  }
}
