import { describe, expect, test } from 'vitest';
import { BAD_FRAME_REASONS } from '../../../schemas/reference/hj212.ts';
import { decodePacket } from '../../../src/emissions/hj212/decode.ts';
import { encodeFrame } from '../../../src/emissions/hj212/encode.ts';
import { annexA, bytesOf, head, hourSegment, packetsFile, publicPackets } from './samples.ts';

const decodeSegmentText = (segment: string, dialect: '2005' | '2017' | '2025' = '2017') =>
  decodePacket(encodeFrame(segment), { dialect });

describe.skipIf(!packetsFile)('the public packets', () => {
  const packets = packetsFile ? publicPackets() : [];
  test('are all there', () => {
    expect(packets).toHaveLength(40);
  });
  test.each(packets.map((row, index) => [index + 1, row] as const))(
    '%i is judged as listed',
    (_number, row) => {
      const decoded = decodePacket(bytesOf(row.packet), { dialect: row.dialect });
      expect(decoded).toMatchObject({ frameOk: row.frame_ok, valid: row.valid });
      expect(decoded.reason === undefined).toBe(row.valid);
      if (decoded.reason !== undefined) expect(BAD_FRAME_REASONS).toContain(decoded.reason);
    },
  );
});

describe('a message', () => {
  test('of the standard is read field by field', () => {
    expect(decodePacket(bytesOf(annexA), { dialect: '2017' })).toEqual({
      frameOk: true,
      valid: true,
      dialect: '2017',
      qn: '20160801085857223',
      st: '32',
      cn: '1062',
      mn: '010000A8900016F000169DC0',
      flag: { version: 1, split: false, acknowledge: true },
      password: 'present',
      command: 'set real-time interval',
      fields: { RtdInterval: '30' },
      items: [],
      warnings: [],
      noiseBytes: 0,
    });
  });

  test('gives numbers, flags and the start of its period in UTC', () => {
    const decoded = decodeSegmentText(
      hourSegment('a21026-Avg=18.30,a21026-Cou=10.21,a21026-Flag=N;a05001-Flag=C,a05001-Avg=228500.0'),
    );
    expect(decoded.valid).toBe(true);
    expect(decoded.dataTimeMs).toBe(Date.parse('2026-03-01T08:00:00+08:00'));
    expect(decoded.items).toEqual([
      { factor: 'a21026', values: { Avg: 18.3, Cou: 10.21 }, flag: 'N', texts: {} },
      { factor: 'a05001', values: { Avg: 228500 }, flag: 'C', texts: {} },
    ]);
  });

  test('keeps good items beside a bad one, and is not valid', () => {
    const decoded = decodeSegmentText(hourSegment('a21026-Avg=18.30,a21026-Flag=N;a21002-Avg=x'));
    expect(decoded).toMatchObject({ frameOk: true, valid: false, reason: 'bad_number' });
    expect(decoded.items?.[0]).toEqual({ factor: 'a21026', values: { Avg: 18.3 }, flag: 'N', texts: {} });
  });

  test('never shows a key or a password', () => {
    const decoded = decodeSegmentText(
      'QN=20240601085857223;ST=32;CN=1014;PW=654321;MN=010000A8900016F000169DC0;Flag=9;CP=&&SKCreateTime=20240601085857223,NewSK=0123456789ABCDEF&&',
      '2025',
    );
    expect(decoded.valid).toBe(true);
    expect(JSON.stringify(decoded)).not.toMatch(/654321|0123456789ABCDEF/);
  });

  test('takes its dialect from the register; a version in Flag that differs is a warning', () => {
    const segment = hourSegment().replace('Flag=5', 'Flag=9');
    expect(decodeSegmentText(segment)).toMatchObject({ valid: true, dialect: '2017' });
    expect(decodeSegmentText(segment).warnings).toEqual(['flag_version_differs']);
    const unregistered = decodePacket(encodeFrame(segment));
    expect(unregistered).toMatchObject({ dialect: '2025', warnings: ['dialect_assumed'] });
  });

  test('without QN, Flag and PW is a 2005 one and nothing else', () => {
    const segment = 'ST=31;CN=2011;MN=51010000000000000000A001;CP=&&DataTime=20260301080000;a21026-Rtd=1&&';
    expect(decodeSegmentText(segment, '2005').valid).toBe(true);
    expect(decodeSegmentText(segment, '2017').reason).toBe('bad_header');
  });

  test('with an empty password is accepted with a warning in every dialect', () => {
    const decoded = decodeSegmentText(hourSegment().replace('PW=123456', 'PW='));
    expect(decoded).toMatchObject({ valid: true, password: 'empty', warnings: ['empty_password'] });
  });
});

describe('every reason', () => {
  const other = {
    a: hourSegment('a21026-Avg=1,a21026-Flag=N'),
    long: hourSegment(`a21026-Info=${'x'.repeat(1024)}`),
  };
  test.each([
    ['bad_header', hourSegment().replace('ST=31;', '')],
    ['bad_header', hourSegment().replace('ST=31', 'ST=3')],
    ['bad_header', hourSegment().replace('CN=2061', 'CN=206')],
    ['bad_header', hourSegment().replace('ST=31;', 'ST=31;ST=31;')],
    ['bad_header', hourSegment().replace('ST=31;', 'ST=31;XX=1;')],
    ['bad_header', hourSegment().replace('A001;', 'A0011;')],
    ['bad_header', hourSegment().replace('QN=2026', 'QN=26')],
    ['bad_flag_bits', hourSegment().replace('Flag=5', 'Flag=x')],
    ['bad_flag_bits', hourSegment().replace('Flag=5', 'Flag=256')],
    ['bad_flag_bits', hourSegment().replace('Flag=5', 'Flag=200')],
    ['bad_split', hourSegment().replace('Flag=5', 'Flag=7;PNUM=2;PNO=0')],
    ['bad_split', hourSegment().replace('Flag=5', 'Flag=7;PNUM=2')],
    ['bad_split', hourSegment().replace('Flag=5', 'Flag=5;PNUM=2;PNO=1')],
    ['bad_cp', `${head}CP=&&DataTime=20260301080000`],
    ['bad_cp', `${head}CP=&&&`],
    ['bad_cp', hourSegment('a21026-Avg=1&&;a21002-Avg=1')],
    ['bad_cp', head.slice(0, -1)],
    ['bad_item', hourSegment('a21026')],
    ['bad_item', hourSegment('a21026-Avg=1;;a21002-Avg=2')],
    ['bad_item', hourSegment('a21026-avg=1')],
    ['bad_item', hourSegment('a21026-Avg=1,a21002-Flag=N')],
    ['bad_item', hourSegment('a2 1026-Avg=1')],
    ['bad_number', hourSegment('a21026-Avg=')],
    ['bad_number', hourSegment('a21026-Avg=1e3')],
    ['bad_number', hourSegment('a21026-Avg=NaN')],
    ['bad_number', hourSegment('SB1-RS=9')],
    ['bad_time', hourSegment().replace('DataTime=20260301080000', 'DataTime=20260229080000')],
    ['bad_time', hourSegment().replace('QN=20260301', 'QN=20261301')],
    ['bad_time', hourSegment('a21026-SampleTime=20260301256000,a21026-Avg=1')],
    ['bad_time', `${head}CP=&&a21026-Avg=1,a21026-Flag=N&&`],
    ['unknown_data_flag', hourSegment('a21026-Avg=1,a21026-Flag=n')],
    ['field_conflict', hourSegment('a21026-Avg=1;a21026-Avg=2')],
    ['field_conflict', hourSegment('DataTime=20260301090000;a21026-Avg=1')],
    ['too_long', other.long],
  ])('%s: %s', (reason, segment) => {
    expect(decodeSegmentText(segment)).toMatchObject({ frameOk: true, valid: false, reason });
  });

  test('unknown_mn, unknown_factor and future_time come from what the receiver knows', () => {
    const bytes = encodeFrame(hourSegment());
    const dialect = '2017';
    expect(decodePacket(bytes, { dialect, isRegistered: () => false }).reason).toBe('unknown_mn');
    expect(decodePacket(bytes, { dialect, isFactorKnown: () => false }).reason).toBe('unknown_factor');
    const received = { atMs: Date.parse('2026-03-01T07:00:00+08:00'), toleranceMs: 600_000 };
    expect(decodePacket(bytes, { dialect, received }).reason).toBe('future_time');
    const later = { ...received, atMs: Date.parse('2026-03-01T09:00:00+08:00') };
    expect(decodePacket(bytes, { dialect, received: later }).valid).toBe(true);
  });

  test('noise: a packet without any frame', () => {
    expect(decodePacket(bytesOf('hello'))).toMatchObject({ frameOk: false, reason: 'noise', noiseBytes: 5 });
  });

  test('bytes that are no UTF-8', () => {
    const broken = encodeFrame(hourSegment('a21026-Info=xx'));
    const at = broken.indexOf('x'.charCodeAt(0), 100);
    broken[at] = 0xff;
    expect(decodePacket(broken, { dialect: '2017' }).reason).toBe('bad_crc');
  });
});
