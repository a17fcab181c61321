/** Brings up the servers a program needs: given ones are used, the others are started locally, both at once. */
import { join } from 'node:path';
import type { Config, KafkaConnection, TemporalConnection } from '../config.ts';
import { Fault } from '../errors.ts';
import { readServerRecord } from './guardedProcess.ts';
import type { Progress } from './install.ts';
import { type LocalKafka, startKafka } from './kafka.ts';
import { isAlive } from './processIdentity.ts';
import { type LocalTemporal, startTemporal } from './temporal.ts';

/** What is to be there when `startLocalServers` returns. */
export interface WantedServers {
  readonly config: Config;
  readonly kafka: boolean;
  readonly temporal: boolean;
  readonly progress: Progress;
  /** Cuts a start short. */
  readonly signal?: AbortSignal | undefined;
}

/** Connections of the wanted servers, given or local; `local` holds those that were started here. */
export interface RunningServers {
  readonly kafka: KafkaConnection | undefined;
  readonly temporal: TemporalConnection | undefined;
  readonly local: { readonly kafka: LocalKafka | undefined; readonly temporal: LocalTemporal | undefined };
  /** Rejects when one that was started here is gone without having been stopped. */
  readonly fault: Promise<never>;
  /** Stops what was started here: Temporal first, then the log it may still be reading. */
  stop(): Promise<void>;
}

/**
 * Starts what is wanted and not given by the configuration. When one does not start, the other is stopped.
 * @throws Fault TL_REQUIREMENT_MISSING, TL_SERVER_START.
 */
export async function startLocalServers(wanted: WantedServers): Promise<RunningServers> {
  const { config, progress, signal } = wanted;
  const at = (name: string) => ({
    dir: join(config.home, name),
    cacheDir: config.cacheDir,
    progress,
    signal,
  });
  const startsKafka = wanted.kafka && !config.kafka;
  const startsTemporal = wanted.temporal && !config.temporal;
  const [kafka, temporal] = await Promise.allSettled([
    startsKafka ? startKafka({ ...at('kafka'), heapMib: config.localKafkaHeapMib }) : undefined,
    startsTemporal ? startTemporal(at('temporal')) : undefined,
  ]);
  if (kafka.status === 'rejected' || temporal.status === 'rejected') {
    await Promise.all([settled(kafka)?.stop(), settled(temporal)?.stop()]);
    throw kafka.status === 'rejected' ? kafka.reason : (temporal as PromiseRejectedResult).reason;
  }
  const local = { kafka: kafka.value, temporal: temporal.value };
  return {
    kafka: local.kafka ? { brokers: local.kafka.brokers } : wanted.kafka ? config.kafka : undefined,
    temporal: local.temporal
      ? { address: local.temporal.address, namespace: 'default' }
      : wanted.temporal
        ? config.temporal
        : undefined,
    local,
    fault: watch(local),
    async stop() {
      await local.temporal?.stop();
      await local.kafka?.stop();
    },
  };
}

/** A restart in between is a new life: whoever asks for one watches it. */
function watch({ kafka, temporal }: RunningServers['local']): Promise<never> {
  const lost = Promise.race(
    Object.entries({ Kafka: kafka, Temporal: temporal }).flatMap(([name, server]) =>
      server
        ? server.exited.then((why): never => {
            throw new Fault('TL_SERVER_LOST', `${name} has ended (${why})`, {
              remedy: `look at ${server.logFile}; start again, nothing that was committed is lost`,
            });
          })
        : [],
    ),
  );
  lost.catch(() => undefined);
  return lost as Promise<never>;
}

/**
 * Connections of the local servers that another process of this user runs in the same home now, for commands
 * beside `tanliu up`; undefined for one that does not run.
 */
export async function findRunningServers(
  config: Config,
): Promise<{ kafka: KafkaConnection | undefined; temporal: TemporalConnection | undefined }> {
  const portOf = async (name: string, use: string) => {
    const record = await readServerRecord(join(config.home, name));
    return record && (await isAlive(record.server)) ? record.ports[use] : undefined;
  };
  const [broker, grpc] = await Promise.all([portOf('kafka', 'broker'), portOf('temporal', 'grpc')]);
  return {
    kafka: config.kafka ?? (broker ? { brokers: [`127.0.0.1:${broker}`] } : undefined),
    temporal: config.temporal ?? (grpc ? { address: `127.0.0.1:${grpc}`, namespace: 'default' } : undefined),
  };
}

function settled<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined;
}
