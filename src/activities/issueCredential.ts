/**
 * Issues a credential: index in the status list, log entry and checkpoint first, then the signature; what is handed over
 * is a bundle that can be verified offline. A stop in between leaves at most an entry in the log and an index without a
 * credential.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type CredentialLogEntry,
  type Evidence,
  VC_CONTEXT,
  type VerifiableCredential,
  verifiableCredential,
} from '../../schemas/documents/credential.ts';
import type { Claim } from '../certificates/credentials/attestations.ts';
import { BUNDLE_FILES, evidencePath, packBundle } from '../certificates/credentials/bundle.ts';
import { canonicalBytes, sha256Hex } from '../certificates/credentials/canonical.ts';
import { signCredential } from '../certificates/credentials/sign.ts';
import { encodeStatusList } from '../certificates/statusList.ts';
import { type IssuerIdentity, openIdentity } from '../store/issuerIdentity.ts';
import { allocateStatus, revocationBits, revokeStatus } from '../store/statusRegister.ts';
import { openTileLog } from '../store/tileLog.ts';

const CONTEXT_VOCABULARY = 'https://www.w3.org/ns/credentials/undefined-terms/v2';
const SCHEMA_ID = 'urn:tanliu:schema:credential:1';
const VALID_YEARS = 3;
/** How long a status list may be relied on offline. */
const STATUS_DAYS = 30;

export interface IssuerPlace {
  /** `<home>/identity`: keys, status register, and the log in `log/`. */
  readonly folder: string;
  readonly domain: string;
  readonly name: string;
}

export interface EvidenceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface IssuedCredential {
  readonly id: string;
  readonly credential: VerifiableCredential;
  readonly bundle: Uint8Array;
}

export interface IssueOptions {
  readonly now: Date;
  /** Credential of this issuer that the new one replaces; it is revoked. */
  readonly supersedes?: string;
  /** UUID that the evidence already names; else a new one. */
  readonly id?: string;
  /** Three years from now where nothing says otherwise. */
  readonly validUntil?: Date;
}

/**
 * @param claim makes the claim once the evidence is known by its digests
 * @throws Refusal of the claim and of the status register · Fault TL_TRANSPARENCY_LOG, TL_CONFIG
 */
export async function issueCredential(
  place: IssuerPlace,
  evidence: readonly EvidenceFile[],
  claim: (id: string, date: string, evidence: readonly Evidence[]) => Claim,
  { now, supersedes, id: given, validUntil }: IssueOptions,
): Promise<IssuedCredential> {
  const identity = await openIdentity(place.folder, place, now);
  const id = `urn:uuid:${given ?? randomUUID()}`;
  const { kind, attestation, ruleSet, notice } = claim(
    id,
    now.toISOString().slice(0, 10),
    evidence.map(evidenceOf),
  );
  const index = await allocateStatus(registerOf(place), id);
  const draft: VerifiableCredential = {
    '@context': [VC_CONTEXT, CONTEXT_VOCABULARY],
    id,
    type: ['VerifiableCredential', kind],
    name: attestation.name.en,
    issuer: { type: ['CredentialIssuer'], id: identity.did, name: identity.name },
    validFrom: now.toISOString(),
    validUntil: (validUntil ?? yearsLater(now, VALID_YEARS)).toISOString(),
    credentialStatus: [
      {
        id: `${statusListUrl(identity)}#${index}`,
        type: 'BitstringStatusListEntry',
        statusPurpose: 'revocation',
        statusListIndex: String(index),
        statusListCredential: statusListUrl(identity),
      },
    ],
    credentialSchema: { id: SCHEMA_ID, type: 'JsonSchema' },
    termsOfUse: [{ type: 'TanliuTerms', ruleSet, notice }],
    credentialSubject: attestation,
    ...(supersedes !== undefined && { supersedes }),
  };
  const entry: CredentialLogEntry = {
    kind: 'credential',
    id,
    type: kind,
    sha256: sha256Hex(canonicalBytes(draft)),
  };
  const log = await openTileLog(join(place.folder, 'log'), identity.logOrigin, identity.logKey);
  let proof: Awaited<ReturnType<typeof log.append>>[number];
  const { verifier } = log;
  try {
    [proof] = (await log.append([canonicalBytes(entry)])) as [typeof proof];
  } finally {
    await log.close();
  }
  const credential = verifiableCredential.parse({
    ...draft,
    logProof: { type: 'TlogInclusionProof', ...proof },
  });
  if (supersedes !== undefined) await revokeStatus(registerOf(place), supersedes, now, `replaced by ${id}`);
  const files = new Map<string, Uint8Array>([
    [BUNDLE_FILES.credential, Buffer.from(await signCredential(credential, identity.key))],
    [BUNDLE_FILES.did, json(identity.document)],
    [BUNDLE_FILES.status, Buffer.from(await signedStatusList(place, identity, now))],
    [BUNDLE_FILES.logVerifier, Buffer.from(`${verifier}\n`)],
    ...evidence.map(({ name, bytes }) => [evidencePath(name), bytes] as const),
  ]);
  return { id, credential, bundle: packBundle(files) };
}

/** Revokes and returns the status list in force, signed. @throws Refusal E_UNKNOWN_CREDENTIAL */
export async function revokeCredential(
  place: IssuerPlace,
  id: string,
  reason: string,
  now: Date,
): Promise<string> {
  const identity = await openIdentity(place.folder, place, now);
  await revokeStatus(registerOf(place), id, now, reason);
  return signedStatusList(place, identity, now);
}

async function signedStatusList(place: IssuerPlace, identity: IssuerIdentity, now: Date): Promise<string> {
  const url = statusListUrl(identity);
  const list = {
    '@context': [VC_CONTEXT],
    id: url,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: identity.did,
    validFrom: now.toISOString(),
    validUntil: new Date(now.getTime() + STATUS_DAYS * 86_400_000).toISOString(),
    credentialSubject: {
      id: `${url}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      encodedList: encodeStatusList(await revocationBits(registerOf(place))),
    },
  };
  return signCredential(list, identity.key);
}

function evidenceOf({ name, bytes }: EvidenceFile): Evidence {
  return { linkURL: evidencePath(name), linkName: name, hashDigest: sha256Hex(bytes), hashMethod: 'SHA-256' };
}

const registerOf = ({ folder }: IssuerPlace): string => join(folder, 'status.json');
const statusListUrl = ({ domain }: IssuerIdentity): string => `https://${domain}/status/revocation`;
const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

function yearsLater(from: Date, years: number): Date {
  const later = new Date(from);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}
