/** What goes to the log: CloudEvents with names that repeat, in bounded requests, in the order of each key. */
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { streamOf } from '../../schemas/streams/index.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import type { LogProducer, OutgoingMessage } from '../../src/log/port.ts';
import { acceptedReadings, judgeFiles } from '../../src/sheets/produceFiles.ts';
import {
  type OutgoingReading,
  type ProduceOptions,
  produceReadings,
} from '../../src/sheets/produceReadings.ts';
import { testServers, uniqueName } from '../runtime/servers.ts';
import { fileFor } from './fileFor.ts';

/** Keeps what it is given, as the log would. */
class RecordingProducer implements LogProducer {
  readonly requests: { topic: string; messages: readonly OutgoingMessage[] }[] = [];
  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.requests.push({ topic, messages });
  }
  async close(): Promise<void> {}
  get messages(): OutgoingMessage[] {
    return this.requests.flatMap(({ messages }) => messages);
  }
}

const contract = streamOf('grid.load')!;
const at = new Date('2026-03-02T00:00:00Z');

function readings(count: number, zones: number): OutgoingReading[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `r${i}`,
    value: {
      zone: `Z${i % zones}`,
      start: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(),
      durationS: 900,
      energyMwh: i,
      quality: 'simulated',
      revision: 0,
    },
  }));
}

async function produced(options: Partial<ProduceOptions> & Pick<ProduceOptions, 'readings' | 'format'>) {
  const producer = new RecordingProducer();
  const result = await produceReadings({ producer, topic: 't', contract, source: '/test', at, ...options });
  return { producer, result };
}

test('a JSON message is a CloudEvent in binary mode, keyed by the contract', async () => {
  const { producer, result } = await produced({ readings: readings(1, 1), format: 'json' });
  expect(result).toEqual({ readings: 1, messages: 1 });
  expect(producer.messages).toEqual([
    {
      key: 'Z0',
      value: Buffer.from(JSON.stringify(readings(1, 1)[0]!.value)),
      headers: {
        ce_specversion: '1.0',
        ce_id: 'r0',
        ce_source: '/test',
        ce_type: 'com.tanliu.grid.load',
        ce_time: '2026-03-02T00:00:00.000Z',
        'content-type': 'application/json',
      },
    },
  ]);
});

test('requests hold at most 1,000 messages and 1 MB', async () => {
  const { producer } = await produced({ readings: readings(2500, 7), format: 'json' });
  expect(producer.requests.map(({ messages }) => messages.length)).toEqual([1000, 1000, 500]);
  const cems = streamOf('emissions.cems')!;
  const frame = '#'.repeat(4096);
  const large = readings(1000, 1).map(({ id }) => ({ id, value: { site: 's', rawFrame: frame } }));
  const { producer: bytes } = await produced({ readings: large, format: 'json', contract: cems });
  expect(bytes.messages).toHaveLength(1000);
  for (const { messages } of bytes.requests)
    expect(messages.reduce((sum, { value }) => sum + value!.length, 0)).toBeLessThan(1_000_000);
});

test('an Arrow message holds rows of one key, at most 5,000, and all keys keep their order', async () => {
  const all = readings(12_000, 2);
  const { producer, result } = await produced({ readings: all, format: 'arrow' });
  expect(result).toEqual({ readings: 12_000, messages: 4 });
  const back = producer.messages.flatMap((message) => {
    expect(message.headers['content-type']).toBe('application/vnd.apache.arrow.stream');
    const rows = tableFromIPC(message.value as Buffer)
      .toArray()
      .map((row) => row.toJSON());
    expect(rows.length).toBeLessThanOrEqual(5000);
    for (const row of rows) expect(row.zone).toBe(message.key);
    return rows;
  });
  for (const zone of ['Z0', 'Z1'])
    expect(back.filter((row) => row.zone === zone).map((row) => row.energyMwh)).toEqual(
      all.filter(({ value }) => value.zone === zone).map(({ value }) => value.energyMwh),
    );
});

test('an Arrow batch of more than 1 MB is cut, and a single reading of that size is refused', async () => {
  const cems = streamOf('emissions.cems')!;
  const of = (length: number) => ({
    site: 's',
    stack: 's',
    device: 'd',
    pollutant: 'a',
    period: 'hour',
    start: '2026-01-01T00:00:00Z',
    durationS: 3600,
    unit: 'mg',
    flag: 'N',
    quality: 'measured',
    revision: 0,
    rawFrame: 'x'.repeat(length),
  });
  const large = Array.from({ length: 1000 }, (_, i) => ({ id: `${i}`, value: of(4000) }));
  const { producer, result } = await produced({ readings: large, format: 'arrow', contract: cems });
  expect(result.readings).toBe(1000);
  for (const { value } of producer.messages) expect(value!.length).toBeLessThan(1_000_000);
  for (const format of ['json', 'arrow'] as const)
    await expect(
      produced({ readings: [{ id: 'x', value: of(1_100_000) }], format, contract: cems }),
    ).rejects.toMatchObject({ code: 'TL_READING_TOO_LARGE' });
});

describe('of a file', () => {
  const line = (zone: string) => `${zone},2026-03-01T00:00:00Z,900,1,measured\n`;
  const header = 'zone,start,durationS,energyMwh,quality\n';

  async function idsOf(content: string, name = 'a.csv') {
    const path = fileFor(name, content);
    const judged = await judgeFiles([path], contract);
    const { producer } = await produced({ readings: acceptedReadings(judged, contract), format: 'json' });
    return producer.messages.map(({ headers }) => headers.ce_id);
  }

  test('the same file sent again has the same ids, whatever its name; another content has others', async () => {
    const first = await idsOf(header + line('A') + line('B'));
    expect(first[0]).toMatch(/^[0-9a-f]{32}:2$/);
    expect(new Set(first).size).toBe(2);
    expect(await idsOf(header + line('A') + line('B'), 'renamed.csv')).toEqual(first);
    expect(await idsOf(header + line('A') + line('C'))).not.toContain(first[0]);
  });

  test('only the right rows are handed on, and a file that has changed since is refused', async () => {
    const { writeFileSync } = await import('node:fs');
    const path = fileFor('a.csv', `${header}${line('A')}${line('B B')}${line('C')}`);
    const judged = await judgeFiles([path], contract);
    expect([judged.accepted, judged.refused]).toEqual([2, 1]);
    const { producer } = await produced({ readings: acceptedReadings(judged, contract), format: 'json' });
    expect(producer.messages.map(({ key }) => key)).toEqual(['A', 'C']);
    writeFileSync(path, header + line('D'));
    await expect(
      produced({ readings: acceptedReadings(judged, contract), format: 'json' }),
    ).rejects.toMatchObject({ code: 'TL_SHEET_CHANGED' });
  });
});

test.each(['json', 'arrow'] as const)('a broker takes it and gives it back (%s)', async (format) => {
  const { kafka } = await testServers('kafka');
  const log = createKafkajsLog({ brokers: kafka.brokers });
  const topic = uniqueName('produce');
  const admin = await log.admin();
  const producer = await log.producer();
  try {
    await admin.createTopics([topic], {
      partitions: 2,
      replicas: 1,
      retentionMs: 3_600_000,
      maxMessageBytes: 1_048_588,
    });
    const sent = await produceReadings({
      producer,
      topic,
      contract,
      source: '/test',
      at,
      readings: readings(6000, 3),
      format,
    });
    expect(sent.readings).toBe(6000);
    const ranges = (await admin.offsets(topic)).filter(({ low, high }) => high > low);
    const read = await Promise.all(
      ranges.map(({ partition, low, high }) => log.read({ topic, partition, first: low, last: high - 1 })),
    );
    const messages = read.flat();
    expect(messages).toHaveLength(sent.messages);
    const zones = messages.flatMap(({ value }) =>
      format === 'json'
        ? [JSON.parse(String(value)).zone]
        : tableFromIPC(value as Buffer)
            .toArray()
            .map((row) => row.zone),
    );
    expect(zones.filter((zone) => zone === 'Z1')).toHaveLength(2000);
    expect(String(messages[0]?.headers.ce_type)).toBe('com.tanliu.grid.load');
  } finally {
    await producer.close();
    await admin.close();
  }
});
