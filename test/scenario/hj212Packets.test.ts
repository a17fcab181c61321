import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emissionsCems } from '../../schemas/streams/emissionsCems.ts';
import { readHj212Packets } from '../../src/scenario/hj212Packets.ts';
import { dataDir } from '../sharedData.ts';

test('a line that is no packet row is refused with its number', () => {
  const row = JSON.stringify({ packet: '##', dialect: '2017', source: 'x' });
  expect(() => readHj212Packets('p.jsonl', `${row}\n{"packet": 1}\n`)).toThrow(
    expect.objectContaining({ code: 'TL_HJ212_ROW', place: 'p.jsonl line 2' }),
  );
  expect(() => readHj212Packets('p.jsonl', 'not json')).toThrow(
    expect.objectContaining({ place: 'p.jsonl line 1' }),
  );
});

describe.skipIf(!dataDir)('the public packets', () => {
  const text = dataDir ? readFileSync(join(dataDir, 'grid/hj212-packets.jsonl'), 'utf8') : '';
  const found = dataDir ? readHj212Packets('hj212-packets.jsonl', text) : undefined;

  test('count up: every frame is refused, without stack data, or gives readings', () => {
    const valid = text.split('\n').filter((line) => line !== '' && JSON.parse(line).valid === true);
    expect(found!.frames - found!.refused).toBe(valid.length);
    expect(found!.frames).toBe(40);
    const withStackData = valid.filter((line) => JSON.parse(line).packet.includes('ST=31'));
    expect(found!.withoutStackData).toBe(valid.length - withStackData.length);
  });

  test('give readings that the contract accepts, each key once, with the frame kept', () => {
    const keys = new Set<string>();
    for (const reading of found!.readings) {
      const judged = emissionsCems.schema.safeParse(reading);
      if (!judged.success) expect.fail(`${JSON.stringify(reading)} ${judged.error.message}`);
      keys.add([...emissionsCems.subject, 'start'].map((field) => reading[field]).join('|'));
      expect(String(reading.rawFrame)).toMatch(/##\d{4}/);
    }
    expect(keys.size).toBe(found!.readings.length);
    expect(found!.repeated).toBeGreaterThan(0);
  });

  test('are measured only where a real device sent them', () => {
    const quality = (device: string) => [
      ...new Set(found!.readings.filter((row) => row.device === device).map((row) => row.quality)),
    ];
    expect(quality('411420sibo0606')).toEqual(['measured']);
    expect(quality('51010000000000000000A001')).toEqual(['simulated']);
    const co2 = found!.readings.find(({ pollutant }) => pollutant === 'a05001');
    expect(co2).toMatchObject({ value: 228_500, unit: 'mg/m3', period: 'hour' });
    expect(Date.parse(String(co2!.start))).toBe(Date.UTC(2026, 2, 1));
  });
});
