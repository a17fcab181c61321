/** The main job: start the pipeline, send a scenario through it, and let the workflows compute the answers. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_FAMILIES } from '../activities/gridHour.ts';
import type { Config } from '../runtime/config.ts';
import { Fault } from '../runtime/errors.ts';
import { type Pipeline, startPipeline } from '../runtime/pipeline.ts';
import { storeDir } from '../runtime/services.ts';
import { realScenario } from '../scenario/realData.ts';
import { sichuanScenario } from '../scenario/sichuan.ts';
import { findStoreOwner } from '../store/storeOwner.ts';
import { type DemoAnswers, gatherAnswers } from './answers.ts';
import { produceScenario, waitForArrival } from './produceScenario.ts';

export interface DemoOptions {
  readonly config: Config;
  /** Folder with real data. */
  readonly data: string | undefined;
  /** Whether the API is served over what the demo has computed. */
  readonly serve: boolean;
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Market under which the demo settles. */
const MARKET = 'SC';

/** Runs it once in a home of its own, which starts empty; the pipeline is left running. */
export async function runDemo({
  config,
  data,
  serve,
  progress,
  signal,
}: DemoOptions): Promise<{ pipeline: Pipeline; answers: DemoAnswers }> {
  const scenario = data === undefined ? sichuanScenario() : await realScenario(data);
  progress(`scenario ${scenario.name} (${scenario.origin})`);
  const { zone, product, dataCenter } = scenario.answers;
  const home = await emptyHome(config);
  const pipeline = await startPipeline({
    config: { ...config, home },
    progress,
    // The scenario's own set answers here; the usual families are what clients of the API ask for.
    families: [{ name: zone.factorSet, factorSet: zone.factorSet }, ...DEFAULT_FAMILIES],
    backgroundHome: config.home,
    schedules: false,
    api: serve,
    signal,
  });
  try {
    const { store, log } = pipeline.stack;
    const flow = {
      log,
      store,
      topicPrefix: config.topics.prefix,
      scenario,
      progress,
      clock: () => new Date(),
      signal,
    };
    const sent = await produceScenario(flow);
    const readings = await waitForArrival(flow, sent);
    progress('all readings stand in ClickHouse; the engines compute');
    const { quality: _, ...question } = product;
    const done =
      <T>(what: string) =>
      (result: T): T => {
        progress(what);
        return result;
      };
    const { control } = pipeline;
    const [, footprint, settlement] = await Promise.all([
      control
        .backfill({ kind: 'grid_window', from: zone.period.start, to: zone.period.end })
        .then(done('grid intensities traced')),
      control.productFootprint({ question }).then(done('product footprint computed')),
      control
        .settleMonth({
          market: MARKET,
          period: dataCenter.month,
          useMeters: { [dataCenter.id]: [...dataCenter.useMeters] },
        })
        .then(done('month settled')),
    ]);
    // Their carbon stands on the traced hours.
    await Promise.all([
      control
        .closeFacilities()
        .then(({ computed }) => progress(`data centres: ${computed} days and months computed`)),
      control
        .closeEmissions()
        .then(({ computed }) => progress(`stacks and sites: ${computed} days and months computed`)),
    ]);
    return { pipeline, answers: await gatherAnswers(store, scenario, { readings, footprint, settlement }) };
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
}

/** `<home>/demo`, emptied: a scenario counts once. Refused while another demo runs there. */
async function emptyHome(config: Config): Promise<string> {
  const home = join(config.home, 'demo');
  const owner = await findStoreOwner(storeDir({ ...config, home }));
  if (owner)
    throw new Fault('TL_STORE_BUSY', `a demo runs already, process ${owner.process.pid}`, {
      remedy: 'end it, or give another TANLIU_HOME',
    });
  await rm(home, { recursive: true, force: true });
  return home;
}
