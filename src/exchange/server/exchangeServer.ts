/** The PACT API as a server of its own, over TLS alone: what speaks plain HTTP to its port gets no answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify';
import type { Config } from '../../runtime/config.ts';
import type { Store } from '../../store/port.ts';
import { type FootprintShelf, footprintShelf } from '../../store/publishedFootprints.ts';
import { type ExchangeCode, ExchangeProblem } from '../exchangeProblem.ts';
import { type Partner, type Partners, partnerOfCompany } from '../partners.ts';
import { authRoutes, OAuthProblem } from './authRoutes.ts';
import { eventRoutes } from './eventRoutes.ts';
import type { ExchangeKeys } from './exchangeKeys.ts';
import { footprintRoutes } from './footprintRoutes.ts';
import { companyOfToken } from './tokens.ts';

/** A Fulfilled event carries whole documents. */
const MOST_BODY_BYTES = 32 << 20;
const REQUEST_LIMIT_MS = 20_000;
const IDLE_LIMIT_MS = 65_000;

export type ExchangeServer = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger>;

export interface ExchangeContext {
  readonly store: Store;
  readonly shelf: FootprintShelf;
  readonly partners: Partners;
  readonly keys: ExchangeKeys;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly tokenLifeS: number;
  /** There is something to do. */
  readonly wake: () => void;
}

export interface ExchangeServerOptions extends Omit<ExchangeContext, 'shelf'> {
  readonly tls: { readonly cert: string; readonly key: string };
  readonly requestsPerMinute?: number;
  readonly logLevel?: Config['log']['level'];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route that needs a token. */
    partner?: Partner;
  }
}

export async function buildExchangeServer({
  tls,
  requestsPerMinute = 1_200,
  logLevel = 'silent',
  ...given
}: ExchangeServerOptions): Promise<ExchangeServer> {
  const context: ExchangeContext = { ...given, shelf: footprintShelf(given.store) };
  const app: ExchangeServer = Fastify({
    https: { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' },
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    connectionTimeout: IDLE_LIMIT_MS,
    keepAliveTimeout: IDLE_LIMIT_MS,
    handlerTimeout: REQUEST_LIMIT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1_024 },
    logController: new LogController({ disableRequestLogging: true }) as never,
    logger: { level: logLevel === 'info' ? 'warn' : logLevel, stream: process.stderr },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply as never, problemOf(error));
    },
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof OAuthProblem) {
      if (error.status === 401) reply.header('www-authenticate', 'Basic realm="exchange"');
      return reply.code(error.status).send({ error: error.code, error_description: error.message });
    }
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error(error);
    return sendProblem(reply as never, problem);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: 'NotFound', message: 'there is nothing at this address' }),
  );
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
    reply.header('strict-transport-security', 'max-age=31536000');
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) => new TooMany(`too many requests; again in ${after}`),
  });
  readBodies(app);
  authRoutes(app, context);
  await app.register(async (inside) => {
    // Before any body is read; who was a partner and is none any more is a stranger.
    inside.addHook('preParsing', async (request) => {
      const company = await companyOfToken(context.keys, request.headers.authorization, context.clock());
      const partner = partnerOfCompany(context.partners, company);
      if (!partner) throw new ExchangeProblem('BadRequest', 'the token is of nobody who may ask');
      request.partner = partner;
    });
    footprintRoutes(inside as unknown as ExchangeServer, context);
    eventRoutes(inside as unknown as ExchangeServer, context);
  });
  await app.ready();
  return app;
}

/** Bodies stay text until their route knows what they should be. */
function readBodies(app: ExchangeServer): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

class TooMany extends Error {
  readonly statusCode = 429;
}

interface Problem {
  readonly status: number;
  readonly code: ExchangeCode;
  readonly message: string;
}

function sendProblem(reply: FastifyReply, { status, code, message }: Problem): FastifyReply {
  if (code === 'TokenExpired') reply.header('www-authenticate', 'Bearer error="invalid_token"');
  return reply.code(status).type('application/json; charset=utf-8').send({ code, message });
}

/** Whatever was thrown, by the closed list of codes; what is not foreseen says nothing of its inside. */
function problemOf(error: unknown): Problem {
  if (error instanceof ExchangeProblem) return error;
  if (error instanceof TooMany) return { status: 429, code: 'BadRequest', message: error.message };
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode < 500)
    return { status: statusCode, code: 'BadRequest', message: 'the request cannot be read' };
  return { status: 500, code: 'InternalError', message: 'a fault in the server' };
}
