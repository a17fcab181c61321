/** SHA-256 over canonical JSON: the ids of runs and journals, equal on every machine. */
import { createHash } from 'node:crypto';

type Canonical =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Canonical[]
  | { readonly [key: string]: Canonical };

/** JSON with keys sorted by UTF-16 units and no blanks (RFC 8785); integers only. @throws RangeError for a fraction */
function canonicalJson(value: Canonical): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} has no canonical form here: integers only`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** Lower-case hex SHA-256 of the canonical JSON in UTF-8. */
export function canonicalSha256(value: Canonical): string {
  return createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
}

function isList(value: object): value is readonly Canonical[] {
  return Array.isArray(value);
}
