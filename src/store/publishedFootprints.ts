/** Published footprints in the store: immutable documents, who may see them, and what replaced them. */
import { type PublishedFootprint, publishedFootprint } from '../../schemas/documents/publishedFootprint.ts';
import type { Store } from './port.ts';

/** A footprint that a company may see, in the state of an instant. */
export interface SharedFootprint {
  readonly published: PublishedFootprint;
  readonly status: 'Active' | 'Deprecated';
  readonly deprecated?: { readonly at: string; readonly reason: string };
}

/** What a company may know of an id: `unknown` for a stranger too, so that it learns nothing. */
export type Visibility = 'visible' | 'withdrawn' | 'unknown';

export interface NewPublication {
  readonly published: PublishedFootprint;
  readonly sha256: string;
  readonly sharedWith: readonly string[];
  readonly at: string;
}

/** URNs are compared without regard to case. */
export const companyKey = (urn: string): string => urn.trim().toLowerCase();

const instant = (name: string) => `parseDateTime64BestEffort({${name}:String}, 3, 'UTC')`;
const iso = (column: string) => `formatDateTime(${column}, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')`;
const LAST_GRANTS = `SELECT footprint, argMax(granted, at) AS granted FROM footprint_grants
  WHERE company = {company:String} AND at <= ${instant('asOf')} GROUP BY footprint`;

/** The document first: nobody sees it before it is granted. Repeating it changes nothing. */
export async function insertPublication(
  store: Store,
  { published, sha256, sharedWith, at }: NewPublication,
): Promise<void> {
  const { id, holder, created, details } = published;
  await store.insertRows(
    'published_footprints',
    [{ id, holder, created, sha256, document: JSON.stringify(published) }],
    `published:${id}`,
  );
  await grantFootprint(store, id, sharedWith, true, at);
  for (const before of details.precedingIds)
    await deprecateFootprint(store, before, { successor: id, reason: `replaced by ${id}`, at });
}

export async function grantFootprint(
  store: Store,
  footprint: string,
  companies: readonly string[],
  granted: boolean,
  at: string,
): Promise<void> {
  const rows = companies.map((company) => ({ footprint, company: companyKey(company), granted, at }));
  await store.insertRows('footprint_grants', rows, `grant:${footprint}:${granted}:${at}`);
}

export async function deprecateFootprint(
  store: Store,
  footprint: string,
  { successor, reason, at }: { successor: string; reason: string; at: string },
): Promise<void> {
  await store.insertRows(
    'footprint_deprecations',
    [{ footprint, successor, reason, at }],
    `deprecate:${footprint}:${successor}`,
  );
}

/** A stored document, whoever may see it. */
export async function readPublication(store: Store, id: string): Promise<PublishedFootprint | undefined> {
  const [row] = await store.query<{ document: string }>(
    'SELECT document FROM published_footprints WHERE id = {id:String} LIMIT 1',
    { id },
  );
  return row && publishedFootprint.parse(JSON.parse(row.document));
}

/** Documents never change, so those that were read are kept; the oldest reading goes first. */
const MOST_KEPT = 20_000;

export interface FootprintShelf {
  /** What a company may see as of an instant, by time of publication and id. */
  shared(company: string, asOf: string): Promise<SharedFootprint[]>;
  find(company: string, id: string, asOf: string): Promise<SharedFootprint | undefined>;
  visibility(company: string, id: string, asOf: string): Promise<Visibility>;
}

export function footprintShelf(store: Store): FootprintShelf {
  const documents = new Map<string, PublishedFootprint>();
  const load = async (ids: readonly string[]) => {
    const missing = ids.filter((id) => !documents.has(id));
    for (let at = 0; at < missing.length; at += 500) {
      const rows = await store.query<{ id: string; document: string }>(
        'SELECT id, document FROM published_footprints WHERE id IN {ids:Array(String)}',
        { ids: missing.slice(at, at + 500) },
      );
      for (const { id, document } of rows) documents.set(id, publishedFootprint.parse(JSON.parse(document)));
    }
  };
  const states = async (company: string, asOf: string, id?: string): Promise<SharedFootprint[]> => {
    const rows = await store.query<{ id: string; reason: string; deprecatedAt: string; deprecated: number }>(
      `SELECT p.id AS id, d.why AS reason, ${iso('d.since')} AS deprecatedAt, d.times > 0 AS deprecated
       FROM (SELECT id, min(created) AS published FROM published_footprints
             WHERE created <= ${instant('asOf')} ${id === undefined ? '' : 'AND id = {id:String}'} GROUP BY id) AS p
       INNER JOIN (${LAST_GRANTS}) AS g ON g.footprint = p.id
       LEFT JOIN (SELECT footprint, argMin(reason, at) AS why, min(at) AS since, count() AS times
                  FROM footprint_deprecations WHERE at <= ${instant('asOf')} GROUP BY footprint) AS d ON d.footprint = p.id
       WHERE g.granted ORDER BY p.published, p.id`,
      { company: companyKey(company), asOf, ...(id !== undefined && { id }) },
    );
    await load(rows.map((row) => row.id));
    const found = rows.flatMap((row): SharedFootprint[] => {
      const published = documents.get(row.id);
      if (!published) return [];
      if (!row.deprecated) return [{ published, status: 'Active' }];
      const deprecated = { at: row.deprecatedAt, reason: row.reason };
      return [{ published, status: 'Deprecated', deprecated }];
    });
    for (const oldest of documents.keys()) {
      if (documents.size <= MOST_KEPT) break;
      documents.delete(oldest);
    }
    return found;
  };
  return {
    shared: (company, asOf) => states(company, asOf),
    find: async (company, id, asOf) => (await states(company, asOf, id))[0],
    async visibility(company, id, asOf) {
      const rows = await store.query<{ granted: boolean }>(
        `SELECT granted FROM (${LAST_GRANTS}) AS g WHERE footprint = {id:String}`,
        { company: companyKey(company), id, asOf },
      );
      if (rows.length === 0) return 'unknown';
      return rows[0]!.granted ? 'visible' : 'withdrawn';
    },
  };
}
