/** Simulated power of the data centres of the 天府 cluster: incomer, UPS output and cooling, with diesel and water. */
import { exampleDataCenter as figures } from '../../schemas/reference/exampleMarket.ts';
import { tianfuCluster } from '../../schemas/reference/sichuanPower.ts';
import { civilTime, DAY_MS, instantText, QUARTER_MS, type Span, steps } from './civilTime.ts';
import { noise } from './random.ts';
import type { Reading } from './scenario.ts';

export interface DataCenterSite {
  readonly id: string;
  readonly nameZh: string;
  readonly divisionCode: string;
  readonly itPowerKw: number;
}
export const dataCenterSites: readonly DataCenterSite[] = tianfuCluster.sites;

/** The meter tree of every site: the incomer feeds the UPS and the cooling; what is left is lighting and losses. */
export const DATA_CENTER_METERS = [
  {
    meter: 'm-incomer',
    node: 'facility',
    nodeClass: 'facility',
    side: 'in',
    purpose: 'total',
    parent: undefined,
  },
  { meter: 'm-ups', node: 'ups', nodeClass: 'ups', side: 'out', purpose: 'it', parent: 'facility' },
  {
    meter: 'm-cooling',
    node: 'cooling',
    nodeClass: 'cooling',
    side: 'in',
    purpose: 'cooling',
    parent: 'facility',
  },
] as const;

const simulated = { quality: 'simulated', revision: 0 } as const;

interface QuarterHour {
  readonly itWh: number;
  readonly coolingWh: number;
  readonly totalWh: number;
}

/** `datacenter.power`: three meters a site and quarter hour. */
export function* dataCenterPower(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, QUARTER_MS)) {
    const start = instantText(startMs);
    for (const site of dataCenterSites) {
      const { itWh, coolingWh, totalWh } = quarterHour(seed, site, startMs);
      const energies = [totalWh, itWh, coolingWh];
      for (const [at, { meter, node, side }] of DATA_CENTER_METERS.entries()) {
        const energyWh = energies[at]!;
        yield { facility: site.id, meter, node, side, start, durationS: 900, energyWh, ...simulated };
      }
    }
  }
}

function quarterHour(seed: number, site: DataCenterSite, startMs: number): QuarterHour {
  const { month, hour } = civilTime(startMs);
  const position = Math.floor(startMs / QUARTER_MS);
  const work = Math.sin((Math.PI * (hour - 9)) / 12) * figures.itSwing;
  const use = figures.itUse + work + 0.02 * noise(seed, site.id, position, 12);
  const itWh = Math.round(site.itPowerKw * 1000 * use * 0.25);
  const swing = figures.temperatureSwingC * Math.sin((Math.PI * (hour - 9)) / 12);
  const temperatureC = figures.temperatureC[month]! + swing + 2 * noise(seed, 'weather', position, 96);
  const warm = Math.max(0, temperatureC - 8) * figures.coolingSharePerDegree;
  const coolingWh = Math.round(itWh * (figures.coolingShare + warm));
  const totalWh = Math.round(itWh / figures.upsEfficiency + coolingWh + itWh * figures.otherShare);
  return { itWh, coolingWh, totalWh };
}

/** `energy.carriers` of the sites: water by the day, and diesel of the weekly generator test (on Sundays). */
export function* dataCenterCarriers(seed: number, span: Span): Generator<Reading> {
  for (const startMs of steps(span, DAY_MS)) {
    const day = { start: instantText(startMs), durationS: 86_400, ...simulated };
    for (const site of dataCenterSites) {
      let itWh = 0;
      for (const at of steps({ startMs, endMs: startMs + DAY_MS }, QUARTER_MS)) {
        itWh += quarterHour(seed, site, at).itWh;
      }
      const waterM3 = tenth((itWh / 1000) * figures.waterLPerKwhIt * 0.001);
      yield { site: site.id, carrier: 'water', meter: 'm-water', ...day, quantity: waterM3, unit: 'm3' };
      if (civilTime(startMs).weekday !== 0) continue;
      const share = 1 + 0.1 * noise(seed, `diesel ${site.id}`, startMs / DAY_MS, 1);
      const dieselL = tenth(figures.dieselTestLPerWeek * share);
      yield { site: site.id, carrier: 'diesel', meter: 'm-diesel', ...day, quantity: dieselL, unit: 'L' };
    }
  }
}

const tenth = (value: number) => Math.round(value * 10) / 10;
