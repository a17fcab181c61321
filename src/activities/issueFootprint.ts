/** Issues a footprint: statement and study as PDF in both languages, all of it in a signed bundle that can be recomputed offline. */
import { randomUUID } from 'node:crypto';
import type { BackgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { FootprintResult } from '../../schemas/documents/footprintResult.ts';
import type {
  FootprintStatement,
  ThirdPartyVerification,
} from '../../schemas/documents/footprintStatement.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { footprintClaim } from '../certificates/credentials/attestations.ts';
import { canonicalBytes, sha256Hex } from '../certificates/credentials/canonical.ts';
import { statementOf } from '../footprint/statement.ts';
import { cjkFont } from '../report/cjkFont.ts';
import { statementPdf, studyPdf } from '../report/footprintPdf.ts';
import { CODE_VERSION } from './codeVersion.ts';
import { type EvidenceFile, type IssuerPlace, issueCredential } from './issueCredential.ts';
import { EVIDENCE } from './recomputeEvidence.ts';

export interface ComputedFootprint {
  readonly input: FootprintInput;
  readonly footprint: FootprintResult;
  readonly products: BackgroundProducts;
}

export interface FootprintIssue {
  readonly now: Date;
  /** UUID of the statement; the same on every attempt of one issue. */
  readonly id?: string;
  readonly revision?: number;
  /** UUID of the statement that this one replaces; its credential is revoked. */
  readonly supersedes?: string;
  readonly preparedBy?: string;
  readonly reviewedBy?: string;
  readonly computation?: string;
  readonly verification?: {
    readonly statement: Omit<ThirdPartyVerification, 'file'>;
    readonly file: EvidenceFile;
  };
  /** `FILE` or `FILE#FACE`; else the first one of this machine that has Chinese characters. */
  readonly font?: string;
}

export interface IssuedFootprint {
  readonly id: string;
  readonly statement: FootprintStatement;
  readonly bundle: Uint8Array;
  readonly validUntil: string;
  readonly logIndex: number | undefined;
}

/** @throws Refusal of the statement and the credential · `TL_REPORT_FONT` where no font has Chinese characters */
export async function issueFootprint(
  place: IssuerPlace,
  { input, footprint, products }: ComputedFootprint,
  issue: FootprintIssue,
): Promise<IssuedFootprint> {
  const font = cjkFont(issue.font);
  if (font === undefined) {
    throw new Refusal('this machine has no font with Chinese characters to embed', {
      code: 'TL_REPORT_FONT',
      remedy: '--font FILE, or install Noto Sans CJK',
    });
  }
  const id = issue.id ?? randomUUID();
  const { verification } = issue;
  const statement = statementOf(footprint, {
    id,
    issuer: place.name,
    domain: place.domain,
    issuedAt: issue.now,
    codeVersion: CODE_VERSION,
    inputSha256: sha256Hex(canonicalBytes(input)),
    productsSha256: sha256Hex(canonicalBytes(products)),
    ...(issue.revision !== undefined && { revision: issue.revision }),
    ...(issue.supersedes !== undefined && { precedingId: issue.supersedes }),
    ...(issue.preparedBy !== undefined && { preparedBy: issue.preparedBy }),
    ...(issue.reviewedBy !== undefined && { reviewedBy: issue.reviewedBy }),
    ...(issue.computation !== undefined && { computation: issue.computation }),
    ...(verification && {
      verification: {
        ...verification.statement,
        file: { name: verification.file.name, sha256: sha256Hex(verification.file.bytes) },
      },
    }),
  });
  const evidence: EvidenceFile[] = [
    { name: EVIDENCE.footprintStatement, bytes: json(statement) },
    { name: EVIDENCE.footprint, bytes: json(footprint) },
    { name: EVIDENCE.footprintInput, bytes: json(input) },
    { name: EVIDENCE.backgroundProducts, bytes: json(products) },
    { name: 'statement-zh.pdf', bytes: await statementPdf(statement, 'zh', font) },
    { name: 'statement-en.pdf', bytes: await statementPdf(statement, 'en', font) },
    { name: 'study-zh.pdf', bytes: await studyPdf(statement, 'zh', font) },
    { name: 'study-en.pdf', bytes: await studyPdf(statement, 'en', font) },
    ...(verification ? [verification.file] : []),
  ];
  const issued = await issueCredential(
    place,
    evidence,
    (urn, date, files) => footprintClaim(footprint, urn, date, files, verification?.statement),
    {
      now: issue.now,
      id,
      validUntil: new Date(statement.validUntil),
      ...(issue.supersedes !== undefined && { supersedes: `urn:uuid:${issue.supersedes}` }),
    },
  );
  return {
    id,
    statement,
    bundle: issued.bundle,
    validUntil: issued.credential.validUntil,
    logIndex: issued.credential.logProof?.index,
  };
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);
