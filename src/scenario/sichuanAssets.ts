/** `registry.assets` of the Sichuan scenario: zones, parties, plants, sites, meters, the stack and its device. */
import { exampleCoalUnit, examplePlants, exampleTerms } from '../../schemas/reference/exampleMarket.ts';
import { shaanxiMixPpm } from '../../schemas/reference/sichuanPower.ts';
import { sichuanPrefectures, zoneOf } from '../../schemas/reference/zones.ts';
import { DATA_CENTER_METERS, dataCenterSites } from './dataCenterLoad.ts';
import { PLANT_METER } from './plantOutput.ts';
import type { Reading } from './scenario.ts';
import { capacityMw, IMPORT_ZONE, SCENARIO_FUELS } from './sichuanDispatch.ts';
import { SMELTER_SITE } from './smelter.ts';

/** Connection of a site by its IT power: full load with its overhead and a margin. */
const KVA_PER_IT_KW = 1.5;
export const capacityKva = (itPowerKw: number) => Math.round(itPowerKw * KVA_PER_IT_KW);

/** Every document of the registry, all valid from `validFrom` on. */
export function* sichuanAssets(validFrom: string): Generator<Reading> {
  const head = (kind: string, id: string) => ({ kind, id, validFrom, quality: 'simulated', revision: 0 });
  yield* zoneDocuments(head);
  yield* partyDocuments(head);
  for (const plant of examplePlants) {
    const { id, nameZh: name, zone, divisionCode, fuel, capacityMw } = plant;
    yield { ...head('plant', id), name, zone, divisionCode, fuel, capacityMw, party: 'party/example-power' };
    yield {
      ...head('meter', `${id}/${PLANT_METER}`),
      ...{ facility: id, node: 'feed-in', side: 'out', role: 'primary', purpose: 'total' },
    };
  }
  for (const site of dataCenterSites) yield* dataCenterDocuments(head, site);
  yield* industryDocuments(head);
}

type Head = (kind: string, id: string) => Reading;

function* zoneDocuments(head: Head): Generator<Reading> {
  yield { ...head('zone', 'CN-SC'), name: zoneOf('CN-SC')!.nameZh };
  for (const [at, zone] of sichuanPrefectures.entries()) {
    yield { ...head('zone', zone.id), name: zone.nameZh, parent: 'CN-SC', ...installedIn(at) };
  }
  const share = `${(shaanxiMixPpm.coal / 1e4).toFixed(0)}% 煤电`;
  yield {
    ...head('zone', IMPORT_ZONE),
    name: `${zoneOf(IMPORT_ZONE)!.nameZh}（仅经德宝直流送入的电源，假设 ${share}）`,
  };
}

/** `installedHydroMw` and so on of a prefecture, for the modes that it has. */
function installedIn(prefecture: number): Record<string, number> {
  return Object.fromEntries(
    SCENARIO_FUELS.flatMap((fuel) => {
      const megawatts = capacityMw[fuel][prefecture]!;
      const name = `installed${fuel.charAt(0).toUpperCase()}${fuel.slice(1)}Mw`;
      return megawatts > 0 ? [[name, Math.round(megawatts * 10) / 10]] : [];
    }),
  );
}

function* partyDocuments(head: Head): Generator<Reading> {
  yield { ...head('party', 'party/example-power'), name: '示例发电企业', role: 'generator' };
  yield { ...head('party', 'party/example-cloud'), name: '示例数据中心运营商', role: 'datacenter_operator' };
  yield { ...head('party', exampleTerms.aggregator), name: '示例聚合商', role: 'aggregator' };
  yield { ...head('party', 'party/example-metal'), name: '示例铝业', role: 'manufacturer' };
  yield { ...head('party', 'grid'), name: '电网企业', role: 'grid_company' };
}

function* dataCenterDocuments(head: Head, site: (typeof dataCenterSites)[number]): Generator<Reading> {
  yield {
    ...head('facility', site.id),
    name: site.nameZh,
    zone: 'CN-SC-5101',
    divisionCode: site.divisionCode,
    park: 'tianfu-cluster',
    type: 'datacenter',
    party: 'party/example-cloud',
    capacityKva: capacityKva(site.itPowerKw),
  };
  for (const { meter, node, nodeClass, side, purpose, parent } of DATA_CENTER_METERS) {
    yield {
      ...head('meter', `${site.id}/${meter}`),
      facility: site.id,
      node,
      nodeClass,
      ...(parent === undefined ? {} : { parent }),
      side,
      role: 'primary',
      purpose,
    };
  }
}

function* industryDocuments(head: Head): Generator<Reading> {
  const { site, nameZh, zone, divisionCode, stack, device } = exampleCoalUnit;
  yield {
    ...head('facility', site),
    name: nameZh,
    zone,
    divisionCode,
    type: 'factory',
    party: 'party/example-power',
  };
  yield { ...head('stack', stack), name: '1 号烟囱（模拟）', site };
  yield { ...head('device', device), stack, dialect: '2017', trailer: 'strict' };
  yield {
    ...head('facility', SMELTER_SITE),
    name: '广元示例电解铝厂（模拟）',
    zone: 'CN-SC-5108',
    type: 'factory',
    party: 'party/example-metal',
  };
}
