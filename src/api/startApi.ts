/** The API on its address, until it is told to stop; what is being answered then is answered. */
import type { AddressInfo } from 'node:net';
import { CODE_VERSION } from '../activities/codeVersion.ts';
import type { Config } from '../runtime/config.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import type { ApiServer } from './context.ts';
import { buildApi, HANDLER_LIMIT_MS } from './server.ts';

export interface RunningApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws Fault TL_SERVER_START where the address cannot be had */
export async function startApi(config: Config, store: Store): Promise<RunningApi> {
  const { host, port, tokens, requestsPerMinute } = config.api;
  const app = await buildApi({
    store,
    clock: Date.now,
    tokens,
    requestsPerMinute,
    version: CODE_VERSION.replace('tanliu/', ''),
    logLevel: config.log.level,
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw new Fault(
      'TL_SERVER_START',
      `the API cannot listen on ${host}:${port}: ${(error as Error).message}`,
      {
        remedy: 'another TANLIU_API_PORT or TANLIU_API_HOST; port 0 takes a free one',
        cause: error,
      },
    );
  }
  const address = app.server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${address.port}`, stop: () => drain(app) };
}

/** Lets what is being answered end, for as long as an answer may take. */
async function drain(app: ApiServer): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), HANDLER_LIMIT_MS);
  await app.close().finally(() => clearTimeout(timer));
}
