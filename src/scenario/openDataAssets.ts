/** `registry.assets` of the open-data scenario: zones of the file, the hosts' meters, the stacks that sent packets. */

import { exampleTerms } from '../../schemas/reference/exampleMarket.ts';
import { biohpcHosts, exampleMicroPlants, rackProfile } from '../../schemas/reference/openDataSites.ts';
import { hostMeter } from './biohpc.ts';
import { PLANT_METER } from './plantOutput.ts';
import type { Reading } from './scenario.ts';

export interface OpenDataAssets {
  readonly validFrom: string;
  readonly zones: readonly string[];
  readonly stackReadings: readonly Reading[];
}

/** Documents of measured things are `manual` (typed in by hand), of invented ones `simulated`. */
export function* openDataAssets({ validFrom, zones, stackReadings }: OpenDataAssets): Generator<Reading> {
  const known = (kind: string, id: string) => ({ kind, id, validFrom, quality: 'manual', revision: 0 });
  const invented = (kind: string, id: string) => ({ ...known(kind, id), quality: 'simulated' });
  for (const zone of zones) yield { ...known('zone', zone), name: `EIA-930 ${zone}` };

  const { facility, nameEn: name, zone } = biohpcHosts;
  yield { ...known('facility', facility), name, zone, type: 'datacenter', capacityKva: 1 };
  for (const host of biohpcHosts.hosts) {
    yield {
      ...known('meter', `${facility}/${hostMeter(host)}`),
      ...{ facility, node: `rack/${host}`, nodeClass: 'rack', side: 'in', role: 'primary', purpose: 'it' },
    };
  }
  const stacks = new Map(stackReadings.map(({ device, stack, site }) => [String(device), { stack, site }]));
  for (const [device, { stack, site }] of stacks) {
    yield { ...known('stack', String(stack)), name: `stack of ${device}`, site };
    yield { ...known('device', device), stack, dialect: '2017', trailer: 'strict' };
  }

  yield { ...invented('party', exampleTerms.aggregator), name: '示例聚合商', role: 'aggregator' };
  for (const { id, nameZh, zone: plantZone, divisionCode, fuel, capacityMw } of exampleMicroPlants) {
    yield { ...invented('plant', id), name: nameZh, zone: plantZone, divisionCode, fuel, capacityMw };
    yield {
      ...invented('meter', `${id}/${PLANT_METER}`),
      ...{ facility: id, node: 'feed-in', side: 'out', role: 'primary', purpose: 'total' },
    };
  }
  yield { ...invented('facility', rackProfile.site), name: rackProfile.nameEn, zone, type: 'factory' };
}
