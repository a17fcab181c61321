/** What went wrong with a request, before it is written in the dialect of the route that was asked. */
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { Refusal } from '../../schemas/refusal.ts';
import { Fault } from '../runtime/errors.ts';

export type ProblemStatus = 400 | 401 | 404 | 405 | 408 | 413 | 415 | 422 | 429 | 500 | 501 | 503;

export interface ProblemDetail {
  readonly status: ProblemStatus;
  /** Stable, e.g. `TL_API_PARAMETER`. */
  readonly code: string;
  /** The parameter or the place in the body. */
  readonly place?: string | undefined;
  /** What would be right. */
  readonly remedy?: string | undefined;
  /** Messages by parameter, where several are wrong at once. */
  readonly fields?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Thrown by a route: the answer is an error with this status. */
export class ApiProblem extends Error {
  readonly detail: ProblemDetail;

  constructor(message: string, detail: ProblemDetail) {
    super(message);
    this.name = 'ApiProblem';
    this.detail = detail;
  }
}

/** A parameter that cannot be answered: 400. */
export function badParameter(place: string, message: string, remedy?: string): ApiProblem {
  return new ApiProblem(message, {
    status: 400,
    code: 'TL_API_PARAMETER',
    place,
    remedy,
    fields: { [place]: [remedy === undefined ? message : `${message}; would be right: ${remedy}`] },
  });
}

/** Nothing is known for what was asked: 404. */
export function noData(message: string, remedy?: string): ApiProblem {
  return new ApiProblem(message, { status: 404, code: 'TL_API_NO_DATA', remedy });
}

/** Whatever was thrown, as a problem; what is not foreseen becomes 500 without its inner words. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return ofValidation(error.validation);
  if (error instanceof Refusal) {
    const { code, place, remedy } = error;
    return new ApiProblem(error.message, { status: 422, code, place, remedy });
  }
  if (error instanceof Fault) {
    return new ApiProblem('the store does not answer as it should', {
      status: 503,
      code: error.code,
      remedy: 'ask again; the server’s log has the reason',
    });
  }
  return ofFastify(error as { statusCode?: number; code?: string; message?: string });
}

function ofValidation(
  issues: readonly { instancePath: string; message?: string; params?: unknown }[],
): ApiProblem {
  const fields: Record<string, string[]> = {};
  for (const { instancePath, message = 'is not right', params } of issues) {
    const place = placeOf(instancePath, params);
    const words = unknownKeys(params).length > 0 ? 'is not a parameter that is known here' : message;
    fields[place] = [...(fields[place] ?? []), words];
  }
  const [place, [message] = ['']] = Object.entries(fields)[0] ?? ['', ['']];
  return new ApiProblem(`${place}: ${message}`, { status: 400, code: 'TL_API_PARAMETER', place, fields });
}

/** `/0/location` becomes `[0].location`; an unknown name is itself the place. */
function placeOf(instancePath: string, params: unknown): string {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : part))
    .join('.')
    .replaceAll('.[', '[');
  const [key] = unknownKeys(params);
  if (key === undefined) return path === '' ? 'request' : path;
  return [path, key].filter(Boolean).join('.');
}

const unknownKeys = (params: unknown): readonly string[] =>
  (params as { keys?: string[] } | undefined)?.keys ?? [];

const OF_STATUS: Readonly<Record<number, { code: string; message: string }>> = {
  400: { code: 'TL_API_REQUEST', message: 'the request cannot be read' },
  404: { code: 'TL_API_ROUTE', message: 'there is nothing at this address' },
  405: { code: 'TL_API_METHOD', message: 'this method is not offered here' },
  408: { code: 'TL_API_SLOW', message: 'the request took too long to come' },
  413: { code: 'TL_API_TOO_LARGE', message: 'the request is too large' },
  415: { code: 'TL_API_MEDIA_TYPE', message: 'the body is not application/json' },
  429: { code: 'TL_API_RATE', message: 'too many requests' },
  503: { code: 'TL_API_BUSY', message: 'the server cannot answer now' },
};

function ofFastify({ statusCode = 500, code }: { statusCode?: number; code?: string }): ApiProblem {
  const known = OF_STATUS[statusCode];
  if (known === undefined) {
    return new ApiProblem('a fault in the server', { status: 500, code: 'TL_INTERNAL' });
  }
  const remedy = code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? 'a JSON body' : undefined;
  return new ApiProblem(known.message, { status: statusCode as ProblemStatus, code: known.code, remedy });
}
