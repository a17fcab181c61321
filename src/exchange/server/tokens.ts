/** Access tokens: signed, of one partner, with an end. */
import { errors, jwtVerify, SignJWT } from 'jose';
import { ExchangeProblem } from '../exchangeProblem.ts';
import type { ExchangeKeys } from './exchangeKeys.ts';

const AUDIENCE = 'tanliu-exchange';

export function issueToken(
  keys: ExchangeKeys,
  company: string,
  nowMs: number,
  lifeS: number,
): Promise<string> {
  const now = Math.floor(nowMs / 1_000);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: keys.id, typ: 'at+jwt' })
    .setSubject(company)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + lifeS)
    .sign(keys.signing);
}

/** The company of the caller. @throws ExchangeProblem BadRequest without a good token, TokenExpired for one that has run out */
export async function companyOfToken(
  keys: ExchangeKeys,
  authorization: string | undefined,
  nowMs: number,
): Promise<string> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined)
    throw new ExchangeProblem('BadRequest', 'a token is needed: Authorization: Bearer …, from /auth/token');
  try {
    const { payload } = await jwtVerify(token, keys.verifying, {
      algorithms: ['ES256'],
      audience: AUDIENCE,
      currentDate: new Date(nowMs),
    });
    return payload.sub ?? '';
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new ExchangeProblem('TokenExpired', 'the token has run out; ask /auth/token for another');
    throw new ExchangeProblem('BadRequest', 'the token is none of ours; ask /auth/token for one');
  }
}
