/** A partner's side as the specification describes it: token endpoint and events, over TLS, with what came in. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  readonly path: string;
  readonly contentType: string;
  readonly event: Record<string, unknown> & { data: Record<string, unknown> };
}

export async function partnerServer(
  tls: { cert: string; key: string },
  client: { id: string; secret: string },
) {
  const received: ReceivedEvent[] = [];
  const state = { tokens: 0, answer: 200 };
  const server = createServer(tls, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { url = '', headers } = request;
    if (url === '/auth/token') {
      const expected = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
      const good = headers.authorization === expected && body === 'grant_type=client_credentials';
      state.tokens++;
      response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(
          good
            ? { access_token: 'token-of-the-partner', token_type: 'Bearer', expires_in: 60 }
            : { error: 'invalid_client' },
        ),
      );
      return;
    }
    if (headers.authorization !== 'Bearer token-of-the-partner' || !/^\/[23]\/events$/.test(url)) {
      response.writeHead(url.startsWith('/.well-known') ? 404 : 401).end();
      return;
    }
    if (state.answer === 200)
      received.push({ path: url, contentType: String(headers['content-type']), event: JSON.parse(body) });
    response.writeHead(state.answer).end();
  });
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  await listen();
  return {
    url: `https://127.0.0.1:${port}`,
    received,
    state,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    listen,
  };
}
