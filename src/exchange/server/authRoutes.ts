/** OAuth2 client credentials, and where clients find them by OpenID discovery. */
import type { FastifyRequest } from 'fastify';
import { ExchangeProblem } from '../exchangeProblem.ts';
import { partnerOfClient } from '../partners.ts';
import type { ExchangeContext, ExchangeServer } from './exchangeServer.ts';
import { issueToken } from './tokens.ts';

type OAuthCode = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type';

/** An error of the token endpoint (RFC 6749 §5.2). */
export class OAuthProblem extends Error {
  readonly code: OAuthCode;
  readonly status: 400 | 401;

  constructor(code: OAuthCode, message: string) {
    super(message);
    this.code = code;
    this.status = code === 'invalid_client' ? 401 : 400;
  }
}

/** Guesses of a secret are slowed down. */
const TOKENS_PER_MINUTE = 120;

export function authRoutes(
  app: ExchangeServer,
  { partners, keys, clock, tokenLifeS }: ExchangeContext,
): void {
  app.post(
    '/auth/token',
    { config: { rateLimit: { max: TOKENS_PER_MINUTE, timeWindow: '1 minute' } } },
    async (request) => {
      const form = formOf(request);
      const [id, secret] = credentialsOf(request.headers.authorization);
      // Clients differ on whether the two are form-encoded inside Basic, as RFC 6749 wants it.
      const partner =
        partnerOfClient(partners, id, secret) ?? partnerOfClient(partners, decoded(id), decoded(secret));
      if (!partner) throw new OAuthProblem('invalid_client', 'client or secret is not known');
      if (form.get('grant_type') !== 'client_credentials')
        throw form.has('grant_type')
          ? new OAuthProblem('unsupported_grant_type', 'grant_type is client_credentials alone')
          : new OAuthProblem('invalid_request', 'grant_type=client_credentials is missing');
      const token = await issueToken(keys, partner.company, clock(), tokenLifeS);
      return { access_token: token, token_type: 'Bearer', expires_in: tokenLifeS };
    },
  );

  app.get('/.well-known/openid-configuration', async (request) => {
    const base = `https://${hostOf(request)}`;
    return {
      issuer: base,
      token_endpoint: `${base}/auth/token`,
      authorization_endpoint: `${base}/auth/authorize`,
      jwks_uri: `${base}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    };
  });
  app.get('/.well-known/jwks.json', async () => ({ keys: [keys.publicJwk] }));
}

/** The host that the client called us by. @throws ExchangeProblem BadRequest for one that is none */
export function hostOf({ headers }: FastifyRequest): string {
  const host = headers.host ?? '';
  if (/^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/.test(host)) return host;
  throw new ExchangeProblem('BadRequest', 'the Host header names no host');
}

function formOf({ headers, body }: FastifyRequest): URLSearchParams {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new OAuthProblem('invalid_request', 'the body is application/x-www-form-urlencoded');
  return new URLSearchParams(typeof body === 'string' ? body : '');
}

function credentialsOf(authorization: string | undefined): [string, string] {
  const basic = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
  const text = Buffer.from(basic ?? '', 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 1)
    throw new OAuthProblem('invalid_client', 'Authorization: Basic with client and secret is needed');
  return [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
