/** The three forms in which an error is written: our own, that of Electricity Maps and that of the Carbon Aware SDK. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiProblem } from './problem.ts';

/** RFC 9457 with our code, place and remedy. */
export const ownProblem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    place: z.string().optional(),
    remedy: z.string().optional(),
    errors: z.record(z.string(), z.array(z.string())).optional(),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457) with code, place and remedy' });

/** `message` and `status` as existing clients read them; `error` because some of them look there. */
export const electricityMapsError = z
  .object({
    status: z.string(),
    message: z.string(),
    error: z.string(),
    x_code: z.string(),
    x_place: z.string().optional(),
    x_remedy: z.string().optional(),
  })
  .meta({ id: 'ElectricityMapsError' });

/** ASP.NET's ValidationProblemDetails. */
export const validationProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.record(z.string(), z.array(z.string())),
    traceId: z.string(),
    x_code: z.string(),
    x_remedy: z.string().optional(),
  })
  .meta({ id: 'ValidationProblemDetails' });

type Dialect = 'own' | 'electricityMaps' | 'carbonAware';

/** By the address, so that an unknown route below a family answers as that family does. */
function dialectOf(url: string): Dialect {
  if (/^\/v3(\/|\?|$)/.test(url)) return 'electricityMaps';
  return /^\/(emissions|locations)(\/|\?|$)/.test(url) ? 'carbonAware' : 'own';
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** Writes a problem as the client of this address reads it. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: ApiProblem): FastifyReply {
  const { status, code, place, remedy, fields } = problem.detail;
  const title = TITLES[status]!;
  const dialect = dialectOf(request.url);
  // Past the serialiser of the route, which knows the good answers.
  const send = (type: string, body: object) =>
    reply.code(status).type(type).serializer(JSON.stringify).send(body);
  if (dialect === 'electricityMaps') {
    return send('application/json; charset=utf-8', {
      status: 'error',
      message: problem.message,
      error: problem.message,
      x_code: code,
      x_place: place,
      x_remedy: remedy,
    });
  }
  if (dialect === 'carbonAware') {
    return send('application/problem+json; charset=utf-8', {
      type: `https://www.rfc-editor.org/rfc/rfc9110#section-15`,
      title,
      status,
      detail: problem.message,
      errors: fields ?? {},
      traceId: request.id,
      x_code: code,
      x_remedy: remedy,
    });
  }
  return send('application/problem+json; charset=utf-8', {
    type: 'about:blank',
    title,
    status,
    detail: problem.message,
    instance: request.url.slice(0, 200),
    code,
    place,
    remedy,
    errors: fields,
  });
}
