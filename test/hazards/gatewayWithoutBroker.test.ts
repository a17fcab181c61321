/** The broker is killed under the gateway and comes back: no answer meanwhile, then every frame once, and in the log. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Hj212Gateway } from '../../src/gateway/hj212Gateway.ts';
import { DEFAULT_GATEWAY_LIMITS } from '../../src/gateway/limits.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { type LocalKafka, startKafka } from '../../src/runtime/localServers/kafka.ts';
import { framesIn, makeTopics } from '../gateway/gatewayTopics.ts';
import { frameOf, mnOf, Station } from '../gateway/station.ts';

const T0 = Date.parse('2026-03-01T00:00:00Z');
const MN = mnOf(1);
const FRAMES = 200;
let dir: string;
let broker: LocalKafka;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tanliu-gateway-kafka-'));
  broker = await startKafka({ dir, cacheDir: loadConfig().cacheDir, progress: () => undefined });
});
afterAll(async () => {
  await broker?.stop();
  await rm(dir, { recursive: true, force: true });
});

test('frames sent while the broker is dead are answered after it is back, and stand in the log', async () => {
  const log = createKafkajsLog({ brokers: broker.brokers });
  const topics = await makeTopics(log);
  const device = { site: 'site/1', stack: 'stack-1', dialect: '2017', trailer: 'strict' } as const;
  const gateway = new Hj212Gateway({
    host: '127.0.0.1',
    port: 0,
    run: 'g1',
    topics,
    limits: DEFAULT_GATEWAY_LIMITS,
    devices: () => new Map([[MN, { ...device, realtimeIntervalS: 30, minuteIntervalS: 60 }]]),
    openProducer: () => log.producer(),
    knownContents: async () => [],
    clock: Date.now,
    onFault: () => undefined,
  });
  const station = await Station.connect(await gateway.start());
  const send = (n: number) => station.send(frameOf({ mn: MN, qnMs: T0 + n, dataMs: T0 + n * 1_000 }));
  send(0);
  expect(await station.answered(1)).toBe(true);
  await broker.kill();
  for (let n = 1; n < FRAMES; n++) send(n);
  await sleep(2_000);
  expect(station.answers).toHaveLength(1);
  await broker.restart();
  expect(await station.answered(FRAMES, 90_000)).toBe(true);
  const { accepted, duplicates, waiting } = gateway.counters;
  expect({ accepted, duplicates, waiting }).toEqual({ accepted: FRAMES, duplicates: 0, waiting: 0 });
  // A batch that was written and not confirmed is written again: the same reading, which the ingest counts once.
  // Its groups are not ready as soon as its topics are.
  const frames = await vi.waitFor(() => framesIn(log, topics), { timeout: 60_000, interval: 1_000 });
  const times = frames.map(({ dataTime }) => dataTime);
  expect(new Set(times).size).toBe(FRAMES);
  station.close();
  await gateway.stop();
}, 150_000);
