/** Fetches one footprint of a partner, judges it, and keeps it as it came. */
import { z } from 'zod';
import { footprintV2 } from '../../schemas/documents/pactV2.ts';
import { footprintV3 } from '../../schemas/documents/pactV3.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { canonicalSha256 } from '../activities/lineage.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';
import { keepSupplierFootprint } from '../store/supplierFootprints.ts';
import { PartnerFault, partnerClient } from './partnerClient.ts';
import type { Partner } from './partners.ts';

/** @throws Refusal E_SUPPLIER for a document that is none · Fault TL_SERVER_LOST where the partner gives nothing */
export async function fetchSupplierFootprint(
  store: Store,
  { company, server }: Partner,
  id: string,
  clock: () => number,
): Promise<{ document: Record<string, unknown>; sha256: string }> {
  if (!server) throw new Refusal(`${company} has no server`, { code: 'E_SUPPLIER', place: company });
  const { version } = server;
  const document = await partnerClient(server, clock)
    .footprint(id, version)
    .catch((error: unknown) => {
      if (error instanceof PartnerFault) throw new Fault('TL_SERVER_LOST', error.message, { cause: error });
      throw error;
    });
  const parsed = (version === '3' ? footprintV3 : footprintV2).safeParse(document);
  if (!parsed.success || parsed.data.id !== id) {
    throw new Refusal(
      parsed.success ? `asked for ${id}, got ${parsed.data.id}` : z.prettifyError(parsed.error),
      { code: 'E_SUPPLIER', place: `${company} ${id}`, remedy: `a footprint of PACT ${version}` },
    );
  }
  const sha256 = canonicalSha256(document);
  const received = new Date(clock()).toISOString();
  await keepSupplierFootprint(store, {
    partner: company,
    id,
    version,
    sha256,
    received,
    document: JSON.stringify(document),
  });
  return { document, sha256 };
}
