/** Installed capacity of zones as registered: what production by mode is judged by. */
import type { Store } from '../store/port.ts';
import type { ModelRules } from './gridModel.ts';
import { compare } from './gridSeries.ts';

type Installed = NonNullable<ModelRules['installed']>;

/** `installedHydroMw` of a zone's document is its capacity of `hydro`. */
const FIELD = /^installed([A-Z][a-z]+)Mw$/;

/** Installed capacities in force at the start of each of the given hours, sorted by zone and fuel. */
export async function readInstalled(store: Store, hoursMs: readonly number[]): Promise<Installed[]> {
  const rows = await store.query<{ id: string; fromMs: string; toMs: string | null; document: string }>(
    `SELECT id, toString(toUnixTimestamp64Milli(valid_from)) AS fromMs, if(valid_to IS NULL, NULL, toString(toUnixTimestamp64Milli(assumeNotNull(valid_to)))) AS toMs, document
     FROM registry_assets_current WHERE kind = 'zone' AND position(document, 'installed') > 0 AND valid_from <= fromUnixTimestamp64Milli({last:Int64})
     ORDER BY id, valid_from`,
    { last: Math.max(...hoursMs) },
  );
  const documents = rows.map(({ id, fromMs, toMs, document }) => ({
    id,
    fromMs: Number(fromMs),
    toMs: toMs === null ? Number.POSITIVE_INFINITY : Number(toMs),
    capacities: capacitiesOf(document),
  }));
  return hoursMs.map((hourMs) => {
    const found = new Map<string, readonly [string, string, number]>();
    // Of documents that overlap the one that came into force last counts.
    for (const { id, fromMs, toMs, capacities } of documents) {
      if (fromMs > hourMs || toMs <= hourMs) continue;
      for (const [fuel, capacityMw] of capacities) found.set(`${id}\t${fuel}`, [id, fuel, capacityMw]);
    }
    return [...found.keys()].sort(compare).map((key) => found.get(key)!);
  });
}

function capacitiesOf(document: string): [fuel: string, capacityMw: number][] {
  return Object.entries(JSON.parse(document) as Record<string, unknown>).flatMap(([name, value]) => {
    const fuel = FIELD.exec(name)?.[1]?.toLowerCase();
    return fuel !== undefined && typeof value === 'number' ? [[fuel, value] as [string, number]] : [];
  });
}
