/** Stack and workers together: what `tanliu up`, the roles and the demo run. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { STREAMS } from '../../schemas/streams/index.ts';
import type { ActivityDependencies } from '../activities/createActivities.ts';
import type { GridFamily } from '../activities/gridModel.ts';
import { startApi } from '../api/startApi.ts';
import type { RunningExchange } from '../exchange/startExchange.ts';
import { DecodePool } from '../ingest/decodePool.ts';
import type { Log } from '../log/port.ts';
import { migrate } from '../store/migrations.ts';
import type { Store } from '../store/port.ts';
import type { Config, TemporalConnection } from './config.ts';
import { Fault } from './errors.ts';
import type { Progress } from './localServers/install.ts';
import { findRunningServers } from './localServers/startLocalServers.ts';
import { openLog, openStore } from './services.ts';
import { type Running, stopAll } from './shutdown.ts';
import { type Stack, startStack } from './stack.ts';
import { type Control, connectControl } from './temporal/requests.ts';
import { ensureIngest, ensureSchedules } from './temporal/startControl.ts';
import { startWorkers, taskQueueOf } from './temporal/startWorkers.ts';
import { checkTopics } from './topics.ts';

export type Role = 'ingest' | 'worker';

export interface PipelineOptions {
  readonly config: Config;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Factor families of the grid's results; the default set where absent. */
  readonly families?: readonly GridFamily[];
  /** Where background versions are kept; the home where absent. */
  readonly backgroundHome?: string;
  /** Whether windows close and audits run by themselves. */
  readonly schedules?: boolean;
  /** Whether the API is served as well. */
  readonly api?: boolean;
}

export interface Pipeline extends Running {
  readonly stack: Stack;
  readonly control: Control;
  /** Address of the API, where it is served. */
  readonly apiUrl?: string;
}

/** Starts servers, store, topics, workers, the ingest of every topic and the schedules. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { config, progress, signal, families, backgroundHome = config.home, schedules = true } = options;
  const stack = await startStack(config, progress, signal);
  const undo: (() => Promise<void>)[] = [() => stack.stop()];
  const stop = () => stopAll(undo);
  try {
    signal.throwIfAborted();
    const { store, log, temporal } = stack;
    const workers = await startRoles(
      { config, store, log, temporal, backgroundHome, ...(families && { families }) },
      ['ingest', 'worker'],
    );
    undo.push(() => workers.stop());
    const control = await connectControl(temporal, config.topics.prefix);
    undo.push(() => control.close());
    await ensureIngest(control.client, {
      topics: STREAMS.map(({ topic }) => topic),
      topicPrefix: config.topics.prefix,
    });
    if (schedules) await ensureSchedules(control.client, { topicPrefix: config.topics.prefix });
    progress('ingest and workers run');
    const fault = Promise.race([workers.fault, stack.fault]);
    fault.catch(() => undefined);
    if (config.hj212) {
      const { runGateway } = await import('../gateway/runGateway.ts');
      const gateway = await runGateway({ config, store, log, progress });
      // Last in, first out: what it has taken still reaches the log.
      undo.push(() => gateway.stop());
    }
    const exchange = await startExchangeOf(config, store, progress);
    if (exchange) undo.push(() => exchange.stop());
    if (!options.api) return { stack, control, fault, stop };
    const api = await startApi(config, store);
    undo.push(() => api.stop());
    return { stack, control, apiUrl: api.url, fault, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One role against servers that exist; what was opened is closed again where it cannot start. */
export async function startRole(
  config: Config,
  role: Role,
  { progress, signal }: Pick<PipelineOptions, 'progress' | 'signal'>,
): Promise<Running> {
  const { temporal } = await findRunningServers(config);
  if (!temporal)
    throw new Fault('TL_SERVER_LOST', 'no Temporal server is known', {
      remedy: 'set TEMPORAL_ADDRESS, or start the local stack with tanliu up',
    });
  const undo: (() => Promise<void>)[] = [];
  const stop = () => stopAll(undo);
  try {
    const log = await openLog(config);
    if (role === 'ingest') await checkGivenTopics(log, config, progress);
    const store = await openStore(config);
    undo.push(() => store.close());
    const applied = await migrate(store);
    if (applied.length > 0) progress(`${applied.length} migration(s) applied`);
    signal.throwIfAborted();
    const workers = await startRoles({ config, store, log, temporal, backgroundHome: config.home }, [role]);
    undo.push(() => workers.stop());
    const control = await connectControl(temporal, config.topics.prefix);
    undo.push(() => control.close());
    if (role === 'ingest')
      await ensureIngest(control.client, {
        topics: STREAMS.map(({ topic }) => topic),
        topicPrefix: config.topics.prefix,
      });
    else await ensureSchedules(control.client, { topicPrefix: config.topics.prefix });
    return { fault: workers.fault, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The HJ 212 gateway alone, against servers that exist. */
export async function startGatewayRole(
  config: Config,
  { progress, signal }: Pick<PipelineOptions, 'progress' | 'signal'>,
): Promise<Running> {
  const log = await openLog(config);
  const store = await openStore(config);
  try {
    await migrate(store);
    signal.throwIfAborted();
    const { runGateway } = await import('../gateway/runGateway.ts');
    const gateway = await runGateway({ config, store, log, progress });
    return {
      fault: gateway.fault,
      async stop() {
        await gateway.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The API alone on the given store, or on the one that `tanliu up` holds. */
export async function startApiRole(
  config: Config,
  { progress, signal }: Pick<PipelineOptions, 'progress' | 'signal'>,
): Promise<Running & { readonly apiUrl: string }> {
  const store = await openStore(config);
  try {
    const applied = await migrate(store);
    if (applied.length > 0) progress(`${applied.length} migration(s) applied`);
    signal.throwIfAborted();
    const api = await startApi(config, store);
    const exchange = await startExchangeOf(config, store, progress).catch(async (error: unknown) => {
      await api.stop();
      throw error;
    });
    const stop = async () => {
      await exchange?.stop();
      await api.stop();
      await store.close();
    };
    // It has nothing of its own that could end: the store’s faults are answers.
    return { apiUrl: api.url, fault: new Promise<never>(() => undefined), stop };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A role makes no topics, since its user may have no right to; it says what is wrong with those that are there. */
async function checkGivenTopics(log: Log, config: Config, progress: Progress): Promise<void> {
  const admin = await log.admin();
  try {
    const checks = await checkTopics(admin, config.topics, false);
    const missing = checks.filter(({ settings }) => settings === undefined);
    if (missing.length > 0)
      throw new Fault('TL_TOPIC_CONFIG', `no topic ${missing.map(({ topic }) => topic).join(', ')}`, {
        remedy: 'tanliu topics --create, with the same KAFKA_TOPIC_PREFIX',
      });
    for (const { topic, faults } of checks) for (const fault of faults) progress(`topic ${topic}: ${fault}`);
  } finally {
    await admin.close();
  }
}

/** The exchange of footprints, where it is configured. */
async function startExchangeOf(
  config: Config,
  store: Store,
  progress: Progress,
): Promise<RunningExchange | undefined> {
  if (!config.exchange) return undefined;
  const { startExchange } = await import('../exchange/startExchange.ts');
  const exchange = await startExchange({
    store,
    home: config.home,
    settings: config.exchange,
    logLevel: config.log.level,
    requestsPerMinute: config.api.requestsPerMinute,
    report: progress,
  });
  progress(`partners exchange footprints at ${exchange.url} (PACT 3.0 and 2.3)`);
  if (exchange.certificatePath !== undefined)
    progress(`  its certificate was made here; partners trust it by ${exchange.certificatePath}`);
  return exchange;
}

interface RoleContext {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly temporal: TemporalConnection;
  readonly backgroundHome: string;
  readonly families?: readonly GridFamily[];
}

async function startRoles(
  { config, store, log, temporal, backgroundHome, families }: RoleContext,
  roles: readonly Role[],
): Promise<Running> {
  const pool = roles.includes('ingest') ? new DecodePool(Math.max(1, availableParallelism() - 1)) : undefined;
  const deps: ActivityDependencies = {
    store,
    log,
    group: config.consumerGroup,
    topicPrefix: config.topics.prefix,
    contracts: STREAMS,
    home: backgroundHome,
    ...(config.issuer.domain !== undefined && {
      issuer: {
        folder: join(config.home, 'identity'),
        domain: config.issuer.domain,
        name: config.issuer.name ?? config.issuer.domain,
      },
    }),
    clock: Date.now,
    ...(pool && { pool }),
    ...(families && { families }),
    ...(config.gridSources && { gridSources: config.gridSources }),
  };
  const workers = await startWorkers({
    connection: temporal,
    deps,
    taskQueue: taskQueueOf(config.topics.prefix),
    roles: { ingest: roles.includes('ingest'), control: roles.includes('worker') },
  });
  const fault = workers.ended.then((): never => {
    throw new Fault('TL_WORKFLOW', 'the workers have ended');
  });
  fault.catch(() => undefined);
  return {
    fault,
    stop: () => stopAll([async () => pool?.close(), () => workers.shutdown()]),
  };
}
