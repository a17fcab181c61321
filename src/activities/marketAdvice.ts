/** Beside the settlement: faults of the market's registry, and what the rule left on the table. Nothing is written. */
import type { Locality } from '../../schemas/reference/locality.ts';
import { type LeftOnTable, leftOnTable } from '../settlement/leftOnTable.ts';
import { type RegistryAsset, type RegistryFault, registryFaults } from '../settlement/marketRegistry.ts';
import type { Store } from '../store/port.ts';
import { type MarketMonth, readDocuments, readMarket, spanOf } from './readMarketMonth.ts';

/** Every fault of the documents with a day in the month. @throws Refusal E_PERIOD */
export async function marketFaults(store: Store, period: string): Promise<RegistryFault[]> {
  const documents = await readDocuments(store, spanOf(period));
  const rows = await store.query<{ kind: string; id: string; document: string }>(
    "SELECT kind, id, document FROM registry_assets_current WHERE kind IN ('party', 'plant', 'facility', 'meter')",
  );
  const assets = rows.map(({ kind, id, document }): RegistryAsset => {
    const { role, facility, purpose } = JSON.parse(document) as Partial<RegistryAsset>;
    return { kind, id, role, facility, purpose };
  });
  return registryFaults(documents, assets);
}

/** Both engines over one month, side by side for each data centre. @throws Refusal with the codes of both */
export async function monthAdvice(store: Store, month: MarketMonth): Promise<LeftOnTable[]> {
  const market = await readMarket(store, month, spanOf(month.period));
  const places = await localities(store);
  return leftOnTable(market, (point) => places.get(point));
}

/** Parks and the county, city and province of the GB/T 2260 code. */
async function localities(store: Store): Promise<Map<string, Locality>> {
  const rows = await store.query<{ id: string; document: string }>(
    "SELECT id, document FROM registry_assets_current WHERE kind IN ('plant', 'facility')",
  );
  return new Map(
    rows.map(({ id, document }) => {
      const { park, divisionCode: code } = JSON.parse(document) as {
        park?: string | null;
        divisionCode?: string | null;
      };
      const part = (digits: number) => (code == null ? null : code.slice(0, digits));
      return [id, { park: park ?? null, county: part(6), city: part(4), province: part(2) }];
    }),
  );
}
