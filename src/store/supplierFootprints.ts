/** Footprints that partners sent: kept as they came, each content once. */
import type { Store } from './port.ts';

export interface SupplierFootprint {
  readonly partner: string;
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  readonly received: string;
  readonly document: string;
}

export async function keepSupplierFootprint(store: Store, footprint: SupplierFootprint): Promise<void> {
  const { partner, id, version, sha256 } = footprint;
  await store.insertRows(
    'supplier_footprints',
    [{ ...footprint }],
    `supplier:${partner}:${id}:${version}:${sha256}`,
  );
}

const COLUMNS =
  "partner, id, version, sha256, formatDateTime(received, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS receivedAt, document";

/** Newest first; of one id where it is given. */
export async function supplierFootprints(store: Store, id?: string): Promise<SupplierFootprint[]> {
  const rows = await store.query<Omit<SupplierFootprint, 'received'> & { receivedAt: string }>(
    `SELECT ${COLUMNS} FROM supplier_footprints ${id === undefined ? '' : 'WHERE id = {id:String}'} ORDER BY received DESC, id LIMIT 10000`,
    id === undefined ? {} : { id },
  );
  return rows.map(({ receivedAt: received, ...row }) => ({ ...row, received }));
}
