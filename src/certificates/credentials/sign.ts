/** Signing and checking of credentials as JWT (VC-JOSE-COSE): ES256, key named by the issuer's DID document. */
import { CompactSign, type CryptoKey, compactVerify, importJWK, type JWK } from 'jose';
import type { DidDocument } from '../../../schemas/documents/credential.ts';

const ALGORITHM = 'ES256';
/** What a verifier takes: nothing that the issuer's keys are not made for. */
const ACCEPTED = [ALGORITHM, 'EdDSA'];

export interface IssuerKey {
  /** `did:web:…#name`, as the DID document has it. */
  readonly kid: string;
  readonly privateJwk: JWK;
}

/** Signs the document as it stands. */
export async function signCredential(credential: object, { kid, privateJwk }: IssuerKey): Promise<string> {
  const key = await importJWK(privateJwk, ALGORITHM);
  return new CompactSign(Buffer.from(JSON.stringify(credential), 'utf8'))
    .setProtectedHeader({ alg: ALGORITHM, typ: 'vc+jwt', cty: 'vc', kid })
    .sign(key as CryptoKey);
}

/** `did:web:example.org` or `did:web:example.org%3A8443:path` as the address of its document. */
export function didWebUrl(did: string): string {
  const [host, ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return `https://${host}/${path.length === 0 ? '.well-known' : path.join('/')}/did.json`;
}

export function didOf(domain: string): string {
  return `did:web:${encodeURIComponent(domain)}`;
}

export function didDocumentOf(did: string, keys: readonly { kid: string; publicJwk: JWK }[]): DidDocument {
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/jwk/v1'],
    id: did,
    verificationMethod: keys.map(({ kid, publicJwk }) => ({
      id: kid,
      type: 'JsonWebKey' as const,
      controller: did,
      publicKeyJwk: publicJwk as DidDocument['verificationMethod'][number]['publicKeyJwk'],
    })),
    assertionMethod: keys.map(({ kid }) => kid),
  };
}

export interface OpenedJwt {
  readonly kid: string;
  readonly payload: unknown;
}

/**
 * The payload of a credential whose signature is valid by a key of `document`.
 * @throws Error that says what does not hold
 */
export async function openCredential(jwt: string, document: DidDocument): Promise<OpenedJwt> {
  const header = headerOf(jwt);
  const method = document.verificationMethod.find(({ id }) => id === header.kid);
  if (!method) throw new Error(`the issuer has no key ${header.kid ?? '(none named)'}`);
  if (!document.assertionMethod.includes(method.id)) throw new Error(`${method.id} is not for assertions`);
  if (header.typ !== 'vc+jwt') throw new Error(`typ is ${header.typ}, not vc+jwt`);
  const key = await importJWK(method.publicKeyJwk as JWK, header.alg);
  const { payload } = await compactVerify(jwt, key, { algorithms: ACCEPTED });
  return { kid: method.id, payload: JSON.parse(Buffer.from(payload).toString('utf8')) };
}

function headerOf(jwt: string): { alg: string; kid?: string; typ?: string } {
  try {
    return JSON.parse(Buffer.from(jwt.split('.', 1)[0]!, 'base64url').toString('utf8'));
  } catch {
    throw new Error('it is no JWT');
  }
}
