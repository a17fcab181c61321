/** Credentials from issue to verification: every check holds, each fails for its own fault, another library agrees. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verifiableCredential } from '../../../schemas/documents/credential.ts';
import { footprintInput } from '../../../schemas/documents/footprintInput.ts';
import { gwpSet } from '../../../schemas/reference/gwp.ts';
import {
  type IssuedCredential,
  issueCredential,
  revokeCredential,
} from '../../../src/activities/issueCredential.ts';
import {
  EVIDENCE,
  recomputeFootprintEvidence,
  recomputeStatementEvidence,
} from '../../../src/activities/recomputeEvidence.ts';
import { footprintClaim } from '../../../src/certificates/credentials/attestations.ts';
import {
  BUNDLE_FILES,
  type BundleContents,
  evidencePath,
  packBundle,
  unpackBundle,
} from '../../../src/certificates/credentials/bundle.ts';
import { verifyBundle } from '../../../src/certificates/credentials/verify.ts';
import type { FootprintBackground } from '../../../src/footprint/background.ts';
import { computeFootprint } from '../../../src/footprint/computeFootprint.ts';
import { extractProducts } from '../../../src/footprint/productExtract.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const recomputations = [recomputeFootprintEvidence, recomputeStatementEvidence];

const INPUT = footprintInput.parse({
  schema: 'tanliu.footprint-input/1',
  product: { id: 'urn:tanliu:product:ingot', name: 'aluminium ingot 铝锭' },
  company: 'Example Smelter',
  site: 'site-1',
  referencePeriod: { start: '2025-01-01T00:00:00+08:00', end: '2026-01-01T00:00:00+08:00' },
  declaredUnit: { amount: 1, unit: 'kilogram', massKg: 1 },
  declaredUnitsMade: 1000,
  billOfMaterials: [
    {
      name: 'alumina',
      quantity: 1930,
      unit: 'kg',
      product: { process: 'p1', flow: 'f1' },
      origin: 'measured',
    },
  ],
  directEmissions: [
    { name: 'anode CO2', category: 'fossil', species: 'CO2', massKg: 1500, origin: 'measured' },
  ],
});

const BACKGROUND: FootprintBackground = {
  identity: { name: 'b', version: 'v1', sourceSha256: '0'.repeat(64), linkingPolicy: 'l', flowMap: 'm' },
  gwpSet: gwpSet('ar6_100'),
  find: ({ process, flow }) =>
    process === 'p1' && flow === 'f1'
      ? {
          ref: { process, flow },
          name: 'alumina',
          location: 'CN',
          referenceUnit: 'kg',
          unitFactors: new Map([['kg', 1]]),
          scores: {
            fossil: 1.23456789,
            land_use: 0.01,
            biogenic_non_co2: 0.002,
            biogenic_co2_emission: 0.1,
            biogenic_co2_uptake: -0.2,
          },
          flags: [],
          usable: true,
          firstTier: () => [
            {
              name: 'own emissions',
              product: undefined,
              scores: {
                fossil: 1.23456789,
                land_use: 0.01,
                biogenic_non_co2: 0.002,
                biogenic_co2_emission: 0.1,
                biogenic_co2_uptake: -0.2,
              },
            },
          ],
        }
      : undefined,
  cutOffInputs: () => ({ own: 2, upstream: 5 }),
};

let folder: string;
let issued: IssuedCredential;
const place = () => ({
  folder: join(folder, 'identity'),
  domain: 'tanliu.example.org',
  name: 'Tanliu Example',
});

async function issue(options: { supersedes?: string } = {}): Promise<IssuedCredential> {
  const footprint = computeFootprint(INPUT, BACKGROUND);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const evidence = [
    { name: EVIDENCE.footprint, bytes: json(footprint) },
    { name: EVIDENCE.footprintInput, bytes: json(INPUT) },
    { name: EVIDENCE.backgroundProducts, bytes: json(extractProducts(INPUT, BACKGROUND)) },
  ];
  return issueCredential(place(), evidence, footprintClaim.bind(undefined, footprint), {
    now: NOW,
    ...options,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-issuer-'));
  issued = await issue();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = () => new Map(unpackBundle(issued.bundle, 'bundle.zip'));
const verify = (files: BundleContents, at = NOW) =>
  verifyBundle(files, { name: 'bundle.zip', at, recomputations });
const outcomes = async (files: BundleContents, at?: Date) =>
  Object.fromEntries((await verify(files, at)).map(({ check, outcome }) => [check, outcome]));
const failing = async (files: BundleContents, at?: Date) =>
  (await verify(files, at)).filter(({ outcome }) => outcome === 'fails').map(({ check }) => check);

/** The files of the bundle with one of them changed, packed anew so that the manifest agrees. */
function changed(path: string, change: (bytes: Uint8Array) => Uint8Array): BundleContents {
  const files = open();
  files.set(path, change(files.get(path)!));
  files.delete(BUNDLE_FILES.manifest);
  return unpackBundle(packBundle(files), 'bundle.zip');
}

const text = (change: (text: string) => string) => (bytes: Uint8Array) =>
  Buffer.from(change(Buffer.from(bytes).toString('utf8')));

describe('a bundle as it was issued', () => {
  it('holds in every check, keys apart, which only a pinned document can vouch for', async () => {
    expect(await outcomes(open())).toEqual({
      'files as listed': 'holds',
      'keys of the issuer': 'not checked',
      'signature of the credential': 'holds',
      issuer: 'holds',
      'within its validity': 'holds',
      'not revoked': 'holds',
      'checkpoint of the log': 'holds',
      'in the transparency log': 'holds',
      'evidence as signed': 'holds',
      'figures recomputed': 'holds',
    });
  });

  it('says that it is self-declared, what it rests on, and every digit of its figures', () => {
    const { credential } = issued;
    expect(credential.termsOfUse[0]!.notice).toContain('Self-declared');
    const [assessment] = credential.credentialSubject.assessment;
    const total = assessment!.declaredValue.find(
      ({ metricName }) => metricName === 'total excluding biogenic uptake',
    );
    expect(Number(total!.metricValue.value)).toBe(
      computeFootprint(INPUT, BACKGROUND).perDeclaredUnit.totalKgCo2e,
    );
  });

  it('verifies by another library than the one that signed, and by the JSON Schema of its form', async () => {
    const files = open();
    const jwt = Buffer.from(files.get(BUNDLE_FILES.credential)!).toString();
    const { verificationMethod } = JSON.parse(Buffer.from(files.get(BUNDLE_FILES.did)!).toString());
    const key = createPublicKey({ key: verificationMethod[0].publicKeyJwk as JsonWebKey, format: 'jwk' });
    const payload = jsonwebtoken.verify(jwt, key, { algorithms: ['ES256'] });
    expect(payload).toMatchObject({
      id: issued.id,
      type: ['VerifiableCredential', 'ProductFootprintStatement'],
    });
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      z.toJSONSchema(verifiableCredential),
    );
    expect(validate(payload)).toBe(true);
  });

  it('keeps the private key to its owner', async () => {
    const identity = await readFile(join(place().folder, 'issuer.json'), 'utf8');
    const secret = JSON.parse(identity).keys[0].privateJwk.d as string;
    for (const bytes of open().values()) expect(Buffer.from(bytes).toString('latin1')).not.toContain(secret);
  });
});

describe('a bundle with one fault', () => {
  it.each<[string, string, (bytes: Uint8Array) => Uint8Array, string[]]>([
    [
      'a changed signature',
      BUNDLE_FILES.credential,
      text((jwt) => flipped(jwt, jwt.lastIndexOf('.') + 5)),
      ['signature of the credential'],
    ],
    [
      'a changed payload',
      BUNDLE_FILES.credential,
      text((jwt) => flipped(jwt, jwt.indexOf('.') + 40)),
      ['signature of the credential'],
    ],
    [
      'changed evidence',
      evidencePath(EVIDENCE.footprintInput),
      text((json) => json.replace('1930', '1830')),
      ['evidence as signed', 'figures recomputed'],
    ],
    [
      'a changed figure',
      evidencePath(EVIDENCE.footprint),
      text((json) => json.replace('"declaredUnitsMade":1000', '"declaredUnitsMade":1001')),
      ['evidence as signed', 'figures recomputed'],
    ],
    [
      'a changed status list',
      BUNDLE_FILES.status,
      text((jwt) => flipped(jwt, jwt.lastIndexOf('.') + 5)),
      ['not revoked'],
    ],
    [
      'another log key',
      BUNDLE_FILES.logVerifier,
      text((key) => flipped(key, key.trim().length - 3)),
      ['checkpoint of the log'],
    ],
  ])('%s fails in exactly that check', async (_what, path, change, expected) => {
    expect(await failing(changed(path, change))).toEqual(expected);
  });

  it('a file that the manifest does not know, or knows otherwise', async () => {
    const files = open();
    files.set('extra.txt', Buffer.from('x'));
    expect(await failing(files)).toEqual(['files as listed']);
    const other = open();
    other.set(BUNDLE_FILES.did, Buffer.concat([other.get(BUNDLE_FILES.did)!, Buffer.from(' ')]));
    expect(await failing(other)).toEqual(['files as listed']);
  });

  it('outside its validity', async () => {
    expect(await failing(open(), new Date('2031-01-01T00:00:00Z'))).toEqual(['within its validity']);
    expect(await failing(open(), new Date('2020-01-01T00:00:00Z'))).toEqual(['within its validity']);
  });

  it('checked against a pinned document of somebody else', async () => {
    const other = await issueElsewhere();
    const did = JSON.parse(
      Buffer.from(unpackBundle(other.bundle, 'other').get(BUNDLE_FILES.did)!).toString(),
    );
    const checks = await verifyBundle(open(), { name: 'bundle.zip', at: NOW, did, recomputations });
    expect(checks.find(({ outcome }) => outcome === 'fails')?.check).toBe('signature of the credential');
  });

  it.each([
    ['no zip', Buffer.from('hello'), 'E_BUNDLE'],
    ['an empty file', Buffer.alloc(0), 'E_BUNDLE'],
  ])('%s is refused', (_what, bytes, code) => {
    expect(() => unpackBundle(bytes, 'x')).toThrow(expect.objectContaining({ code }));
  });
});

describe('revocation', () => {
  it('a replaced credential fails against the new status list, its successor holds', async () => {
    const first = await issue();
    const second = await issue({ supersedes: first.id });
    const files = new Map(unpackBundle(first.bundle, 'first'));
    files.set(BUNDLE_FILES.status, unpackBundle(second.bundle, 'second').get(BUNDLE_FILES.status)!);
    files.delete(BUNDLE_FILES.manifest);
    expect(await failing(unpackBundle(packBundle(files), 'first'))).toEqual(['not revoked']);
    expect(await failing(unpackBundle(second.bundle, 'second'))).toEqual([]);
  });

  it('of what was not issued here is refused', async () => {
    await expect(
      revokeCredential(place(), 'urn:uuid:00000000-0000-0000-0000-000000000000', 'x', NOW),
    ).rejects.toMatchObject({
      code: 'E_UNKNOWN_CREDENTIAL',
    });
  });
});

it('a footprint on simulated quantities is never issued', () => {
  const simulated = { ...computeFootprint(INPUT, BACKGROUND), origin: 'simulated' as const };
  expect(() => footprintClaim(simulated, 'id', '2026-03-01', [])).toThrow(
    expect.objectContaining({ code: 'simulated_input' }),
  );
});

async function issueElsewhere(): Promise<IssuedCredential> {
  const footprint = computeFootprint(INPUT, BACKGROUND);
  const elsewhere = { folder: join(folder, 'elsewhere'), domain: 'other.example.org', name: 'Other' };
  return issueCredential(elsewhere, [], footprintClaim.bind(undefined, footprint), { now: NOW });
}

/** Another character of base64 in one place. */
function flipped(value: string, at: number): string {
  const other = value[at] === 'A' ? 'B' : 'A';
  return `${value.slice(0, at)}${other}${value.slice(at + 1)}`;
}
