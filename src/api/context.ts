/** What routes work with. */
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Store } from '../store/port.ts';

export interface ApiContext {
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Fastify with zod documents as the types of its routes. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export const isoOf = (ms: number): string => new Date(ms).toISOString();
