/**
 * Who may ask. With tokens configured everything needs one except what a route declares open; without tokens the
 * server listens on loopback only (`checkExposure`). Roles come with the access rules; this is the door.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ApiProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no token. */
    open?: boolean;
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Refuses every request without one of the tokens, unknown addresses too: 401. */
export function requireToken(app: FastifyInstance, tokens: readonly string[]): void {
  if (tokens.length === 0) return;
  const known = tokens.map(sha256);
  // After the rate limit, so that guessing is limited as well; before any body is read.
  app.addHook('preParsing', async (request, reply) => {
    const { config, url } = request.routeOptions;
    if (config?.open === true || url?.startsWith('/docs')) return;
    const given = request.headers['auth-token'] ?? bearer(request.headers.authorization);
    const digest = typeof given === 'string' ? sha256(given) : undefined;
    // All are compared, so that the time says nothing about which one came near.
    const matches = digest === undefined ? [] : known.filter((token) => timingSafeEqual(token, digest));
    if (matches.length > 0) return;
    reply.header('www-authenticate', 'Bearer');
    throw new ApiProblem(given === undefined ? 'a token is needed' : 'the token is not known', {
      status: 401,
      code: 'TL_API_TOKEN',
      place: 'auth-token',
      remedy: 'a token from TANLIU_API_TOKENS in the header auth-token, or as Authorization: Bearer',
    });
  });
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1];
}
