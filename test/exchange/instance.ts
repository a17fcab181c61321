/** An instance of the exchange on a store of its own, with a clock that the test can move. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownCertificate } from '../../src/exchange/server/certificate.ts';
import { type RunningExchange, startExchange } from '../../src/exchange/startExchange.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';

export interface PartnerRow {
  readonly company: string;
  readonly name: string;
  readonly client?: { readonly id: string; readonly secret: string };
  readonly server?: {
    readonly url: string;
    readonly clientId: string;
    readonly secret: string;
    readonly ca: string;
    readonly version?: '2' | '3';
  };
}

/** Writes the file of partners with its secrets beside it. */
export function writePartners(home: string, partners: readonly PartnerRow[]): string {
  mkdirSync(home, { recursive: true });
  const put = (name: string, text: string) => {
    writeFileSync(join(home, name), text);
    return name;
  };
  const rows = partners.map(({ company, name, client, server }, at) => ({
    company,
    name,
    ...(client && { client: { id: client.id, secretFile: put(`client-${at}`, `${client.secret}\n`) } }),
    ...(server && {
      server: {
        url: server.url,
        clientId: server.clientId,
        secretFile: put(`server-${at}`, server.secret),
        caFile: put(`ca-${at}.pem`, server.ca),
        ...(server.version && { version: server.version }),
      },
    }),
  }));
  return join(home, put('partners.json', JSON.stringify({ partners: rows })));
}

export interface Instance {
  readonly store: Store;
  readonly exchange: RunningExchange;
  readonly ca: string;
  /** Milliseconds added to the time of the machine. */
  readonly clock: { aheadMs: number };
  /** Stops the exchange and starts it anew on the same store, with other partners where given. */
  restart(partners?: readonly PartnerRow[]): Promise<void>;
  close(): Promise<void>;
}

export async function openInstance(
  home: string,
  partners: readonly PartnerRow[],
  tokenLifeS = 3_600,
): Promise<Instance> {
  const store = await openChdbStore(join(home, 'store'));
  await migrate(store);
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const certificate = await ownCertificate(join(home, 'exchange'), '127.0.0.1', new Date());
  const start = (rows: readonly PartnerRow[], port: number) =>
    startExchange({
      store,
      home,
      clock: now,
      requestsPerMinute: 1_000_000,
      logLevel: 'error',
      report: (line) => process.stderr.write(`${line}\n`),
      settings: { host: '127.0.0.1', port, partnersFile: writePartners(home, rows), tokenLifeS },
    });
  let current = partners;
  const instance = {
    store,
    ca: certificate.cert,
    clock,
    exchange: await start(partners, 0),
    async restart(rows: readonly PartnerRow[] = current) {
      current = rows;
      await instance.exchange.stop();
      instance.exchange = await start(rows, Number(new URL(instance.exchange.url).port));
    },
    async close() {
      await instance.exchange.stop();
      await store.close();
    },
  };
  return instance;
}
