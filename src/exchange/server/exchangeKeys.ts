/** Keys of the exchange, kept beside the store so that tokens and pages outlive a restart: `<home>/exchange/keys.json`. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { Fault } from '../../runtime/errors.ts';

const keysFile = z.strictObject({
  id: z.string(),
  token: z.record(z.string(), z.unknown()),
  pageBase64: z.string(),
});

export interface ExchangeKeys {
  readonly id: string;
  /** ES256. */
  readonly signing: CryptoKey;
  readonly verifying: CryptoKey;
  /** The public half as it is published. */
  readonly publicJwk: JWK;
  readonly page: Uint8Array;
}

/** Opens the keys of a folder, or makes them, readable by their owner only. @throws Fault TL_CONFIG for a damaged file */
export async function openExchangeKeys(folder: string): Promise<ExchangeKeys> {
  const path = join(folder, 'keys.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const file = text === undefined ? await makeKeys(folder, path) : readKeys(text, path);
  const { d: _secret, ...open } = file.token as JWK;
  const publicJwk = { ...open, kid: file.id, alg: 'ES256', use: 'sig' };
  return {
    id: file.id,
    signing: (await importJWK(file.token as JWK, 'ES256')) as CryptoKey,
    verifying: (await importJWK(publicJwk, 'ES256')) as CryptoKey,
    publicJwk,
    page: Buffer.from(file.pageBase64, 'base64'),
  };
}

function readKeys(text: string, path: string): z.infer<typeof keysFile> {
  try {
    return keysFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('TL_CONFIG', `${path} is damaged`, {
      remedy: 'remove it; tokens and pages that were given out end with it',
      cause,
    });
  }
}

async function makeKeys(folder: string, path: string): Promise<z.infer<typeof keysFile>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const random = crypto.getRandomValues(new Uint8Array(48));
  const file = keysFile.parse({
    id: Buffer.from(random.subarray(32)).toString('hex'),
    token: await exportJWK(privateKey),
    pageBase64: Buffer.from(random.subarray(0, 32)).toString('base64'),
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, JSON.stringify(file), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return file;
}
