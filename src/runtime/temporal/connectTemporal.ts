/** A client of the Temporal server, with TLS and API key as configured. */
import { Client, Connection } from '@temporalio/client';
import type { TemporalConnection } from '../config.ts';
import { connectionAdvice } from '../connectionAdvice.ts';
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
 * Connects a client, which sees that the server answers and has the namespace; `close` its `connection` at the end.
 * @throws Fault TL_SERVER_LOST where nothing answers at the address or TLS, key or namespace are not right
 */
export async function connectTemporal(config: TemporalConnection): Promise<Client> {
  const { namespace } = config;
  const connection = await Connection.connect({
    ...connectionOptions(config),
    connectTimeout: '10s',
  }).catch(temporalFault(config));
  try {
    await connection.workflowService.describeNamespace({ namespace }).catch(temporalFault(config));
    return new Client({ connection, namespace });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

const GRPC = { notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const;

/** A handler for rejected promises that throws a `Fault` with what would be right. */
export function temporalFault({ address, namespace }: TemporalConnection): (error: unknown) => never {
  return (error: unknown) => {
    const { code, message } = error as { code?: unknown; message?: string };
    throw new Fault('TL_SERVER_LOST', `Temporal at ${address}: ${message?.trim()}`, {
      remedy:
        (code === GRPC.notFound
          ? `TEMPORAL_NAMESPACE: ${namespace} is not there; would be right: a namespace of that server`
          : code === GRPC.unauthenticated || code === GRPC.permissionDenied
            ? 'TEMPORAL_API_KEY (or TEMPORAL_API_KEY_FILE): would be right: a key that may use TEMPORAL_NAMESPACE'
            : connectionAdvice('TEMPORAL', error)) ??
        'check TEMPORAL_ADDRESS, TEMPORAL_TLS and the certificates (tanliu config)',
      cause: error,
    });
  };
}
