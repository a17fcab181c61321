/**
 * A footprint as it is issued: 产品碳足迹声明, self-declared until a third party's verification is attached. Nothing in an
 * issued document changes; a revision is a new one that names this one.
 */
import { z } from 'zod';
import { footprintResult } from './footprintResult.ts';

const instant = z.iso.datetime({ offset: true });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a verification body attests. A second person's review inside the house is none. */
export const thirdPartyVerification = z.strictObject({
  body: z.string().min(1),
  accreditation: z.string().min(1),
  standard: z.string().min(1),
  levelOfAssurance: z.enum(['limited', 'reasonable']),
  completedAt: z.iso.date(),
  file: z.strictObject({ name: z.string().min(1), sha256 }),
});
export type ThirdPartyVerification = z.infer<typeof thirdPartyVerification>;

export const footprintStatement = z.strictObject({
  schema: z.literal('tanliu.footprint-statement/1'),
  id: z.uuid(),
  serial: z.string().min(1),
  revision: z.int().min(1),
  /** The statement that this one replaces. */
  precedingId: z.uuid().nullable(),
  kind: z.enum(['self_declared', 'verified']),
  holder: z.string().min(1),
  issuer: z.string().min(1),
  /** Who made it and who reviewed it, two persons; null where the step was not taken here. */
  preparedBy: z.string().min(1).nullable(),
  reviewedBy: z.string().min(1).nullable(),
  issuedAt: instant,
  validFrom: instant,
  validUntil: instant,
  standards: z.array(z.string().min(1)).min(1),
  productRule: z.string().nullable(),
  /** Rounded for readers; the result holds every digit. */
  value: z.strictObject({ text: z.string(), unit: z.string(), significantFigures: z.int().min(1) }),
  verification: thirdPartyVerification.nullable(),
  verificationUrl: z.url(),
  inputs: z.strictObject({ footprintInputSha256: sha256, backgroundProductsSha256: sha256 }),
  /** Where the activity was read from: offset ranges of a computation; empty for a document. */
  computation: z.string().nullable(),
  codeVersion: z.string(),
  footprint: footprintResult,
});
export type FootprintStatement = z.infer<typeof footprintStatement>;
