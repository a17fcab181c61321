/** The gateway over real sockets and a real broker: answers, repeats, corrections, split messages, hostile peers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeFrame } from '../../src/emissions/hj212/encode.ts';
import type { GatewayDevice } from '../../src/gateway/deviceRegister.ts';
import { Hj212Gateway } from '../../src/gateway/hj212Gateway.ts';
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from '../../src/gateway/limits.ts';
import type { Log, LogProducer } from '../../src/log/port.ts';
import { logOf } from '../../src/runtime/services.ts';
import { testServers } from '../runtime/servers.ts';
import { framesIn, type GatewayTopics, makeTopics, readingsIn } from './gatewayTopics.ts';
import { civil, frameOf, mnOf, Station } from './station.ts';

const MN = mnOf(1);
const TOLERANT = mnOf(2);
const device = (index: number, trailer: GatewayDevice['trailer']): GatewayDevice => ({
  site: 'site/1',
  stack: `stack-${index}`,
  dialect: '2017',
  trailer,
  realtimeIntervalS: 30,
  minuteIntervalS: 60,
});
const devices = new Map([
  [MN, device(1, 'strict')],
  [TOLERANT, device(2, 'tolerant')],
]);
const T0 = Date.parse('2026-03-01T00:00:00Z');

let log: Log;
let topics: GatewayTopics;
let gateway: Hj212Gateway;
const stations: Station[] = [];

interface Setting {
  readonly limits?: Partial<GatewayLimits>;
  readonly openProducer?: () => Promise<LogProducer>;
}

async function begin({ limits, openProducer }: Setting = {}): Promise<() => Promise<Station>> {
  topics = await makeTopics(log);
  gateway = new Hj212Gateway({
    host: '127.0.0.1',
    port: 0,
    run: 'g1',
    topics,
    limits: { ...DEFAULT_GATEWAY_LIMITS, ...limits },
    devices: () => devices,
    openProducer: openProducer ?? (() => log.producer()),
    knownContents: async () => [],
    clock: Date.now,
    onFault: () => undefined,
  });
  const port = await gateway.start();
  return async () => {
    const station = await Station.connect(port);
    stations.push(station);
    return station;
  };
}

/** What must hold whenever nothing is on its way. */
function expectBalance(): void {
  const { seen, accepted, duplicates, deadTotal, waiting } = gateway.counters;
  expect({ seen, waiting }).toEqual({ seen: accepted + duplicates + deadTotal, waiting: 0 });
}

beforeAll(async () => {
  const { kafka } = await testServers('kafka');
  log = await logOf(kafka);
});
afterEach(async () => {
  for (const station of stations.splice(0)) station.close();
  await gateway.stop();
});

describe('a frame', () => {
  test('is answered with its QN and MN once it stands in the log, with its readings', async () => {
    const connect = await begin();
    const station = await connect();
    station.send(frameOf({ mn: MN, qnMs: T0, dataMs: T0 }));
    expect(await station.answered(1)).toBe(true);
    expect(station.answers).toEqual([{ qn: civil(T0, { milliseconds: true }), cn: '9014', mn: MN }]);
    const [frame] = await framesIn(log, topics);
    expect(frame).toMatchObject({ device: MN, verdict: 'accepted', reason: 'none', cn: '2011', readings: 2 });
    expect(Buffer.from(frame!.raw[0]!.base64, 'base64')).toEqual(
      Buffer.from(frameOf({ mn: MN, qnMs: T0, dataMs: T0 })),
    );
    expect(await readingsIn(log, topics)).toMatchObject([
      { stack: 'stack-1', pollutant: 'a21026', value: 18.3, revision: 0 },
      { stack: 'stack-1', pollutant: 'a05001', value: 228500, revision: 0 },
    ]);
    expectBalance();
  });

  test('without the A bit is kept and not answered; a notice is answered by 9013', async () => {
    const connect = await begin();
    const station = await connect();
    station.send(frameOf({ mn: MN, qnMs: T0, dataMs: T0, flag: 4 }));
    station.send(frameOf({ mn: MN, qnMs: T0 + 1, cn: '1013', items: '' }));
    expect(await station.answered(1)).toBe(true);
    expect(station.answers.map(({ cn }) => cn)).toEqual(['9013']);
    expect(await framesIn(log, topics)).toHaveLength(2);
  });

  test('in single bytes and two frames in one write both work', async () => {
    const connect = await begin();
    const station = await connect();
    for (const byte of frameOf({ mn: MN, qnMs: T0, dataMs: T0 })) {
      station.send(Uint8Array.of(byte));
      if (byte === 0x3b) await sleep(1);
    }
    const next = [1, 2].map((at) => frameOf({ mn: MN, qnMs: T0 + at, dataMs: T0 + at * 30_000 }));
    station.send(Buffer.concat(next));
    expect(await station.answered(3)).toBe(true);
    expectBalance();
  });

  test('again makes no new row and is answered; another content is a correction', async () => {
    const connect = await begin();
    const station = await connect();
    const first = frameOf({ mn: MN, qnMs: T0, dataMs: T0 });
    station.send(first);
    station.send(first);
    station.send(frameOf({ mn: MN, qnMs: T0 + 1, dataMs: T0, items: 'a21026-Rtd=20,a21026-Flag=N' }));
    expect(await station.answered(3)).toBe(true);
    const other = await connect();
    other.send(first);
    expect(await other.answered(1)).toBe(true);
    expect(gateway.counters).toMatchObject({ accepted: 2, duplicates: 2 });
    const readings = await readingsIn(log, topics);
    expect(readings.map(({ value, revision }) => [value, revision])).toEqual([
      [18.3, 0],
      [228500, 0],
      [20, 1],
    ]);
    expectBalance();
  });

  test('with a wrong sum is not answered; with bad content it is, and both are dead letters', async () => {
    const connect = await begin();
    const station = await connect();
    const broken = Buffer.from(frameOf({ mn: MN, qnMs: T0, dataMs: T0 }));
    broken[broken.indexOf('18.30')] = 0x39;
    station.send(broken);
    station.send(
      frameOf({ mn: MN, qnMs: T0 + 1, dataMs: T0, items: 'a21026-Rtd=x;a21002-Rtd=5,a21002-Flag=N' }),
    );
    station.send(frameOf({ mn: mnOf(99), qnMs: T0 + 2, dataMs: T0 }));
    expect(await station.answered(2)).toBe(true);
    expect(gateway.counters.dead).toEqual({ bad_crc: 1, bad_number: 1, unknown_mn: 1 });
    const frames = await framesIn(log, topics);
    expect(frames.map(({ reason, partial }) => [reason, partial])).toEqual([
      ['bad_crc', 'no'],
      ['bad_number', 'yes'],
      ['unknown_mn', 'no'],
    ]);
    expect(await readingsIn(log, topics)).toMatchObject([{ pollutant: 'a21002', value: 5 }]);
    expectBalance();
  });

  test('without CR LF is good for a tolerant device only', async () => {
    const connect = await begin({ limits: { readTimeoutMs: 300 } });
    const [strict, tolerant] = [await connect(), await connect()];
    const bare = (mn: string) => frameOf({ mn, qnMs: T0, dataMs: T0 }).slice(0, -2);
    strict.send(bare(MN));
    tolerant.send(bare(TOLERANT));
    expect(await tolerant.answered(1)).toBe(true);
    expect(gateway.counters).toMatchObject({ accepted: 1, dead: { truncated: 1 } });
  });

  test('never brings a key into the log', async () => {
    const connect = await begin();
    const station = await connect();
    station.send(
      encodeFrame(
        `QN=${civil(T0, { milliseconds: true })};ST=31;CN=1013;PW=123456;MN=${MN};Flag=5;CP=&&NewSK=0123456789ABCDEF&&`,
      ),
    );
    expect(await station.answered(1)).toBe(true);
    const [frame] = await framesIn(log, topics);
    expect(Buffer.from(frame!.raw[0]!.base64, 'base64').toString()).toContain('NewSK=****************');
    expect(frame!.warnings).toContain('secret_blanked');
  });
});

describe('a split message', () => {
  test('is answered part by part, in any order, and later parts take their time from the first', async () => {
    const connect = await begin();
    const station = await connect();
    const part = (pno: number, items: string, dataMs?: number) =>
      frameOf({
        mn: MN,
        qnMs: T0 + pno,
        split: [2, pno],
        items,
        cn: '2051',
        ...(dataMs !== undefined && { dataMs }),
      });
    station.send(part(2, 'a21002-Avg=7,a21002-Flag=N'));
    expect(await station.answered(1, 200)).toBe(false);
    station.send(part(1, 'a21026-Avg=8,a21026-Flag=N', T0));
    expect(await station.answered(2)).toBe(true);
    const readings = await readingsIn(log, topics);
    expect(readings.map(({ pollutant, start }) => [pollutant, start])).toEqual([
      ['a21026', '2026-03-01T00:00:00.000Z'],
      ['a21002', '2026-03-01T00:00:00.000Z'],
    ]);
    expectBalance();
  });

  test('that stays incomplete is told of; a part without time becomes a dead letter and is answered', async () => {
    const connect = await begin({ limits: { splitTimeoutMs: 200 } });
    const station = await connect();
    station.send(frameOf({ mn: MN, qnMs: T0, split: [2, 1], dataMs: T0, cn: '2051' }));
    station.send(frameOf({ mn: MN, qnMs: T0 + 1, split: [3, 2], cn: '2051' }));
    expect(await station.answered(2)).toBe(true);
    await sleep(700);
    const frames = await framesIn(log, topics);
    expect(frames.map(({ verdict, reason }) => `${verdict} ${reason}`).sort()).toEqual([
      'accepted none',
      'dead split_incomplete',
      'event split_incomplete',
    ]);
    expectBalance();
  });
});

describe('a hostile peer', () => {
  test('that drips a frame is cut off after the read time, and as a stranger closed', async () => {
    const connect = await begin({ limits: { readTimeoutMs: 300, identifyTimeoutMs: 1_500 } });
    const station = await connect();
    const frame = frameOf({ mn: MN, qnMs: T0, dataMs: T0 });
    for (let at = 0; at < 20; at++) {
      station.send(frame.slice(at, at + 1));
      await sleep(60);
    }
    expect(await station.closed(3_000)).toBe(true);
    await vi.waitFor(() => expect(gateway.counters.closedConnections).toEqual({ no_device: 1 }));
    expect(gateway.counters.dead.truncated).toBeGreaterThanOrEqual(1);
  });

  test('that sends garbage without end is closed after few faults, and its address is shut out after some', async () => {
    const connect = await begin();
    const garbage = Buffer.from('##0004abcdxxxx\r\n'.repeat(20_000));
    for (let round = 0; round < 5; round++) {
      const station = await connect();
      station.send(garbage);
      expect(await station.closed()).toBe(true);
    }
    await sleep(50);
    const station = await connect();
    expect(await station.closed()).toBe(true);
    expect(gateway.counters.refusedConnections).toEqual({ shut_out: 1 });
    expect(gateway.counters.seen).toBeLessThan(300);
  });

  test('cannot open more connections than its address may', async () => {
    const connect = await begin({ limits: { maxPerAddress: 3 } });
    const open = await Promise.all(Array.from({ length: 8 }, connect));
    await Promise.all(open.map((station) => station.closed(300)));
    expect(open.filter(({ ended }) => !ended)).toHaveLength(3);
    expect(gateway.counters.refusedConnections).toEqual({ too_many_of_address: 5 });
  });

  test('does not keep others from being answered', async () => {
    const connect = await begin();
    const bad = await connect();
    const good = await connect();
    bad.send(Buffer.alloc(8 << 20, '#'));
    const before = Date.now();
    good.send(frameOf({ mn: MN, qnMs: T0, dataMs: T0 }));
    expect(await good.answered(1)).toBe(true);
    expect(Date.now() - before).toBeLessThan(3_000);
  });
});

describe('while the log is away', () => {
  test('nothing is answered, memory is bounded, and everything is answered when it is back', async () => {
    let away = true;
    const sent: number[] = [];
    const openProducer = async (): Promise<LogProducer> => {
      const producer = await log.producer();
      return {
        async send(topic, messages) {
          if (away) throw new Error('the broker is away');
          sent.push(messages.length);
          await producer.send(topic, messages);
        },
        close: () => producer.close(),
      };
    };
    const connect = await begin({ limits: { outboxEntries: 50, inFlightPerConnection: 40 }, openProducer });
    const flood = await Promise.all(Array.from({ length: 4 }, connect));
    const frames = 300;
    for (const [at, station] of flood.entries())
      for (let n = 0; n < frames; n++)
        station.send(frameOf({ mn: MN, qnMs: T0 + at * frames + n, dataMs: T0 + (at * frames + n) * 1_000 }));
    await sleep(1_500);
    expect(flood.every(({ answers }) => answers.length === 0)).toBe(true);
    // A chunk that was read when the queue became full is still taken.
    expect(gateway.waiting.entries).toBeLessThan(4 * 330);
    away = false;
    for (const station of flood) expect(await station.answered(frames, 20_000)).toBe(true);
    expect(gateway.counters.accepted).toBe(4 * frames);
    expect(await framesIn(log, topics)).toHaveLength(4 * frames);
    expectBalance();
  });

  test('stopping makes durable what was received and answers it', async () => {
    const connect = await begin();
    const station = await connect();
    for (let n = 0; n < 200; n++) station.send(frameOf({ mn: MN, qnMs: T0 + n, dataMs: T0 + n * 1_000 }));
    await station.answered(1);
    expect(await gateway.stop()).toBe(0);
    await station.closed();
    expect(station.answers.length).toBe(gateway.counters.accepted);
    expect(await framesIn(log, topics)).toHaveLength(gateway.counters.accepted);
  });
});
