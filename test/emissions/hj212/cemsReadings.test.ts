import { expect, test } from 'vitest';
import { emissionsCems } from '../../../schemas/streams/emissionsCems.ts';
import { toCemsReadings } from '../../../src/emissions/hj212/cemsReadings.ts';
import { decodePacket } from '../../../src/emissions/hj212/decode.ts';
import { encodeFrame } from '../../../src/emissions/hj212/encode.ts';
import { annexA, bytesOf, hourSegment } from './samples.ts';

const device = { site: 'site/neijiang-1', stack: 'stack-1', realtimeIntervalS: 30, minuteIntervalS: 600 };
const readingsOf = (segment: string, at = device) =>
  toCemsReadings(decodePacket(encodeFrame(segment), { dialect: '2017' }), at, 'raw');

test('an hour of a stack becomes one reading per factor that the stream accepts', () => {
  const readings = readingsOf(
    hourSegment(
      'a21026-Min=1,a21026-Avg=18.30,a21026-Max=20,a21026-Cou=10.21,a21026-ZsAvg=18.8,a21026-Flag=N;a01012-Avg=52.0,a01012-Flag=C',
    ),
  );
  expect(readings).toEqual([
    {
      site: 'site/neijiang-1',
      stack: 'stack-1',
      device: '51010000000000000000A001',
      pollutant: 'a21026',
      period: 'hour',
      start: '2026-03-01T00:00:00.000Z',
      durationS: 3600,
      value: 18.3,
      minimum: 1,
      maximum: 20,
      cumulative: 10.21,
      unit: 'mg/m3',
      cumulativeUnit: 'kg',
      flag: 'N',
      quality: 'measured',
      rawFrame: 'raw',
      revision: 0,
    },
    expect.objectContaining({ pollutant: 'a01012', value: 52, unit: 'degC', flag: 'C', quality: 'suspect' }),
  ]);
  for (const reading of readings) expect(() => emissionsCems.schema.parse(reading)).not.toThrow();
});

test('an absent mark makes hour data doubtful and real-time data not', () => {
  expect(readingsOf(hourSegment('a21026-Avg=1'))[0]).toMatchObject({ flag: '-', quality: 'suspect' });
  const realtime = hourSegment('a21026-Rtd=1').replace('CN=2061', 'CN=2011');
  expect(readingsOf(realtime)[0]).toMatchObject({ period: 'realtime', durationS: 30, quality: 'measured' });
  expect(readingsOf(hourSegment('a21026-Avg=1,a21026-Flag=S'))[0]).toMatchObject({ quality: 'manual' });
});

test('the register may state another unit, and an unknown factor has none', () => {
  const other = { ...device, units: { a05001: { unit: 'percent_vol' } } };
  expect(readingsOf(hourSegment('a05001-Avg=12,a05001-Flag=N'), other)[0]).toMatchObject({
    unit: 'percent_vol',
  });
  expect(readingsOf(hourSegment('a05002-Avg=12,a05002-Flag=N'))[0]).toMatchObject({ unit: 'unknown' });
});

test('other messages and items without value give no reading', () => {
  expect(toCemsReadings(decodePacket(bytesOf(annexA)), device)).toEqual([]);
  expect(readingsOf(hourSegment('a21026-Flag=B'))).toEqual([]);
});
