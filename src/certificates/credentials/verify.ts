/**
 * Offline verification of a bundle, check by check. A check holds, fails, or could not be made and says why; nothing is
 * taken for granted that was not looked at.
 */
import {
  credentialLogEntry,
  type DidDocument,
  didDocument,
  statusListCredential,
  type VerifiableCredential,
  verifiableCredential,
} from '../../../schemas/documents/credential.ts';
import { openNote } from '../checkpoint.ts';
import { leafHash, verifyInclusion } from '../merkleTree.ts';
import { decodeStatusList, statusBit } from '../statusList.ts';
import { BUNDLE_FILES, type BundleContents, manifestOf } from './bundle.ts';
import { canonicalBytes, sha256Hex } from './canonical.ts';
import { openCredential } from './sign.ts';

export type CheckOutcome = 'holds' | 'fails' | 'not checked';

export interface Check {
  readonly check: string;
  readonly outcome: CheckOutcome;
  readonly detail: string;
}

/** Recomputes what a bundle's evidence allows; each returns undefined where it finds nothing of its kind. */
export type Recomputation = (files: BundleContents, credential: VerifiableCredential) => Check | undefined;

export interface VerifyOptions {
  readonly name: string;
  /** The instant at which validity is judged. */
  readonly at: Date;
  /** Pinned keys: without them the bundle's own are used, and that is said. */
  readonly did?: DidDocument;
  readonly logVerifier?: string;
  readonly recomputations: readonly Recomputation[];
}

/** @throws Refusal `E_BUNDLE` for what is no bundle */
export async function verifyBundle(files: BundleContents, options: VerifyOptions): Promise<Check[]> {
  const checks: Check[] = [filesCheck(files, options.name)];
  const document = options.did ?? bundledDid(files);
  checks.push(keysCheck(document, options));
  const opened = await signatureCheck(files, document);
  checks.push(opened.check);
  const { credential } = opened;
  if (!credential) return checks;
  checks.push(
    issuerCheck(credential, document),
    validityCheck(credential, options.at),
    await statusCheck(files, credential, document, options.at),
    ...logChecks(files, credential, options.logVerifier),
    evidenceCheck(files, credential),
  );
  const recomputed = options.recomputations.flatMap(
    (recompute) => guarded(recompute, files, credential) ?? [],
  );
  checks.push(
    ...(recomputed.length > 0
      ? recomputed
      : [unchecked('figures recomputed', 'the bundle holds no inputs that a recomputation knows')]),
  );
  return checks;
}

function guarded(
  recompute: Recomputation,
  files: BundleContents,
  credential: VerifiableCredential,
): Check | undefined {
  try {
    return recompute(files, credential);
  } catch (error) {
    return failed('figures recomputed', (error as Error).message);
  }
}

function filesCheck(files: BundleContents, name: string): Check {
  const check = 'files as listed';
  const { files: listed } = manifestOf(files, name);
  const known = new Set<string>([BUNDLE_FILES.manifest, ...listed.map(({ path }) => path)]);
  const extra = [...files.keys()].filter((path) => !known.has(path));
  if (extra.length > 0) return failed(check, `not in the manifest: ${extra.join(', ')}`);
  for (const { path, sha256, bytes } of listed) {
    const file = files.get(path);
    if (!file) return failed(check, `${path} is missing`);
    if (file.length !== bytes || sha256Hex(file) !== sha256) return failed(check, `${path} was changed`);
  }
  return held(check, `${listed.length} files`);
}

function bundledDid(files: BundleContents): DidDocument | undefined {
  const parsed = didDocument.safeParse(jsonOf(files.get(BUNDLE_FILES.did)));
  return parsed.success ? parsed.data : undefined;
}

function keysCheck(document: DidDocument | undefined, { did }: VerifyOptions): Check {
  const check = 'keys of the issuer';
  if (!document) return failed(check, `${BUNDLE_FILES.did} is missing or no DID document`);
  if (did) return held(check, `pinned, of ${document.id}`);
  return unchecked(
    check,
    `taken from the bundle; compare them with the document that ${document.id} publishes, or give --did`,
  );
}

async function signatureCheck(
  files: BundleContents,
  document: DidDocument | undefined,
): Promise<{ check: Check; credential?: VerifiableCredential }> {
  const check = 'signature of the credential';
  const jwt = textOf(files.get(BUNDLE_FILES.credential));
  if (jwt === undefined) return { check: failed(check, `${BUNDLE_FILES.credential} is missing`) };
  if (!document) return { check: unchecked(check, 'there are no keys to check it with') };
  try {
    const { payload, kid } = await openCredential(jwt.trim(), document);
    const parsed = verifiableCredential.safeParse(payload);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return { check: failed('form of the credential', `${issue?.path.join('.')}: ${issue?.message}`) };
    }
    return { check: held(check, kid), credential: parsed.data };
  } catch (error) {
    return { check: failed(check, (error as Error).message) };
  }
}

function issuerCheck({ issuer }: VerifiableCredential, document: DidDocument | undefined): Check {
  const check = 'issuer';
  return issuer.id === document?.id
    ? held(check, `${issuer.name} (${issuer.id})`)
    : failed(check, `the credential names ${issuer.id}, the keys are of ${document?.id}`);
}

function validityCheck({ validFrom, validUntil }: VerifiableCredential, at: Date): Check {
  const check = 'within its validity';
  const inside = Date.parse(validFrom) <= at.getTime() && at.getTime() < Date.parse(validUntil);
  const span = `${validFrom} to ${validUntil}`;
  return inside ? held(check, span) : failed(check, `${at.toISOString()} is outside ${span}`);
}

async function statusCheck(
  files: BundleContents,
  { credentialStatus, issuer }: VerifiableCredential,
  document: DidDocument | undefined,
  at: Date,
): Promise<Check> {
  const check = 'not revoked';
  const jwt = textOf(files.get(BUNDLE_FILES.status));
  if (jwt === undefined || !document) return unchecked(check, `${BUNDLE_FILES.status} is not in the bundle`);
  try {
    const list = statusListCredential.parse((await openCredential(jwt.trim(), document)).payload);
    if (list.issuer !== issuer.id) return failed(check, `the status list is of ${list.issuer}`);
    const entry = credentialStatus.find(({ statusPurpose }) => statusPurpose === 'revocation');
    if (!entry || entry.statusListCredential !== list.id)
      return failed(check, 'the status list is another one');
    const bits = decodeStatusList(list.credentialSubject.encodedList);
    if (statusBit(bits, Number(entry.statusListIndex)))
      return failed(check, `revoked as of ${list.validFrom}`);
    if (at.getTime() >= Date.parse(list.validUntil)) {
      return unchecked(check, `not revoked as of ${list.validFrom}; that list has run out, fetch ${list.id}`);
    }
    return held(check, `as of ${list.validFrom}`);
  } catch (error) {
    return failed(check, `the status list: ${(error as Error).message}`);
  }
}

function logChecks(
  files: BundleContents,
  credential: VerifiableCredential,
  pinned: string | undefined,
): Check[] {
  const { logProof, ...unproved } = credential;
  if (!logProof) return [failed('in the transparency log', 'the credential carries no proof')];
  const verifier = pinned ?? textOf(files.get(BUNDLE_FILES.logVerifier))?.trim();
  if (verifier === undefined) return [unchecked('checkpoint of the log', 'there is no key of the log')];
  const body = openNote(logProof.checkpoint, verifier);
  if (body === undefined)
    return [failed('checkpoint of the log', 'its signature is not by the key of the log')];
  const [origin, size, root] = body.split('\n') as [string, string, string];
  const domain = decodeURIComponent(credential.issuer.id.slice('did:web:'.length));
  const checks = [
    origin === logProof.origin && origin === domain && Number(size) === logProof.size
      ? held(
          'checkpoint of the log',
          `${origin}, ${size} entries${pinned ? '' : ' (key taken from the bundle)'}`,
        )
      : failed(
          'checkpoint of the log',
          `it is of ${origin} with ${size} entries, the proof of ${logProof.origin} with ${logProof.size}`,
        ),
  ];
  const entry = credentialLogEntry.parse({
    kind: 'credential',
    id: credential.id,
    type: credential.type[1],
    sha256: sha256Hex(canonicalBytes(unproved)),
  });
  const proof = logProof.inclusion.map((hash) => Buffer.from(hash, 'base64'));
  const included = verifyInclusion(
    leafHash(canonicalBytes(entry)),
    logProof,
    proof,
    Buffer.from(root, 'base64'),
  );
  checks.push(
    included
      ? held('in the transparency log', `entry ${logProof.index} of ${logProof.size}`)
      : failed('in the transparency log', 'the proof does not lead from this credential to the root'),
  );
  return checks;
}

function evidenceCheck(files: BundleContents, { credentialSubject }: VerifiableCredential): Check {
  const check = 'evidence as signed';
  const { auditableEvidence } = credentialSubject;
  if (auditableEvidence.length === 0) return unchecked(check, 'the credential names no evidence');
  const absent: string[] = [];
  for (const { linkURL, hashDigest } of auditableEvidence) {
    const file = files.get(linkURL);
    if (!file) absent.push(linkURL);
    else if (sha256Hex(file) !== hashDigest)
      return failed(check, `${linkURL} is not the file that was signed for`);
  }
  if (absent.length > 0) return unchecked(check, `held back by the issuer: ${absent.join(', ')}`);
  return held(check, `${auditableEvidence.length} files`);
}

const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8');

function jsonOf(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(textOf(bytes) ?? '');
  } catch {
    return undefined;
  }
}

export const held = (check: string, detail: string): Check => ({ check, outcome: 'holds', detail });
export const failed = (check: string, detail: string): Check => ({ check, outcome: 'fails', detail });
const unchecked = (check: string, detail: string): Check => ({
  check,
  outcome: 'not checked',
  detail,
});
