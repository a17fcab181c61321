/**
 * The embedded store for other processes of the same user: the part of ClickHouse's HTTP interface that
 * `@clickhouse/client` speaks, on loopback, behind a password that only this user can read.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChdbStore } from './chdbStore.ts';
import type { SqlValue } from './port.ts';

const MAX_BODY_BYTES = 256 << 20;
const USER = 'tanliu';

export interface StoreGateway {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  close(): Promise<void>;
}

/** Starts the gateway on a free port of 127.0.0.1 and announces it to whoever looks for the store. */
export async function openStoreGateway(store: ChdbStore): Promise<StoreGateway> {
  const password = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    answer(store, password, request, response).catch((error: unknown) =>
      refuse(response, 500, String((error as Error).message ?? error)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await store.announce({ url, password });
  return {
    url,
    username: USER,
    password,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  store: ChdbStore,
  password: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  if (!authorised(request, password)) {
    refuse(response, 401, 'the password is missing or wrong');
    return;
  }
  const body = await readBody(request);
  const inUrl = url.searchParams.get('query');
  const sql = inUrl ?? body.toString();
  const result =
    inUrl !== null && body.length > 0
      ? await insert(store, inUrl, body)
      : await store.execute(sql, boundParams(sql, url.searchParams));
  response.setHeader('content-type', 'application/octet-stream');
  response.end(result);
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', 0: '\0', b: '\b', f: '\f' };

/** Values of `{name:Type}`: the client escapes scalars as in TSV, and writes arrays as literals. */
function boundParams(sql: string, search: URLSearchParams): Record<string, SqlValue> {
  const params: Record<string, SqlValue> = {};
  for (const [key, value] of search) {
    if (!key.startsWith('param_')) continue;
    const name = key.slice('param_'.length);
    const isArray = new RegExp(`\\{\\s*${name}\\s*:\\s*Array`).test(sql);
    params[name] = isArray ? arrayLiteral(value) : value === '\\N' ? null : unescaped(value);
  }
  return params;
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);

/** `['a','b\'c']` or `[1,2]`. */
function arrayLiteral(text: string): (string | number)[] {
  const elements = text.slice(1, -1).match(/'(?:[^'\\]|\\.)*'|[^,\s]+/g) ?? [];
  return elements.map((element) =>
    element.startsWith("'") ? unescaped(element.slice(1, -1)) : Number(element),
  );
}

const ARROW_INSERT = /^([\s\S]*?)\binput\('((?:[^'\\]|\\.)*)'\)([\s\S]*?)\s+FORMAT ArrowStream\s*$/;

/** Data after the statement: Arrow through a file, text formats as they stand. */
async function insert(store: ChdbStore, sql: string, body: Buffer): Promise<Uint8Array> {
  const arrow = ARROW_INSERT.exec(sql);
  if (!arrow) return store.execute(`${sql}\n${body.toString()}`);
  const [, before = '', structure = '', after = ''] = arrow;
  await store.insertFrom((source) => `${before}${source}${after}`, body, structure.replaceAll("\\'", "'"));
  return new Uint8Array(0);
}

function authorised(request: IncomingMessage, password: string): boolean {
  const expected = Buffer.from(`Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`);
  const given = Buffer.from(request.headers.authorization ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY_BYTES) throw new Error(`the request is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Errors as ClickHouse words them, so that the client shows the message. */
function refuse(response: ServerResponse, status: number, message: string): void {
  const code = /Code: (\d+)/.exec(message)?.[1] ?? (status === 401 ? '516' : '1002');
  response.writeHead(status, {
    'x-clickhouse-exception-code': code,
    'content-type': 'text/plain; charset=utf-8',
  });
  response.end(
    /^Code: /.test(message)
      ? message
      : `Code: ${code}. DB::Exception: ${message.replaceAll('\n', ' ')}. (TANLIU_GATEWAY)`,
  );
}
