/** Reads what a verification body attests of a footprint. */
import { z } from 'zod';
import { thirdPartyVerification } from '../../schemas/documents/footprintStatement.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { EvidenceFile } from './issueCredential.ts';

const statement = thirdPartyVerification.omit({ file: true });

/** @throws Refusal `E_VERIFICATION` with every place that is wrong */
export function readVerification(bytes: Buffer, place: string, file: EvidenceFile) {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    document = undefined;
  }
  const parsed = statement.safeParse(document);
  if (parsed.success) return { statement: parsed.data, file };
  throw new Refusal(`no statement of a verification:\n${z.prettifyError(parsed.error)}`, {
    code: 'E_VERIFICATION',
    place,
    remedy: '{body, accreditation, standard, levelOfAssurance: limited or reasonable, completedAt}',
  });
}
