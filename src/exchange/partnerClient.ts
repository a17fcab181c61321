/**
 * Asks a partner's PACT API: token by client credentials, list, one footprint, events. HTTPS only; a redirect is never
 * followed, since it could carry the token elsewhere.
 */
import { request } from 'node:https';
import { z } from 'zod';
import type { CloudEvent } from '../../schemas/documents/pactFields.ts';
import type { ApiVersion } from './eventTypes.ts';
import type { PartnerServer } from './partners.ts';

const ANSWER_LIMIT_MS = 20_000;
const MOST_BODY_BYTES = 32 << 20;
/** A token is not used any more this long before its end. */
const TOKEN_MARGIN_MS = 10_000;
const TOKEN_LIFE_WHEN_UNSAID_S = 60;

/** A partner that cannot be reached or does not answer as agreed; with its status where there is one. */
export class PartnerFault extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'PartnerFault';
    this.status = status;
  }
}

export interface PartnerClient {
  /** The document as sent, of the API's version. */
  footprint(id: string, version: ApiVersion): Promise<Record<string, unknown>>;
  postEvent(event: CloudEvent, version: ApiVersion): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().optional(),
});
const discovery = z.looseObject({ token_endpoint: z.url({ protocol: /^https$/ }) });

export function partnerClient(server: PartnerServer, clock: () => number): PartnerClient {
  let token: { readonly text: string; readonly untilMs: number } | undefined;
  const ask = (url: string, question: Question) => exchange(url, server.ca, question);

  const freshToken = async (): Promise<string> => {
    const endpoint = await tokenEndpoint(server.url, ask);
    const basic = Buffer.from(`${server.clientId}:${server.clientSecret}`).toString('base64');
    const { status, text } = await ask(endpoint, {
      method: 'POST',
      headers: {
        authorization: `Basic ${basic}`,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const parsed = status === 200 ? tokenAnswer.safeParse(readJson(text)) : undefined;
    if (!parsed?.success) throw new PartnerFault(`${endpoint} gives no token (${status})`, status);
    const { access_token, expires_in = TOKEN_LIFE_WHEN_UNSAID_S } = parsed.data;
    token = { text: access_token, untilMs: clock() + expires_in * 1_000 - TOKEN_MARGIN_MS };
    return access_token;
  };

  /** With the token at hand, and once more with a new one where the partner does not take it. */
  const authorised = async (path: string, question: Question): Promise<Answer> => {
    const withToken = (text: string) =>
      ask(`${server.url}${path}`, {
        ...question,
        headers: { ...question.headers, authorization: `Bearer ${text}` },
      });
    if (token === undefined || token.untilMs <= clock()) return withToken(await freshToken());
    const answer = await withToken(token.text);
    return answer.status === 401 ? withToken(await freshToken()) : answer;
  };

  return {
    async footprint(id, version) {
      const path = `/${version}/footprints/${encodeURIComponent(id)}`;
      const { status, text } = await authorised(path, {
        method: 'GET',
        headers: { accept: 'application/json' },
      });
      const data = (readJson(text) as { data?: unknown } | undefined)?.data;
      if (status !== 200 || data === null || typeof data !== 'object')
        throw new PartnerFault(`${server.url}${path} gives no footprint (${status}) ${brief(text)}`, status);
      return data as Record<string, unknown>;
    },
    async postEvent(event, version) {
      const { status, text } = await authorised(`/${version}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
        body: JSON.stringify(event),
      });
      if (status < 200 || status > 299)
        throw new PartnerFault(`${server.url} does not take the event (${status}) ${brief(text)}`, status);
    },
  };
}

/** Where the partner offers OpenID its token endpoint counts, else the agreed address. */
async function tokenEndpoint(
  url: string,
  ask: (url: string, question: Question) => Promise<Answer>,
): Promise<string> {
  const { status, text } = await ask(`${url}/.well-known/openid-configuration`, { method: 'GET' });
  const offered = status === 200 ? discovery.safeParse(readJson(text)) : undefined;
  return offered?.success ? offered.data.token_endpoint : `${url}/auth/token`;
}

const brief = (text: string): string => text.slice(0, 200);

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function exchange(
  url: string,
  ca: string | undefined,
  { method, headers = {}, body }: Question,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(new PartnerFault(`${url} cannot be asked: ${(error as Error).message}`, undefined, error));
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(
      url,
      {
        method,
        headers: { ...headers, ...length },
        ...(ca !== undefined && { ca }),
        timeout: ANSWER_LIMIT_MS,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_BODY_BYTES) outgoing.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', fail);
      },
    );
    // The socket's timeout counts silence alone; the whole answer has a limit as well.
    const timer = setTimeout(() => outgoing.destroy(new Error('no answer in time')), ANSWER_LIMIT_MS);
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
