/** A client of the Temporal server, with TLS and API key as configured. */
import { Client, Connection } from '@temporalio/client';
import type { TemporalConnection } from '../config.ts';
import { Fault } from '../errors.ts';

/** What both kinds of connection, the client's and the worker's, are opened with. */
export function connectionOptions({ address, tls, apiKey }: TemporalConnection) {
  return {
    address,
    ...(tls && { tls: tlsOptions(tls) }),
    ...(apiKey !== undefined && { apiKey }),
  };
}

function tlsOptions({ ca, cert, key }: NonNullable<TemporalConnection['tls']>) {
  return {
    ...(ca !== undefined && { serverRootCACertificate: Buffer.from(ca) }),
    ...(cert !== undefined &&
      key !== undefined && { clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) } }),
  };
}

/**
 * Connects a client; `close` its `connection` at the end.
 * @throws Fault TL_SERVER_LOST where nothing answers at the address
 */
export async function connectTemporal(config: TemporalConnection): Promise<Client> {
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: '10s' });
    return new Client({ connection, namespace: config.namespace });
  } catch (cause) {
    throw new Fault(
      'TL_SERVER_LOST',
      `Temporal does not answer at ${config.address}: ${(cause as Error).message}`,
      {
        remedy: 'check TEMPORAL_ADDRESS, TEMPORAL_TLS and the certificates (tanliu config)',
        cause,
      },
    );
  }
}
