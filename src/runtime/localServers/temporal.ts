/** A local Temporal development server on loopback, with its state in a database file. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { type GuardedProcess, startGuarded, withServerFolder } from './guardedProcess.ts';
import type { Progress } from './install.ts';
import { installTemporal } from './temporalInstall.ts';
import { waitUntilReady } from './waitUntil.ts';

const START_LIMIT_MS = 60_000;

/** How the local Temporal server is started. */
export interface TemporalOptions {
  /** Folder for its database file and output. */
  readonly dir: string;
  /** Folder in which the program is kept. */
  readonly cacheDir: string;
  readonly progress: Progress;
  /** Cuts a start short. */
  readonly signal?: AbortSignal | undefined;
  /** Namespace to be there beside `default`. */
  readonly namespace?: string;
}

/** A running local Temporal server. */
export interface LocalTemporal {
  readonly address: string;
  /** Temporal's own web interface. */
  readonly uiUrl: string;
  readonly pid: number;
  /** Resolves when the present process is gone, with what it ended on. */
  readonly exited: Promise<string>;
  readonly logFile: string;
  stop(): Promise<void>;
  /** SIGKILL, for tests of hazards. */
  kill(): Promise<void>;
  /** Stops it if it runs, and starts it again on the same ports and database. */
  restart(): Promise<void>;
}

/**
 * Starts the server and waits until its namespace answers a client. Workflows survive restarts.
 * @throws Fault TL_REQUIREMENT_MISSING, TL_SERVER_START.
 */
export async function startTemporal(options: TemporalOptions): Promise<LocalTemporal> {
  const program = await installTemporal(options.cacheDir, options.progress, options.signal);
  await mkdir(options.dir, { recursive: true });
  const logFile = join(options.dir, 'temporal.log');
  const launch = (wanted: Ports) => launchServer({ ...options, program, logFile }, wanted);
  let life = await launch({});
  return {
    address: `127.0.0.1:${life.ports.grpc}`,
    uiUrl: `http://127.0.0.1:${life.ports.ui}`,
    logFile,
    get pid() {
      return life.process.pid;
    },
    get exited() {
      return life.process.exited;
    },
    stop: () => life.process.stop(),
    kill: () => life.process.kill(),
    async restart() {
      await life.process.stop();
      life = await launch(life.ports);
    },
  };
}

interface Ports {
  readonly grpc?: number;
  readonly ui?: number;
}

interface Life {
  readonly process: GuardedProcess;
  readonly ports: Required<Ports>;
}

type Launch = TemporalOptions & { readonly program: string; readonly logFile: string };

async function launchServer(launch: Launch, wanted: Ports): Promise<Life> {
  const { dir, program, progress, logFile, namespace = 'default' } = launch;
  const life = await withServerFolder('Temporal', dir, async (last) => {
    const grpc = await freePort({ preferred: wanted.grpc ?? last?.ports.grpc });
    const ui = await freePort({ preferred: wanted.ui ?? last?.ports.ui, taken: [grpc] });
    progress('starting Temporal');
    const process = await startGuarded({
      name: 'Temporal',
      dir,
      command: program,
      args: serverArguments({ dir, grpc, ui, namespace }),
      output: logFile,
      ports: { grpc, ui },
    });
    return { process, ports: { grpc, ui } };
  });
  const start = performance.now();
  const address = `127.0.0.1:${life.ports.grpc}`;
  await waitUntilReady({
    name: 'Temporal',
    limitMs: START_LIMIT_MS,
    exited: life.process.exited,
    signal: launch.signal,
    logs: [logFile],
    answers: await namespaceAnswers(address, namespace),
  }).catch(async (error: unknown) => {
    await life.process.kill();
    throw error;
  });
  progress(`Temporal answers on ${address} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return life;
}

function serverArguments(server: { dir: string; grpc: number; ui: number; namespace: string }): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(server.grpc), '--ui-port', String(server.ui)],
    ...['--db-filename', join(server.dir, 'temporal.db')],
    ...['--namespace', server.namespace],
    ...['--log-level', 'warn'],
    // The user's own settings of the Temporal command line are not for this server.
    ...['--disable-config-file', '--disable-config-env'],
  ];
}

/** Asks the server for its namespace as a client would. */
async function namespaceAnswers(address: string, namespace: string): Promise<() => Promise<boolean>> {
  const { Connection } = await import('@temporalio/client');
  return async () => {
    const connection = await Connection.connect({ address, connectTimeout: '1s' });
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    } finally {
      await connection.close();
    }
  };
}
