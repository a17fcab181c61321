/** The exchange on its address: API over TLS, and the work on events behind it. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Config, ExchangeSettings } from '../runtime/config.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { startExchangeWork } from './exchangeWork.ts';
import { readPartners } from './partners.ts';
import { ownCertificate } from './server/certificate.ts';
import { openExchangeKeys } from './server/exchangeKeys.ts';
import { buildExchangeServer } from './server/exchangeServer.ts';

export interface RunningExchange {
  readonly url: string;
  /** PEM file that partners trust, where the certificate was made here. */
  readonly certificatePath?: string;
  /** One pass over the work that is due. */
  pass(): Promise<number>;
  stop(): Promise<void>;
}

export interface StartExchange {
  readonly store: Store;
  /** Keys and the made certificate are kept in `<home>/exchange`. */
  readonly home: string;
  readonly settings: ExchangeSettings;
  readonly logLevel?: Config['log']['level'];
  readonly requestsPerMinute?: number;
  readonly clock?: () => number;
  readonly report?: (line: string) => void;
}

const DRAIN_LIMIT_MS = 20_000;

/** @throws Fault TL_CONFIG for the file of partners · TL_SERVER_START where the address cannot be had */
export async function startExchange({
  store,
  home,
  settings,
  logLevel = 'silent',
  requestsPerMinute = 1_200,
  clock = Date.now,
  report = () => undefined,
}: StartExchange): Promise<RunningExchange> {
  const folder = join(home, 'exchange');
  const { host, port, url: given, tokenLifeS } = settings;
  const partners = settings.partnersFile === undefined ? [] : await readPartners(settings.partnersFile);
  const keys = await openExchangeKeys(folder);
  const named = given === undefined ? host : new URL(given).hostname.replace(/^\[(.*)\]$/, '$1');
  const certificate = settings.certificate
    ? { ...settings.certificate, path: undefined }
    : await ownCertificate(folder, named, new Date(clock()));
  let wake: () => void = () => undefined;
  const app = await buildExchangeServer({
    store,
    partners,
    keys,
    clock,
    tokenLifeS,
    tls: certificate,
    requestsPerMinute,
    logLevel,
    wake: () => wake(),
  });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw new Fault('TL_SERVER_START', `the exchange cannot listen on ${host}:${port}`, {
      remedy: 'another PACT_LISTEN',
      cause,
    });
  }
  const shown = host.includes(':') ? `[${host}]` : host;
  const url = given ?? `https://${shown}:${(app.server.address() as AddressInfo).port}`;
  const work = startExchangeWork({ store, partners, url, clock, report });
  wake = () => work.wake();
  work.wake();
  return {
    url,
    ...(certificate.path !== undefined && { certificatePath: certificate.path }),
    pass: () => work.pass(),
    async stop() {
      const timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_LIMIT_MS);
      await app.close().finally(() => clearTimeout(timer));
      await work.stop();
    },
  };
}
