/**
 * The scenario on real input: EIA-930 hours, HJ 212 packets, metered GPU hosts and the USLCI background, with what no
 * public data gives (production, plants, contracts) simulated beside it. Each reading's quality says which it is.
 */

import type { InputLink } from '../../schemas/documents/footprintQuestion.ts';
import { DEFAULT_GWP_SET } from '../../schemas/reference/gwp.ts';
import {
  biohpcHosts,
  exampleMicroContracts,
  exampleMicroPlants,
  rackProfile,
} from '../../schemas/reference/openDataSites.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type HostFile, hostMeter, hostReadings, missingHours, readHostFile } from './biohpc.ts';
import { DAY_MS, HOUR_MS, monthSpan, periodOf, type Span } from './civilTime.ts';
import { type Eia930Hours, readEia930 } from './eia930.ts';
import { capacityFeeDocument, contractDocuments, tariffDocuments } from './exampleContracts.ts';
import { type PacketReadings, readHj212Packets } from './hj212Packets.ts';
import { type OpenData, readOpenData } from './openData.ts';
import { openDataAssets } from './openDataAssets.ts';
import { plantGeneration } from './plantOutput.ts';
import type { ProductQuestion, Reading, Scenario } from './scenario.ts';
import { type Recipe, simulatedBatches, streamUnit } from './simulatedBatches.ts';

export interface RealOptions {
  readonly seed?: number;
  /** Settlement month, `YYYY-MM` of Asia/Shanghai, in which every host has every hour. */
  readonly month?: string;
  /** `reconciled`: the 20 hours with golden intensities. `week`: 168 hours as reported, the first 20 revised by them. */
  readonly grid?: 'reconciled' | 'week';
  /** Zone whose curve is shown. */
  readonly zone?: string;
}

/** The factor set that reproduces the golden intensities (`schemas/reference/fuelFactors.ts`). */
export const GOLDEN_FACTOR_SET = 'gridemissions-2021-eia930';
const WEEK_HOURS = 168;

interface GridReadings {
  readonly generation: readonly Reading[];
  readonly exchange: readonly Reading[];
  readonly load: readonly Reading[];
  readonly zones: readonly string[];
  readonly span: Span;
}

/**
 * Reads the data folder and gives the scenario.
 * @throws Refusal TL_OPEN_DATA_MISSING · TL_OPEN_DATA_COVERAGE · TL_OPEN_DATA_ZONE · of the file that is not as expected
 */
export async function realScenario(dataDir: string, options: RealOptions = {}): Promise<Scenario> {
  const {
    seed = 20250401,
    month = biohpcHosts.month,
    grid = 'reconciled',
    zone = biohpcHosts.zone,
  } = options;
  const settled = monthSpan(month);
  const data = await readOpenData(dataDir, { withReportedGrid: grid === 'week' });
  const gridReadings = readGrid(data);
  if (!gridReadings.zones.includes(zone)) {
    throw new Refusal(`the grid file has no zone ${zone}`, {
      code: 'TL_OPEN_DATA_ZONE',
      place: data.reconciledGrid.name,
      remedy: `one of ${gridReadings.zones.join(', ')}`,
    });
  }
  const packets = readHj212Packets(data.packets.name, data.packets.text);
  const hosts = data.hosts.map(({ host, name, text }) => ({
    host,
    file: completeHost(name, readHostFile(name, text, biohpcHosts.timeZone), settled),
  }));
  const topics = topicsOf({ seed, settled, gridReadings, packets, hosts });
  return {
    name: `open-data-${month}-${grid}`,
    origin: 'mixed',
    topics: Object.keys(topics),
    readings: (topic) => topics[topic]?.() ?? [],
    answers: {
      zone: {
        id: zone,
        name: zone,
        period: periodOf(gridReadings.span),
        stepS: 3600,
        factorSet: GOLDEN_FACTOR_SET,
        quality: 'measured',
      },
      product: profileQuestion(data, settled),
      dataCenter: {
        id: biohpcHosts.facility,
        name: biohpcHosts.nameEn,
        month,
        period: periodOf(settled),
        useMeters: hosts.map(({ host }) => hostMeter(host)),
        quality: 'measured',
      },
    },
    notes: notesOf(gridReadings, packets, grid),
  };
}

interface Parts {
  readonly seed: number;
  readonly settled: Span;
  readonly gridReadings: GridReadings;
  readonly packets: PacketReadings;
  readonly hosts: readonly { readonly host: string; readonly file: HostFile }[];
}

function topicsOf({
  seed,
  settled,
  gridReadings,
  packets,
  hosts,
}: Parts): Record<string, () => Iterable<Reading>> {
  const facility = biohpcHosts.facility;
  return {
    'registry.assets': () =>
      openDataAssets({
        validFrom: periodOf({ startMs: gridReadings.span.startMs - HOUR_MS, endMs: 0 }).start,
        zones: gridReadings.zones,
        stackReadings: packets.readings,
      }),
    'market.contracts': function* () {
      yield* contractDocuments(exampleMicroContracts, settled);
      yield* tariffDocuments(settled);
      yield capacityFeeDocument(facility, 1, settled);
    },
    'grid.generation': () => gridReadings.generation,
    'grid.exchange': () => gridReadings.exchange,
    'grid.load': () => gridReadings.load,
    'plant.generation': () => plantGeneration(seed, exampleMicroPlants, settled),
    'datacenter.power': function* () {
      for (const { host, file } of hosts) yield* hostReadings({ facility, name: host }, file, settled);
    },
    'emissions.cems': () => packets.readings,
    'production.activity': () => simulatedBatches(seed, profileRecipe, settled),
  };
}

/** Reported hours first, as revision 0; the reconciled ones supersede them as revision 1. */
function readGrid({ reconciledGrid, reportedGrid }: OpenData): GridReadings {
  const revision = reportedGrid === undefined ? 0 : 1;
  const reconciled = readEia930(reconciledGrid, { quality: 'measured', revision });
  if (reportedGrid === undefined) return reconciled;
  const reported = readEia930(reportedGrid, { quality: 'measured', revision: 0 });
  const endMs = reported.span.startMs + WEEK_HOURS * HOUR_MS;
  const firstWeek = (topic: 'generation' | 'exchange' | 'load') =>
    [...reported[topic], ...reconciled[topic]].filter((row) => Date.parse(String(row.start)) < endMs);
  return {
    zones: unionOf(reported, reconciled),
    span: { startMs: reported.span.startMs, endMs },
    generation: firstWeek('generation'),
    exchange: firstWeek('exchange'),
    load: firstWeek('load'),
  };
}

const unionOf = (...hours: readonly Eia930Hours[]) => [...new Set(hours.flatMap(({ zones }) => zones))];

/** @throws Refusal TL_OPEN_DATA_COVERAGE where an hour of the month is missing: a month is not settled on guesses */
function completeHost(name: string, file: HostFile, settled: Span): HostFile {
  const missing = missingHours(file, settled);
  if (missing.length === 0) return file;
  throw new Refusal(`${missing.length} hours of the settlement month are missing, first ${missing[0]}`, {
    code: 'TL_OPEN_DATA_COVERAGE',
    place: name,
    remedy: `a month that all hosts cover, e.g. ${biohpcHosts.month}`,
  });
}

const profileInputs = rackProfile.inputs.map(({ item, unit, process, flow, electricity, amount }) => {
  const product = { process, flow };
  const link: InputLink = electricity
    ? { item, unit, kind: 'background_electricity', product }
    : { item, unit: streamUnit(unit), kind: 'background', product, backgroundUnit: unit };
  return [link, amount] as const;
});

const profileRecipe: Recipe = {
  site: rackProfile.site,
  product: rackProfile.product,
  outputUnit: 'kg',
  meanDailyOutput: rackProfile.dailyOutputKg,
  inputs: profileInputs,
};

function profileQuestion({ backgroundPath, flowMapPath }: OpenData, settled: Span): ProductQuestion {
  return {
    id: rackProfile.product,
    site: rackProfile.site,
    name: rackProfile.nameEn,
    period: periodOf(settled),
    declaredUnit: { amount: 1, unit: 'kilogram', massKg: 1 },
    outputUnit: 'kg',
    inputs: profileInputs.map(([link]) => link),
    background: { kind: 'file', name: 'uslci', path: backgroundPath, flowMapPath },
    gwpSet: DEFAULT_GWP_SET,
    quality: 'simulated',
  };
}

function notesOf(grid: GridReadings, packets: PacketReadings, kind: 'reconciled' | 'week'): string[] {
  const days = ((grid.span.endMs - grid.span.startMs) / DAY_MS).toFixed(1);
  return [
    `Grid: EIA-930, ${days} days from ${periodOf(grid.span).start}; hours are labelled by their end and were moved to their start.`,
    kind === 'reconciled'
      ? 'Grid: the 20 hours that gridemissions reconciled to close every balance; its golden intensities belong to them.'
      : 'Grid: reported hours as revision 0, the first 20 superseded by the reconciled ones as revision 1.',
    `HJ 212: ${packets.frames} frames, ${packets.refused} refused by the decoder, ${packets.withoutStackData} without stack data; constructed frames are marked simulated.`,
    'Data centre: metered GPU power of three hosts at Cornell, as if they were one user of the Sichuan market; unit W presumed.',
    'Simulated: production of the rack profile, plants, contracts and prices. 模拟：产品活动、电厂出力、合同与电价。',
    'Background: USLCI (openLCA JSON-LD), linked by the policy of docs/method-footprint.md.',
  ];
}
