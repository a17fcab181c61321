/** The door, the limits and the documents of the server, on a store that is not asked. */

import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ApiOptions, buildApi } from '../../src/api/server.ts';
import { Fault } from '../../src/runtime/errors.ts';
import type { Store } from '../../src/store/port.ts';

/** Answers nothing: these tests are about what stands before the store. */
const storeOf = (query: () => Promise<unknown[]>): Store => ({ query }) as never;

async function serve(options: Partial<ApiOptions> = {}) {
  const app = await buildApi({ store: storeOf(async () => []), clock: () => 0, ...options });
  onTestFinished(() => app.close());
  return app;
}

const TOKENS = ['first-token-of-16-and-more', 'second-token-of-16-and-more'];

describe('the door', () => {
  test.each([
    [{}, 401],
    [{ 'auth-token': 'wrong-token-of-16-and-more' }, 401],
    [{ 'auth-token': '' }, 401],
    [{ authorization: `Basic ${TOKENS[0]}` }, 401],
    [{ 'auth-token': TOKENS[0]! }, 404],
    [{ 'auth-token': TOKENS[1]! }, 404],
    [{ authorization: `Bearer ${TOKENS[1]}` }, 404],
  ])('%j gets %i for a zone that is not known', async (headers, status) => {
    const app = await serve({ tokens: TOKENS });
    const response = await app.inject({ url: '/v3/carbon-intensity/latest?zone=CN-SC', headers });
    expect(response.statusCode).toBe(status);
    if (status === 401) {
      expect(response.json()).toMatchObject({ message: expect.any(String), status: 'error' });
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
  });

  test('with tokens every route of the document but the open ones is closed, unknown addresses too', async () => {
    const app = await serve({ tokens: TOKENS });
    const { paths } = (await app.inject('/openapi.json')).json() as { paths: Record<string, object> };
    const open: string[] = [];
    for (const [path, methods] of [...Object.entries(paths), ['/not/there', { get: {} }] as const])
      for (const method of Object.keys(methods)) {
        const { statusCode } = await app.inject({ method: method.toUpperCase() as 'GET', url: path });
        if (statusCode !== 401) open.push(path);
      }
    expect(open.sort()).toEqual(['/health', '/ready', '/v3/zones']);
  });

  test('a body is not read before the token is known', async () => {
    const app = await serve({ tokens: TOKENS });
    const request = {
      method: 'POST',
      url: '/emissions/forecasts/batch',
      payload: 'x'.repeat(300_000),
    } as const;
    const headers = { 'content-type': 'application/json' };
    expect((await app.inject({ ...request, headers })).statusCode).toBe(401);
  });
});

describe('limits', () => {
  test('a body that is too large, of another kind or no JSON is refused as the client reads it', async () => {
    const app = await serve();
    const send = async (payload: string, type = 'application/json') => {
      const request = { method: 'POST', url: '/emissions/forecasts/batch', payload } as const;
      const response = await app.inject({ ...request, headers: { 'content-type': type } });
      return { status: response.statusCode, body: response.json() };
    };
    expect(await send(`["${'x'.repeat(300_000)}"]`)).toMatchObject({ status: 413, body: { status: 413 } });
    expect(await send('a=b', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415 });
    expect(await send('[{')).toMatchObject({ status: 400, body: { title: 'Bad Request' } });
    expect(await send('{"__proto__": {"x": 1}}')).toMatchObject({ status: 400 });
  });

  test('more requests than are allowed in a minute get 429, guesses of tokens as well', async () => {
    const app = await serve({ requestsPerMinute: 3, tokens: TOKENS });
    const statuses: number[] = [];
    for (let at = 0; at < 5; at++)
      statuses.push((await app.inject('/v3/carbon-intensity/latest?zone=CN-SC')).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });
});

describe('errors', () => {
  test('our own routes answer with problem+json: code, place, remedy', async () => {
    const app = await serve();
    const response = await app.inject('/nowhere');
    expect(response.headers['content-type']).toMatch('application/problem+json');
    expect(response.json()).toMatchObject({ status: 404, code: 'TL_API_ROUTE', remedy: expect.any(String) });
  });

  test('a fault of the store is 503 with its code, what is not foreseen 500; neither tells inner words', async () => {
    const failing = async (error: Error) => {
      const app = await serve({ store: storeOf(() => Promise.reject(error)) });
      const response = await app.inject('/v3/zones');
      expect(response.body).not.toContain('SELECT');
      return { status: response.statusCode, code: response.json().x_code };
    };
    const fault = new Fault('TL_SERVER_LOST', 'ECONNREFUSED (SELECT secret)');
    expect(await failing(fault)).toEqual({ status: 503, code: 'TL_SERVER_LOST' });
    expect(await failing(new Error('SELECT secret'))).toEqual({ status: 500, code: 'TL_INTERNAL' });
  });

  test('ready says whether the store answers', async () => {
    expect((await (await serve()).inject('/ready')).statusCode).toBe(200);
    const app = await serve({ store: storeOf(() => Promise.reject(new Error('gone'))) });
    expect((await app.inject('/ready')).statusCode).toBe(503);
    expect((await app.inject('/health')).statusCode).toBe(200);
  });
});

test('stopping lets what is being answered end, and answers nothing new', async () => {
  let release: (rows: unknown[]) => void = () => undefined;
  const app = await serve({ store: storeOf(() => new Promise((resolve) => (release = resolve))) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const running = fetch(`${base}/v3/zones`);
  await sleep(100);
  const closed = app.close();
  await sleep(50);
  await expect(fetch(`${base}/health`)).rejects.toThrow();
  release([{ id: 'CN-SC', families: ['mode_direct'] }]);
  expect(Object.keys((await (await running).json()) as object)).toEqual(['CN-SC']);
  await closed;
});

describe('the documents', () => {
  test('OpenAPI 3.1 with every route, its parameters and answers, and no reference that leads nowhere', async () => {
    const app = await serve();
    const text = (await app.inject('/openapi.json')).body;
    const document = JSON.parse(text);
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toHaveLength(23);
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      expect(document.components.schemas).toHaveProperty([name!]);
    const past = document.paths['/v3/carbon-intensity/past'].get;
    expect(past.parameters.map(({ name }: { name: string }) => name)).toContain('datetime');
    expect(Object.keys(past.responses)).toEqual(['200', '400', '401', '404', '429']);
  });

  test('the reference page and all that it loads come from here', async () => {
    const app = await serve();
    const { body } = await app.inject('/docs');
    const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(loaded.length).toBeGreaterThan(3);
    for (const url of loaded) {
      expect(url).toMatch(/^\/docs\//);
      expect((await app.inject(url)).statusCode).toBe(200);
    }
    const { headers } = await app.inject('/docs');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });
});
