/** Partners of the exchange: who may ask us, and where and with what we ask them. From one file, secrets in files beside it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { notEmpty, urn } from '../../schemas/documents/pactFields.ts';
import { Fault } from '../runtime/errors.ts';
import { companyKey } from '../store/publishedFootprints.ts';
import type { ApiVersion } from './eventTypes.ts';

const LEAST_SECRET = 16;

const partnersFile = z.strictObject({
  partners: z.array(
    z.strictObject({
      company: urn,
      name: notEmpty,
      /** With this the partner asks us; the secret has at least 16 characters. */
      client: z.strictObject({ id: notEmpty, secretFile: notEmpty }).optional(),
      /** With this we ask the partner and answer its requests. */
      server: z
        .strictObject({
          url: z.url({ protocol: /^https$/ }),
          clientId: notEmpty,
          secretFile: notEmpty,
          /** PEM of the authority, or of the partner's own certificate; the system's authorities where absent. */
          caFile: notEmpty.optional(),
          version: z.enum(['2', '3']).default('3'),
        })
        .optional(),
    }),
  ),
});

export interface PartnerServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly ca?: string;
  readonly version: ApiVersion;
}

export interface Partner {
  /** URN in lower case. */
  readonly company: string;
  readonly name: string;
  readonly client?: { readonly id: string; readonly secretSha256: Uint8Array };
  readonly server?: PartnerServer;
}

export type Partners = readonly Partner[];

/** @throws Fault TL_CONFIG with what is wrong in the file or in one beside it */
export async function readPartners(path: string): Promise<Partners> {
  const beside = (file: string) => resolve(dirname(path), file);
  const parsed = await readText(path)
    .then((text) => partnersFile.safeParse(JSON.parse(text)))
    .catch((error: Error) => {
      throw fault(path, error.message);
    });
  if (!parsed.success) throw fault(path, z.prettifyError(parsed.error));
  const partners = await Promise.all(
    parsed.data.partners.map(
      async ({ company, name, client, server }): Promise<Partner> => ({
        company: companyKey(company),
        name,
        ...(client && { client: await clientOf(client.id, beside(client.secretFile)) }),
        ...(server && {
          server: {
            url: server.url.replace(/\/+$/, ''),
            clientId: server.clientId,
            clientSecret: await readSecret(beside(server.secretFile)),
            version: server.version,
            ...(server.caFile !== undefined && { ca: await readText(beside(server.caFile)) }),
          },
        }),
      }),
    ),
  );
  refuseDoubles(path, partners);
  return partners;
}

/** The partner of these credentials; every secret is compared, so that the time says nothing. */
export function partnerOfClient(partners: Partners, id: string, secret: string): Partner | undefined {
  const given = sha256(secret);
  const matches = partners.filter(
    ({ client }) => client && timingSafeEqual(client.secretSha256, given) && client.id === id,
  );
  return matches[0];
}

export const partnerOfCompany = (partners: Partners, company: string): Partner | undefined =>
  partners.find((partner) => partner.company === companyKey(company));

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

async function clientOf(id: string, file: string): Promise<NonNullable<Partner['client']>> {
  const secret = await readSecret(file);
  if (secret.length < LEAST_SECRET) throw fault(file, `the secret has fewer than ${LEAST_SECRET} characters`);
  return { id, secretSha256: sha256(secret) };
}

async function readSecret(file: string): Promise<string> {
  const secret = (await readText(file)).trim();
  if (secret === '') throw fault(file, 'it is empty');
  return secret;
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fault(file, `cannot be read (${error.code})`);
  });

function refuseDoubles(path: string, partners: Partners): void {
  const seen = new Set<string>();
  for (const name of partners.flatMap(({ company, client }) => [
    company,
    ...(client ? [`client ${client.id}`] : []),
  ])) {
    if (seen.has(name)) throw fault(path, `${name} stands in it twice`);
    seen.add(name);
  }
}

const fault = (file: string, why: string) =>
  new Fault('TL_CONFIG', `partners of the exchange, ${file}: ${why}`, {
    remedy: 'a file as docs/exchange.md shows it (PACT_PARTNERS_FILE)',
  });
