/** Records of footprint requests in the store: append-only, each with the hash of what it holds. */
import { createHash } from 'node:crypto';
import { Refusal } from '../../schemas/refusal.ts';
import type { Store } from '../store/port.ts';

type RecordKind = 'input' | 'products' | 'result' | 'statement' | 'bundle' | 'verification' | 'event';

export interface FootprintRecord {
  readonly request: string;
  readonly kind: RecordKind;
  readonly id: string;
  readonly document: string;
}

/** The same record again writes nothing. */
export async function keepRecord(store: Store, record: FootprintRecord, at: Date): Promise<string> {
  const sha256 = createHash('sha256').update(record.document).digest('hex');
  const { request, kind, id } = record;
  await store.insertRows(
    'footprint_records',
    [{ ...record, at: at.toISOString().replace('T', ' ').replace('Z', ''), sha256 }],
    `footprint_record:${request}:${kind}:${id}:${sha256}`,
  );
  return sha256;
}

/** @throws Refusal `E_FOOTPRINT_RECORD` where there is none */
export async function recordOf(store: Store, request: string, kind: RecordKind, id: string): Promise<string> {
  const found = await findRecord(store, request, kind, id);
  if (found !== undefined) return found;
  throw new Refusal(`no ${kind} ${id} of the request ${request}`, {
    code: 'E_FOOTPRINT_RECORD',
    remedy: 'a record that the request keeps',
  });
}

export async function findRecord(
  store: Store,
  request: string,
  kind: RecordKind,
  id: string,
): Promise<string | undefined> {
  const [row] = await store.query<{ document: string }>(
    `SELECT document FROM footprint_records
     WHERE request = {request:String} AND kind = {kind:String} AND id = {id:String} ORDER BY at LIMIT 1`,
    { request, kind, id },
  );
  return row?.document;
}
