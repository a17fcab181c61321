/** A local Apache Kafka broker: KRaft, one node, on loopback, with its data in one folder. */
import { randomBytes } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import '../../log/kafkajs/quietTimers.ts';
import { requireProgram } from '../requirements.ts';
import { freePort } from './freePort.ts';
import { type GuardedProcess, startGuarded, withServerFolder } from './guardedProcess.ts';
import { type Progress, runInstaller } from './install.ts';
import { installKafka } from './kafkaInstall.ts';
import { waitUntilReady } from './waitUntil.ts';

const LOG4J = fileURLToPath(new URL('../../../infra/kafka/log4j2.xml', import.meta.url));
const START_LIMIT_MS = 90_000;
const DEFAULT_HEAP_MIB = 512;
/** Largest message, in bytes: room for an Arrow batch. */
const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024;
const YEAR_HOURS = 8_760;

/** How the local broker is started. */
export interface KafkaOptions {
  /** Folder for its data and logs. */
  readonly dir: string;
  /** Folder in which the program is kept. */
  readonly cacheDir: string;
  readonly progress: Progress;
  /** Cuts a start short. */
  readonly signal?: AbortSignal | undefined;
  readonly heapMib?: number;
  /** Settings that win over the usual ones, e.g. further listeners that demand TLS and a login. */
  readonly settings?: (ports: Required<Ports>) => Readonly<Record<string, string>>;
  /** Logins made along with the data folder, e.g. `SCRAM-SHA-512=[name=writer,password=…]`. */
  readonly scramLogins?: readonly string[];
}

/** A running local broker. */
export interface LocalKafka {
  readonly brokers: string[];
  /** Process number of the broker in its present life. */
  readonly pid: number;
  /** Resolves when the broker's present process is gone, with what it ended on. */
  readonly exited: Promise<string>;
  readonly logFile: string;
  stop(): Promise<void>;
  /** SIGKILL, for tests of hazards. */
  kill(): Promise<void>;
  /** Stops it if it runs, and starts it again on the same port and data. */
  restart(): Promise<void>;
}

/**
 * Starts the broker and waits until it answers a client. What it holds survives restarts and SIGKILL of the
 * process. The port of the last start is taken again where it is free.
 * @throws Fault TL_REQUIREMENT_MISSING, TL_SERVER_START.
 */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const { dir, cacheDir, progress } = options;
  const jars = await installKafka(cacheDir, progress, options.signal);
  const java = await requireProgram('java');
  await mkdir(dir, { recursive: true });
  const logFile = join(dir, 'kafka.log');
  const launch = (wanted: Ports) => launchBroker({ ...options, jars, java, logFile }, wanted);
  let life = await launch({});
  return {
    brokers: [`127.0.0.1:${life.ports.broker}`],
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
  readonly broker?: number;
  readonly controller?: number;
}

interface Life {
  readonly process: GuardedProcess;
  readonly ports: Required<Ports>;
}

type Launch = KafkaOptions & { readonly jars: string; readonly java: string; readonly logFile: string };

async function launchBroker(launch: Launch, wanted: Ports): Promise<Life> {
  const { dir, jars, java, logFile, progress, heapMib = DEFAULT_HEAP_MIB } = launch;
  const life = await withServerFolder('Kafka', dir, async (last) => {
    const broker = await freePort({ preferred: wanted.broker ?? last?.ports.broker });
    const controller = await freePort({
      preferred: wanted.controller ?? last?.ports.controller,
      taken: [broker],
    });
    const settings = join(dir, 'server.properties');
    const more = launch.settings?.({ broker, controller });
    await writeFile(settings, serverProperties({ dir, broker, controller }, more));
    await formatOnce(launch, settings);
    progress('starting Kafka');
    const process = await startGuarded({
      name: 'Kafka',
      dir,
      command: java,
      args: [
        `-Xmx${heapMib}m`,
        ...JVM_OPTIONS,
        `-Dlog4j2.configurationFile=${pathToFileURL(LOG4J).href}`,
        `-Dtanliu.kafka.log=${logFile}`,
        '-cp',
        join(jars, '*'),
        'kafka.Kafka',
        settings,
      ],
      output: join(dir, 'kafka.out'),
      ports: { broker, controller },
    });
    return { process, ports: { broker, controller } };
  });
  const start = performance.now();
  await waitUntilReady({
    name: 'Kafka',
    limitMs: START_LIMIT_MS,
    exited: life.process.exited,
    signal: launch.signal,
    logs: [join(dir, 'kafka.out'), logFile],
    answers: await brokerAnswers(`127.0.0.1:${life.ports.broker}`),
  }).catch(async (error: unknown) => {
    await life.process.kill();
    throw error;
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  progress(`Kafka answers on 127.0.0.1:${life.ports.broker} (${seconds} s)`);
  return life;
}

/** The first compiler alone, the serial collector and no log of its own: a quick start and little memory. */
const JVM_OPTIONS = [
  '-Xms128m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];

function serverProperties(
  broker: { dir: string; broker: number; controller: number },
  more: Readonly<Record<string, string>> = {},
): string {
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${broker.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${broker.broker},CONTROLLER://127.0.0.1:${broker.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker.broker},CONTROLLER://127.0.0.1:${broker.controller}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(broker.dir, 'data'),
    'auto.create.topics.enable': false,
    'message.max.bytes': LARGEST_MESSAGE_BYTES,
    'replica.fetch.max.bytes': LARGEST_MESSAGE_BYTES,
    'log.retention.hours': YEAR_HOURS,
    // A group's offsets carry the open intents of the exactly-once insert: a pause of weeks must not lose them.
    'offsets.retention.minutes': 10 * YEAR_HOURS * 60,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
    // After SIGKILL the controller refuses the new broker until the old one's session has run out.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    ...more,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}\n`)
    .join('');
}

/** Java reads properties as Latin-1 with backslash escapes. */
function escapeProperty(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Formats the data folder before the first start. A marker written last tells a finished format from a broken-off one. */
async function formatOnce(
  { dir, jars, java, progress, signal, scramLogins = [] }: Launch,
  settings: string,
): Promise<void> {
  const marker = join(dir, 'formatted');
  if (
    await access(marker).then(
      () => true,
      () => false,
    )
  )
    return;
  progress('formatting the Kafka data folder');
  await rm(join(dir, 'data'), { recursive: true, force: true });
  const log4j = `-Dlog4j2.configurationFile=${pathToFileURL(LOG4J).href}`;
  const log = `-Dtanliu.kafka.log=${join(dir, 'format.log')}`;
  const tool = ['-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '--standalone'];
  const id = clusterId();
  const logins = scramLogins.flatMap((login) => ['--add-scram', login]);
  const format = ['--cluster-id', id, '--config', settings, ...logins];
  await runInstaller(java, [...JVM_OPTIONS, log4j, log, ...tool, ...format], { signal });
  await writeFile(marker, `${id}\n`);
}

/** 16 random bytes as Kafka writes them; one that begins with a dash would be read as an option. */
function clusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** Asks the broker for its cluster as a client would. */
async function brokerAnswers(address: string): Promise<() => Promise<boolean>> {
  const { Kafka, logLevel } = await import('kafkajs');
  const kafka = new Kafka({
    brokers: [address],
    clientId: 'tanliu-health',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  });
  return async () => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length === 1;
    } finally {
      await admin.disconnect();
    }
  };
}
