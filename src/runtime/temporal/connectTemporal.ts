/** A client of the Temporal server, with TLS and API key as configured. */
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { Client, Connection } from '@temporalio/client';
import type { TemporalConnection } from '../config.ts';
import { connectionAdvice } from '../connectionAdvice.ts';
import { Fault } from '../errors.ts';
import type { Tls } from '../pemFiles.ts';

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
  // gRPC only says that it could not connect, and after ten seconds.
  const refused = config.tls && (await tlsRefusal(config.address, config.tls));
  if (refused) temporalFault(config)(refused);
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

const TLS_LIMIT_MS = 5_000;
/** How a client of HTTP/2 begins: a fixed line, and settings that change nothing. */
const HTTP2_BEGIN = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

/** Why TLS fails at an address: until the server's first words, since it judges our certificate after the handshake. */
function tlsRefusal(address: string, { ca, cert, key }: Tls): Promise<Error | undefined> {
  const { hostname, port } = new URL(`https://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) === 0 && { servername: host }),
      ...{ ca, cert, key, ALPNProtocols: ['h2'] },
    });
    const end = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(error);
    };
    const timer = setTimeout(() => end(), TLS_LIMIT_MS);
    socket.once('secureConnect', () => socket.write(HTTP2_BEGIN));
    socket.once('data', () => end());
    socket.on('error', end);
    socket.once('close', () => end(new Error('Connection closed before the server said anything')));
  });
}
