/**
 * Who issues credentials: domain and name, the signing key and the log's key, in `<home>/identity`, made at the first use.
 * Keys are readable by their owner only. Old public keys stay in the DID document, so that what they signed stays checkable.
 */
import { type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import type { DidDocument } from '../../schemas/documents/credential.ts';
import { keyFromSeed } from '../certificates/checkpoint.ts';
import { didDocumentOf, didOf, type IssuerKey } from '../certificates/credentials/sign.ts';
import { Fault } from '../runtime/errors.ts';

const stored = z.strictObject({
  domain: z.string(),
  name: z.string(),
  /** The newest key signs. */
  keys: z
    .array(
      z.strictObject({
        kid: z.string(),
        created: z.string(),
        privateJwk: z.looseObject({ kty: z.string() }),
      }),
    )
    .min(1),
  logSeed: z.base64(),
});

export interface IssuerIdentity {
  readonly domain: string;
  readonly name: string;
  readonly did: string;
  readonly key: IssuerKey;
  readonly document: DidDocument;
  /** Origin of the transparency log: the issuer's domain. */
  readonly logOrigin: string;
  readonly logKey: KeyObject;
}

/**
 * @param folder `<home>/identity`
 * @param wanted domain and name for a first use; later they must be the same
 * @throws Fault TL_CONFIG when another identity lives there
 */
export async function openIdentity(
  folder: string,
  wanted: { domain: string; name: string },
  now: Date,
): Promise<IssuerIdentity> {
  const path = join(folder, 'issuer.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const identity =
    text === undefined ? await makeIdentity(folder, path, wanted, now) : stored.parse(JSON.parse(text));
  if (identity.domain !== wanted.domain) {
    throw new Fault(
      'TL_CONFIG',
      `${folder} holds the identity of ${identity.domain}, not of ${wanted.domain}`,
      {
        remedy: `TANLIU_ISSUER_DOMAIN=${identity.domain}, or another TANLIU_HOME`,
      },
    );
  }
  const did = didOf(identity.domain);
  const { kid, privateJwk } = identity.keys.at(-1)!;
  return {
    domain: identity.domain,
    name: wanted.name,
    did,
    key: { kid, privateJwk: privateJwk as JWK },
    document: didDocumentOf(
      did,
      identity.keys.map((key) => ({ kid: key.kid, publicJwk: publicPart(key.privateJwk as JWK) })),
    ),
    logOrigin: identity.domain,
    logKey: keyFromSeed(Buffer.from(identity.logSeed, 'base64')),
  };
}

async function makeIdentity(
  folder: string,
  path: string,
  { domain, name }: { domain: string; name: string },
  now: Date,
): Promise<z.infer<typeof stored>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const created = now.toISOString();
  const kid = `${didOf(domain)}#key-${created.slice(0, 10)}`;
  const identity = stored.parse({
    domain,
    name,
    keys: [{ kid, created, privateJwk: await exportJWK(privateKey) }],
    logSeed: randomBytes(32).toString('base64'),
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(identity, null, 2));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  return identity;
}

function publicPart({ kty, crv, x, y }: JWK): JWK {
  return { kty: kty!, crv: crv!, x: x!, y: y!, alg: 'ES256', use: 'sig' };
}
