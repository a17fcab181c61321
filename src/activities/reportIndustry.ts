/** Energy of the industrial sites of an area: their carriers, and electricity as their production states it. */
import type { FigureOrigin } from '../../schemas/documents/report.ts';
import type { CarrierAmount } from '../emissions/energyBalance.ts';
import type { Store } from '../store/port.ts';
import { annualFactorOf } from './computeFacilityDay.ts';
import { dayOf } from './facilityCalendar.ts';
import { readCarriers } from './facilityInputs.ts';
import { liesIn, type ReportScope } from './reportFacilities.ts';

export interface IndustryPart {
  readonly sites: readonly string[];
  readonly amounts: readonly CarrierAmount[];
  readonly origin: FigureOrigin;
  /** Readings that begin in the period and end after it. */
  readonly crossing: number;
}

export async function industryPart(store: Store, scope: ReportScope): Promise<IndustryPart> {
  const rows = await store.query<{ id: string; zone: string }>(
    `SELECT id, JSONExtractString(document, 'zone') AS zone FROM registry_assets_current
     WHERE kind = 'facility' AND JSONExtractString(document, 'type') IN ('factory', 'other') AND valid_from < fromUnixTimestamp64Milli({to:Int64})
       AND (valid_to IS NULL OR valid_to > fromUnixTimestamp64Milli({from:Int64}))
     ORDER BY id, valid_from DESC LIMIT 1 BY id`,
    { from: scope.startMs, to: scope.endMs },
  );
  const sites = rows.filter(({ zone }) => liesIn(zone, scope.area)).map(({ id }) => id);
  const zones = new Map(rows.map(({ id, zone }) => [id, zone]));
  const carriers = await readCarriers(store, sites, scope.startMs, scope.endMs);
  const qualities = new Set<string>();
  const amounts: CarrierAmount[] = [];
  let crossing = 0;
  for (const reading of [...carriers.values()].flat()) {
    if (reading.startMs < scope.startMs || reading.endMs > scope.endMs) {
      crossing++;
      continue;
    }
    qualities.add(reading.quality);
    const { carrier, unit, quantity, startMs } = reading;
    amounts.push({
      carrier,
      unit: unit as CarrierAmount['unit'],
      day: dayOf(startMs),
      quantity,
      direction: 'in',
      declared: reading.quality === 'manual',
    });
  }
  for (const { site, kwh, quality, startMs } of await electricityOf(store, sites, scope)) {
    qualities.add(quality);
    const factor = annualFactorOf(zones.get(site)!, dayOf(scope.endMs - 1));
    amounts.push({
      carrier: 'electricity',
      unit: 'kWh',
      day: dayOf(Number(startMs)),
      quantity: kwh,
      direction: 'in',
      declared: quality === 'manual',
      ...(factor && { co2TPerUnit: factor.kgPerKwh / 1_000 }),
    });
  }
  return { sites, amounts, crossing, origin: originOf(qualities) };
}

/** Inputs named `electricity` of production that lies in the period. */
async function electricityOf(store: Store, sites: readonly string[], { startMs, endMs }: ReportScope) {
  return store.query<{ site: string; kwh: number; quality: string; startMs: string }>(
    `SELECT site, quality, toString(toUnixTimestamp64Milli(p.start)) AS startMs,
       arraySum((item, amount, unit) -> if(item = 'electricity', amount * transform(unit, ['kWh', 'MWh'], [1., 1000.], 0.), 0.), inputs.item, inputs.quantity, inputs.unit) AS kwh
     FROM (SELECT * FROM production_activity WHERE site IN {sites:Array(String)}
             AND start >= fromUnixTimestamp64Milli({from:Int64}) AND start < fromUnixTimestamp64Milli({to:Int64})
           ORDER BY source, site, product, batch, start, revision DESC, known_at, _partition, _offset, _row LIMIT 1 BY source, site, product, batch, start) AS p
     WHERE has(inputs.item, 'electricity') AND p.start + toIntervalSecond(duration_s) <= fromUnixTimestamp64Milli({to:Int64})
     ORDER BY site, p.start`,
    { sites: [...sites], from: startMs, to: endMs },
  );
}

function originOf(qualities: ReadonlySet<string>): FigureOrigin {
  if (qualities.size === 0) return 'none';
  if (qualities.has('simulated')) return qualities.size === 1 ? 'simulated' : 'mixed';
  const plain = [...qualities].every((quality) => quality === 'measured');
  if (plain) return 'measured';
  return [...qualities].every((quality) => quality === 'manual') ? 'declared' : 'estimated';
}
