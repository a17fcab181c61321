/**
 * The built-in scenario: Sichuan's 21 prefectures and the 天府 data-centre cluster, simulated from public figures. The
 * same seed and dates give the same bytes; nothing here knows the time of day or reads a file.
 */
import { exampleContracts, examplePlants } from '../../schemas/reference/exampleMarket.ts';
import { zoneOf } from '../../schemas/reference/zones.ts';
import { daySpan, monthSpan, periodOf } from './civilTime.ts';
import { coalReadings, stackReadings } from './coalUnit.ts';
import {
  DATA_CENTER_METERS,
  dataCenterCarriers,
  dataCenterPower,
  dataCenterSites,
} from './dataCenterLoad.ts';
import { capacityFeeDocument, contractDocuments, tariffDocuments } from './exampleContracts.ts';
import { plantGeneration } from './plantOutput.ts';
import type { Reading, Scenario } from './scenario.ts';
import { capacityKva, sichuanAssets } from './sichuanAssets.ts';
import { gridExchange, gridGeneration, gridLoad } from './sichuanGrid.ts';
import { simulatedBatches } from './simulatedBatches.ts';
import { ingotQuestion, smelterRecipe } from './smelter.ts';

export interface SichuanOptions {
  readonly seed: number;
  /** First hour of the grid, an instant on a full hour. */
  readonly start: string;
  /** Days of grid and stack readings. */
  readonly days: number;
  /** Settlement month of Asia/Shanghai, `YYYY-MM`: plants, data centres and production. */
  readonly month: string;
}

/** A week in the dry season inside a settlement month whose readings number about 94,000 with the grid's. */
export const DEFAULT_SICHUAN: SichuanOptions = {
  seed: 20260301,
  start: '2026-02-28T16:00:00Z',
  days: 7,
  month: '2026-03',
};

const ZONE = 'CN-SC-5101';

/** @throws Refusal TL_SCENARIO_TIME for a start, number of days or month that cannot be used */
export function sichuanScenario(options: SichuanOptions = DEFAULT_SICHUAN): Scenario {
  const { seed, start, days, month } = options;
  const grid = daySpan(start, days);
  const settled = monthSpan(month);
  const since = periodOf({ startMs: Math.min(grid.startMs, settled.startMs), endMs: settled.endMs }).start;

  const topics: Readonly<Record<string, () => Iterable<Reading>>> = {
    'registry.assets': () => sichuanAssets(since),
    'market.contracts': () => marketDocuments(),
    'grid.generation': () => gridGeneration(seed, grid),
    'grid.exchange': () => gridExchange(seed, grid),
    'grid.load': () => gridLoad(seed, grid),
    'plant.generation': () => plantGeneration(seed, examplePlants, settled),
    'datacenter.power': () => dataCenterPower(seed, settled),
    'emissions.cems': () => stackReadings(seed, grid),
    'energy.carriers': () => carriers(),
    'production.activity': () => simulatedBatches(seed, smelterRecipe, settled),
  };
  function* marketDocuments(): Generator<Reading> {
    yield* contractDocuments(exampleContracts, settled);
    yield* tariffDocuments(settled);
    for (const site of dataCenterSites) {
      yield capacityFeeDocument(site.id, capacityKva(site.itPowerKw), settled);
    }
  }
  function* carriers(): Generator<Reading> {
    yield* dataCenterCarriers(seed, settled);
    yield* coalReadings(seed, grid);
  }

  const site = dataCenterSites[0]!;
  return {
    name: `sichuan-${month}-seed-${seed}`,
    origin: 'simulated',
    topics: Object.keys(topics),
    readings: (topic) => topics[topic]?.() ?? [],
    answers: {
      zone: {
        id: ZONE,
        name: zoneOf(ZONE)!.nameZh,
        period: periodOf(grid),
        stepS: 3600,
        factorSet: 'electricitymaps-b354f28-direct',
        quality: 'simulated',
      },
      product: ingotQuestion(settled),
      dataCenter: {
        id: site.id,
        name: site.nameZh,
        month,
        period: periodOf(settled),
        useMeters: [DATA_CENTER_METERS[0].meter],
        quality: 'simulated',
      },
    },
    notes: [
      '全部读数为模拟值，由公开装机与假设的逐月、逐时形态生成。All readings are simulated from public capacities and assumed patterns.',
      `随机种子 ${seed}：同一种子与日期给出相同的数据。The same seed and dates give the same readings.`,
      '背景数据为小型示例，不是数据库。The background is a small example, not a database.',
      '合同、电价和输出为示例假设。Contracts, prices and outputs are assumed examples.',
    ],
  };
}
