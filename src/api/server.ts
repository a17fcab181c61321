/** The API as one Fastify server: limits, the door, the documents, the routes. Listens nowhere by itself. */
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Config } from '../runtime/config.ts';
import { requireToken } from './access.ts';
import { averageRoutes } from './carbonAware/averageRoutes.ts';
import { emissionsRoutes } from './carbonAware/emissionsRoutes.ts';
import { forecastRoutes } from './carbonAware/forecastRoutes.ts';
import type { ApiContext, ApiServer } from './context.ts';
import { sendProblem } from './dialects.ts';
import { breakdownRoutes } from './electricityMaps/breakdownRoutes.ts';
import { feedRoutes } from './electricityMaps/feedRoutes.ts';
import { homeAssistantRoute } from './electricityMaps/homeAssistantRoute.ts';
import { intensityRoutes } from './electricityMaps/intensityRoutes.ts';
import { healthRoutes } from './healthRoutes.ts';
import { registerOpenApi } from './openApi.ts';
import { ApiProblem, problemOf } from './problem.ts';

/** Largest body: a batch of a hundred questions is a tenth of it. */
const MOST_BODY_BYTES = 256 << 10;
const REQUEST_LIMIT_MS = 20_000;
/** No answer takes longer; so long stopping waits for those that are under way. */
export const HANDLER_LIMIT_MS = 30_000;
const IDLE_LIMIT_MS = 65_000;
const LONGEST_PARAMETER = 256;

export interface ApiOptions extends ApiContext {
  /** Empty: no token is asked for. */
  readonly tokens?: readonly string[];
  readonly requestsPerMinute?: number;
  readonly version?: string;
  readonly logLevel?: Config['log']['level'];
}

export async function buildApi({
  store,
  clock,
  tokens = [],
  requestsPerMinute = 1_200,
  version = '0',
  logLevel = 'silent',
}: ApiOptions): Promise<ApiServer> {
  const app: ApiServer = Fastify({
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    connectionTimeout: IDLE_LIMIT_MS,
    keepAliveTimeout: IDLE_LIMIT_MS,
    handlerTimeout: HANDLER_LIMIT_MS,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    logController: new LogController({
      disableRequestLogging: logLevel !== 'debug' && logLevel !== 'trace',
    }) as never,
    // Standard output is for results; that it listens is told by the command.
    logger: { level: logLevel === 'info' ? 'warn' : logLevel, stream: process.stderr },
    frameworkErrors: (error, request, reply) => {
      sendProblem(request as never, reply as never, problemOf(error));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.detail.status >= 500 && !(error instanceof ApiProblem)) request.log.error(error);
    return sendProblem(request, reply, problem);
  });
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    // Else the client would keep the connection, and the server would wait for it.
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new ApiProblem('too many requests', { status: 429, code: 'TL_API_RATE', remedy: `again in ${after}` }),
  });
  requireToken(app, tokens);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    sendProblem(
      request,
      reply,
      new ApiProblem('there is nothing at this address', {
        status: 404,
        code: 'TL_API_ROUTE',
        remedy: '/docs lists every route',
      }),
    ),
  );
  await registerOpenApi(app, version);
  const context = { store, clock };
  for (const routes of [
    healthRoutes,
    intensityRoutes,
    breakdownRoutes,
    feedRoutes,
    homeAssistantRoute,
    emissionsRoutes,
    forecastRoutes,
    averageRoutes,
  ]) {
    routes(app, context);
  }
  await app.ready();
  return app;
}
