/** The workers of a process: one for the ingest, one for everything else, each drained before it ends. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type ActivityDependencies, createActivities } from '../../activities/createActivities.ts';
import type { TemporalConnection } from '../config.ts';
import { say } from '../say.ts';
import { connectionOptions, connectTemporal, temporalFault } from './connectTemporal.ts';
import { workflowBundle } from './workflowBundle.ts';

/**
 * Queue of a deployment's workflows and their activities; the ingest's has `-ingest` behind it. Two deployments on
 * one Temporal server differ by the prefix of their topics, and neither takes the other's work.
 */
export const taskQueueOf = (topicPrefix: string): string => `${topicPrefix}tanliu`;
const ingestQueue = (taskQueue: string): string => `${taskQueue}-ingest`;

export interface WorkerRoles {
  /** Runs stretches of the ingest. */
  readonly ingest: boolean;
  /** Runs workflows and the activities that compute. */
  readonly control: boolean;
}

export interface WorkersOptions {
  readonly connection: TemporalConnection;
  readonly deps: ActivityDependencies;
  readonly roles: WorkerRoles;
  readonly taskQueue: string;
  /** Topics that one process ingests at once. */
  readonly mostTopics?: number;
}

export interface RunningWorkers {
  /** Rejects when a worker fails; resolves when all have shut down. */
  readonly ended: Promise<void>;
  /** Takes no more work, lets what runs come to its end, and returns when everything is reported. */
  shutdown(): Promise<void>;
}

/** How long computing activities may go on after shutdown was asked for; stretches end at once by themselves. */
const COMPUTING_GRACE = '60 seconds';
/** Heartbeats carry the cancellation, so that pausing takes a second or two and not half a minute. */
const BEAT_AT_MOST_EVERY = '1 second';

/**
 * Starts the workers of the given roles.
 * @throws Fault TL_SERVER_LOST where Temporal does not answer
 */
export async function startWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  installRuntime();
  const { connection: config, deps, roles, taskQueue, mostTopics = 20 } = options;
  // The client says what is wrong where the worker's own connection only says that it failed.
  await (await connectTemporal(config)).connection.close();
  const connection = await NativeConnection.connect(connectionOptions(config)).catch(temporalFault(config));
  const { ingestStretch, ...computing } = createActivities(deps);
  const common = {
    connection,
    namespace: config.namespace,
    maxHeartbeatThrottleInterval: BEAT_AT_MOST_EVERY,
    defaultHeartbeatThrottleInterval: BEAT_AT_MOST_EVERY,
  } as const;
  const workers: Worker[] = [];
  if (roles.ingest) {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: ingestQueue(taskQueue),
        activities: { ingestStretch },
        maxConcurrentActivityTaskExecutions: mostTopics,
        // The stretch is cancelled at once; it settles, commits and returns in its own time.
        shutdownGraceTime: 0,
      }),
    );
  }
  if (roles.control) {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue,
        workflowBundle: await workflowBundle(),
        activities: computing,
        maxConcurrentActivityTaskExecutions: 4,
        maxCachedWorkflows: 200,
        shutdownGraceTime: COMPUTING_GRACE,
      }),
    );
  }
  return run(workers, connection);
}

function run(workers: readonly Worker[], connection: NativeConnection): RunningWorkers {
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const ended = (async () => {
    try {
      await Promise.all(
        workers.map((worker) =>
          worker.run().catch((error: unknown) => {
            stop();
            throw error;
          }),
        ),
      );
    } finally {
      await connection.close();
    }
  })();
  ended.catch(() => undefined);
  return {
    ended,
    async shutdown() {
      stop();
      await ended;
    },
  };
}

let installed = false;

/** Signals are the program's own business: it decides in which order its parts stop. */
export function installRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger('WARN', warn), shutdownSignals: [] });
}

/** The ingest's worker has no workflows on purpose. */
function warn({ level, message }: { level: string; message: string }): void {
  if (!message.startsWith('No workflows registered'))
    say(`Temporal worker, ${level.toLowerCase()}: ${message}`);
}
