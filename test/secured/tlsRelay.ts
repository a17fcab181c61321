/** A real TLS server on loopback that demands a client certificate and passes what comes through on to a plain one. */
import { type AddressInfo, connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer } from 'node:tls';
import type { Identity } from './certificates.ts';

export interface TlsRelay {
  readonly port: number;
  close(): Promise<void>;
}

/** `clientCa` is the authority that must have signed the client's certificate; `protocol` is told by ALPN. */
export async function startTlsRelay(options: {
  readonly identity: Identity;
  readonly clientCa: string;
  readonly targetPort: number;
  readonly protocol?: 'h2';
}): Promise<TlsRelay> {
  const { identity, clientCa, targetPort, protocol } = options;
  const server = createServer(
    {
      ...identity,
      ca: clientCa,
      requestCert: true,
      rejectUnauthorized: true,
      ...(protocol && { ALPNProtocols: [protocol] }),
    },
    (secure) => {
      const plain = connect(targetPort, '127.0.0.1');
      // Ends in any way: the other end hears of it by its own socket.
      pipeline(secure, plain, secure, () => undefined);
    },
  );
  const open = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
