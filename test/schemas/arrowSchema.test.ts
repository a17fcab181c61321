/** The Arrow schema survives the wire and holds whatever the contract accepts. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as property } from '@fast-check/vitest';
import { type Schema, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrowSchemaOf, arrowSchemaText } from '../../schemas/arrowSchema.ts';
import { parseInstantMs } from '../../schemas/fields.ts';
import { STREAMS, streamOf } from '../../schemas/streams/index.ts';
import { arrowMessage } from '../../src/sheets/arrowMessage.ts';
import { judgeReading } from '../../src/sheets/judgeReading.ts';
import { readSheet } from '../../src/sheets/readSheet.ts';
import { arbitraryReading } from './arbitraryReading.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-arrow-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(STREAMS.map((stream) => [stream.topic, stream] as const))('%s', (topic, contract) => {
  test('keeps names, types, nullability and metadata through IPC', () => {
    const schema = arrowSchemaOf(contract);
    const back = tableFromIPC(tableToIPC(new Table(schema), 'stream')).schema;
    expect(describeSchema(back)).toEqual(describeSchema(schema));
    expect(back.metadata.get('topic')).toBe(topic);
    expect(schema.fields.map((field) => field.name)).toEqual(contract.fields.map((field) => field.name));
    for (const [i, field] of contract.fields.entries()) {
      expect(schema.fields[i]?.nullable).toBe(field.nullable);
      expect(schema.fields[i]?.metadata.get('unit')).toBe(field.unit);
    }
  });

  property.prop([fc.array(arbitraryReading(contract), { minLength: 1, maxLength: 8 })], { numRuns: 25 })(
    'carries accepted readings without loss',
    async (readings) => {
      const accepted = readings.map((reading) => contract.schema.parse(reading));
      const path = join(folder, `${topic}.arrow`);
      await writeFile(path, arrowMessage(contract, accepted));
      const back: unknown[] = [];
      for await (const candidate of readSheet(path, contract)) {
        const judged = judgeReading(candidate, contract);
        back.push('value' in judged ? { ...judged, value: withoutNulls(judged.value) } : judged);
      }
      expect(back).toEqual(
        accepted
          .map((value, i) => ({ place: { file: `${topic}.arrow`, row: i + 1 }, value: withoutNulls(value) }))
          .map(inUtc),
      );
      function inUtc<T extends { value: Record<string, unknown> }>(row: T): T {
        return {
          ...row,
          value: Object.fromEntries(
            Object.entries(row.value).map(([name, value]) => [
              name,
              isTime(name) ? utc(String(value)) : value,
            ]),
          ),
        };
      }
    },
  );

  const isTime = (name: string) =>
    contract.fields.some((field) => field.name === name && field.kind === 'timestamp');
});

const utc = (text: string) => new Date(parseInstantMs(text) as number).toISOString().replace('.000Z', 'Z');

/** Arrow knows no difference between null and absent. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, Array.isArray(item) ? item.map(withoutNulls) : item]),
  );
}

function describeSchema(schema: Schema) {
  return schema.fields.map(({ name, type, nullable, metadata }) => [
    name,
    String(type),
    nullable,
    [...metadata],
  ]);
}

test('is printed with type, unit and Chinese title', () => {
  const text = arrowSchemaText(streamOf('production.activity')!);
  expect(text).toContain('start       timestamp[ms, tz=UTC] not null  -- 时段起点');
  expect(text).toContain('list<item: struct<item: utf8 not null, quantity: double not null');
  expect(text).toContain('[s]');
});
