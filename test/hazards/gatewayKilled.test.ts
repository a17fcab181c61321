/**
 * The gateway is killed while stations send: no frame that was answered is missing in the log, and what was repeated
 * afterwards stands there under the same revision. 40 stations by default, 2,000 under full counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Log } from '../../src/log/port.ts';
import type { KafkaConnection } from '../../src/runtime/config.ts';
import { logOf } from '../../src/runtime/services.ts';
import { GatewayProcess, type GatewayState } from '../gateway/gatewayProcess.ts';
import { framesIn, type GatewayTopics, makeTopics, readingsIn } from '../gateway/gatewayTopics.ts';
import { civil, frameOf, mnOf, Station } from '../gateway/station.ts';
import { testServers } from '../runtime/servers.ts';

const FULL = process.env.TANLIU_TEST_FULL === '1';
const STATIONS = FULL ? 2_000 : 40;
const EVERY_MS = FULL ? 1_000 : 50;
const KILLS = 2;
const RUN_MS = FULL ? 20_000 : 1_500;

let kafka: KafkaConnection;
let log: Log;

beforeAll(async () => {
  ({ kafka } = await testServers('kafka'));
  log = await logOf(kafka);
});

/** One station's life over the gateways that come and go: one frame a period, repeated until it is answered. */
class Life {
  readonly answered = new Set<number>();
  /** Frames that were sent and not answered, by their time. */
  readonly open = new Map<number, number>();
  station: Station | undefined;
  readonly #mn: string;
  #sent = 0;
  readonly latenciesMs: number[] = [];

  constructor(index: number) {
    this.#mn = mnOf(index);
  }

  async connect(port: number): Promise<void> {
    this.station = await Station.connect(port, ({ qn }) => this.#hear(qn));
    const unanswered = [...this.open.keys()];
    for (const dataMs of unanswered) this.#send(dataMs);
  }

  next(): void {
    const dataMs = T0 + this.#sent++ * 1_000;
    this.#send(dataMs);
  }

  #send(dataMs: number): void {
    this.open.set(dataMs, performance.now());
    // The value says which frame it is, so that a mixed-up answer would be seen.
    const items = `a21026-Rtd=${(dataMs / 1_000) % 100_000},a21026-Flag=N`;
    this.station!.send(frameOf({ mn: this.#mn, qnMs: dataMs, dataMs, items }));
  }

  #hear(qn: string): void {
    const dataMs = timesOf.get(qn)!;
    this.latenciesMs.push(performance.now() - (this.open.get(dataMs) ?? 0));
    this.open.delete(dataMs);
    this.answered.add(dataMs);
  }
}

const T0 = Date.parse('2026-11-01T00:00:00Z');
const timesOf = new Map(
  Array.from({ length: 10_000 }, (_, at) => [
    civil(T0 + at * 1_000, { milliseconds: true }),
    T0 + at * 1_000,
  ]),
);

/** Frames of all stations, spread over each period. */
async function sendFor(lives: readonly Life[], ms: number): Promise<void> {
  const slices = 20;
  const started = performance.now();
  for (let tick = 0; ; tick++) {
    const dueMs = (tick * EVERY_MS) / slices;
    if (dueMs >= ms) return;
    const waitMs = started + dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    for (let at = tick % slices; at < lives.length; at += slices) lives[at]!.next();
  }
}

async function countLost(lives: readonly Life[], topics: GatewayTopics): Promise<number> {
  const frames = await framesIn(log, topics);
  const times = new Map<string, Set<number>>();
  for (const { device, dataTime } of frames) {
    const ofDevice = times.get(device) ?? new Set<number>();
    times.set(device, ofDevice.add(Date.parse(dataTime!)));
  }
  let lost = 0;
  for (const [index, { answered }] of lives.entries())
    for (const dataMs of answered) if (!times.get(mnOf(index))?.has(dataMs)) lost++;
  return lost;
}

async function expectReadingsRight(topics: GatewayTopics): Promise<void> {
  // A reading names its frame, so that none was answered for another; repeats are the same reading again.
  for (const { start, value, revision, pollutant } of await readingsIn(log, topics))
    expect([pollutant, value, revision]).toEqual(['a21026', (Date.parse(start) / 1_000) % 100_000, 0]);
}

test(
  'no answered frame is lost when the gateway is killed',
  async () => {
    const topics = await makeTopics(log, 4);
    const lives = Array.from({ length: STATIONS }, (_, index) => new Life(index));
    const states: (GatewayState | undefined)[] = [];
    for (let round = 0; round <= KILLS; round++) {
      const gateway = await GatewayProcess.start({
        brokers: kafka.brokers,
        topics,
        devices: STATIONS,
        run: `g${round}`,
      });
      for (let at = 0; at < lives.length; at += 100)
        await Promise.all(lives.slice(at, at + 100).map((life) => life.connect(gateway.port)));
      await sendFor(lives, RUN_MS);
      states.push(gateway.state);
      if (round < KILLS) {
        await gateway.kill();
        await sleep(20);
      } else {
        for (const life of lives) await life.station!.until(() => life.open.size === 0, 30_000);
        await gateway.kill('SIGTERM');
      }
      for (const { station } of lives) station?.close();
    }
    expect(lives.filter(({ open }) => open.size > 0)).toEqual([]);
    expect(await countLost(lives, topics)).toBe(0);
    await expectReadingsRight(topics);
    if (FULL) report(lives, states);
  },
  FULL ? 600_000 : 60_000,
);

test('a gateway that answers too early does lose frames: the test can fail', async () => {
  const topics = await makeTopics(log, 4);
  const lives = Array.from({ length: 20 }, (_, index) => new Life(index));
  const gateway = await GatewayProcess.start({
    brokers: kafka.brokers,
    topics,
    devices: 20,
    run: 'g0',
    tooEarly: true,
  });
  await Promise.all(lives.map((life) => life.connect(gateway.port)));
  for (const life of lives) life.next();
  for (const life of lives) await life.station!.answered(1);
  await gateway.kill();
  for (const { station } of lives) station?.close();
  expect(await countLost(lives, topics)).toBe(20);
});

function report(lives: readonly Life[], states: readonly (GatewayState | undefined)[]): void {
  const latencies = lives.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))]!.toFixed(0);
  const answered = lives.reduce((sum, life) => sum + life.answered.size, 0);
  process.stderr.write(
    `${lives.length} stations, ${answered} frames answered, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms; ${JSON.stringify(states)}\n`,
  );
}
