/** Kafka, Temporal and ClickHouse as containers on free ports, of the very images that infra/compose.yaml names. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { parse } from 'yaml';
import { z } from 'zod';
import { freePort } from '../../src/runtime/localServers/freePort.ts';

const COMPOSE = new URL('../../infra/compose.yaml', import.meta.url);
const START_LIMIT_MS = 300_000;

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      profiles: z.array(z.string()).default([]),
      environment: z.record(z.string(), z.string()).default({}),
      healthcheck: z
        .union([
          z.object({ test: z.array(z.string()).min(2), interval: z.string() }),
          z.object({ disable: z.literal(true) }),
        ])
        .optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      command: z.array(z.string()).optional(),
      restart: z.string().default('no'),
      stop_grace_period: z.string().default('10s'),
      volumes: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

/** The services of infra/compose.yaml, as far as tests need them. */
export function composeServices(): z.infer<typeof composeSchema> {
  return composeSchema.parse(parse(readFileSync(COMPOSE, 'utf8'), { merge: true }));
}

/** Whether a Docker daemon answers. */
export function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** The variables that point the program at the containers, and how to end them. */
export interface ContainerServers {
  readonly KAFKA_BROKERS: string;
  readonly TEMPORAL_ADDRESS: string;
  readonly CLICKHOUSE_URL: string;
  readonly CLICKHOUSE_USERNAME: string;
  readonly CLICKHOUSE_PASSWORD: string;
  stop(): Promise<void>;
}

/** Starts the three containers at once; when one fails the others are stopped. */
export async function startContainers(): Promise<ContainerServers> {
  const login = { user: 'tanliu', password: 'tanliu' };
  const results = await Promise.allSettled([startKafka(), startTemporal(), startClickHouse(login)]);
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(started.map((container) => container.stop()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  const [kafka, temporal, clickhouse] = started;
  if (failed || !kafka || !temporal || !clickhouse) {
    await stop();
    throw failed?.reason;
  }
  return {
    KAFKA_BROKERS: `${kafka.getHost()}:${kafka.getFirstMappedPort()}`,
    TEMPORAL_ADDRESS: `${temporal.getHost()}:${temporal.getFirstMappedPort()}`,
    CLICKHOUSE_URL: `http://${clickhouse.getHost()}:${clickhouse.getFirstMappedPort()}`,
    CLICKHOUSE_USERNAME: login.user,
    CLICKHOUSE_PASSWORD: login.password,
    stop,
  };
}

function imageOf(service: string): string {
  const image = composeServices().services[service]?.image;
  if (!image) throw new Error(`infra/compose.yaml has no service ${service}`);
  return image;
}

/** The port is chosen before, since the broker must tell its clients the one that they can reach. */
async function startKafka(): Promise<StartedTestContainer> {
  const port = await freePort();
  const environment = composeServices().services.kafka?.environment;
  return new GenericContainer(imageOf('kafka'))
    .withEnvironment({
      ...environment,
      KAFKA_LISTENERS: `INSIDE://:19092,HOST://:${port},CONTROLLER://localhost:9093`,
      KAFKA_ADVERTISED_LISTENERS: `INSIDE://localhost:19092,HOST://localhost:${port}`,
    })
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_LIMIT_MS)
    .start();
}

async function startTemporal(): Promise<StartedTestContainer> {
  return new GenericContainer(imageOf('temporal'))
    .withCommand(['server', 'start-dev', '--ip', '0.0.0.0', '--headless', '--log-level', 'warn'])
    .withExposedPorts(7233)
    .withHealthCheck({
      test: ['CMD', 'temporal', 'operator', 'cluster', 'health', '--address', '127.0.0.1:7233'],
      interval: 1_000,
      timeout: 5_000,
      retries: 60,
    })
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(START_LIMIT_MS)
    .start();
}

async function startClickHouse(login: { user: string; password: string }): Promise<StartedTestContainer> {
  return new GenericContainer(imageOf('clickhouse'))
    .withEnvironment({
      CLICKHOUSE_DB: 'tanliu',
      CLICKHOUSE_USER: login.user,
      CLICKHOUSE_PASSWORD: login.password,
      CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: '1',
    })
    .withExposedPorts(8123)
    .withWaitStrategy(Wait.forHttp('/ping', 8123))
    .withStartupTimeout(START_LIMIT_MS)
    .start();
}
