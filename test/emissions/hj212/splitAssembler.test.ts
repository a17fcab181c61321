import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { decodePacket } from '../../../src/emissions/hj212/decode.ts';
import { encodeFrame } from '../../../src/emissions/hj212/encode.ts';
import { SplitAssembler } from '../../../src/emissions/hj212/splitAssembler.ts';

const part = (pno: number, pnum: number, items: string, dataTime = 'DataTime=20160801080000;') =>
  decodePacket(
    encodeFrame(
      `QN=2016080108585753${pno};ST=31;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=${pnum};PNO=${pno};CP=&&${dataTime}${items}&&`,
    ),
    { dialect: '2017' },
  );

property.prop([fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 })])(
  'parts in any order make one message',
  (order) => {
    const assembler = new SplitAssembler();
    const parts = new Map(
      [1, 2, 3, 4].map((pno) => [pno, part(pno, 4, `a2100${pno}-Avg=${pno},a2100${pno}-Flag=N`)]),
    );
    const results = order.map((pno, index) => assembler.add(parts.get(pno)!, index));
    expect(results.slice(0, 3).map((result) => result.kind)).toEqual(['part', 'part', 'part']);
    expect(results[3]!.kind).toBe('complete');
    expect(results[3]!.message.items?.map(({ factor }) => factor)).toEqual([
      'a21001',
      'a21002',
      'a21003',
      'a21004',
    ]);
    expect(assembler.expire(1e9)).toEqual([]);
  },
);

test('a message that is not split is complete at once', () => {
  const assembler = new SplitAssembler();
  expect(assembler.add(part(1, 1, 'a21026-Avg=1'), 0).kind).toBe('complete');
});

test('an equal part again is a duplicate, another content of it a conflict', () => {
  const assembler = new SplitAssembler();
  assembler.add(part(1, 2, 'a21026-Avg=1'), 0);
  expect(assembler.add(part(1, 2, 'a21026-Avg=1'), 1).kind).toBe('duplicate');
  expect(assembler.add(part(1, 2, 'a21026-Avg=2'), 2).kind).toBe('conflict');
  expect(assembler.add(part(2, 2, 'a21026-Avg=3'), 3)).toMatchObject({
    kind: 'conflict',
    detail: 'a21026-Avg=1 and 3',
  });
});

test('a part without DataTime belongs to the group that is open', () => {
  const assembler = new SplitAssembler();
  assembler.add(part(1, 2, 'a21026-Avg=1'), 0);
  const result = assembler.add(part(2, 2, 'a21002-Avg=2', ''), 1);
  expect(result.kind).toBe('complete');
  expect(result.message.dataTimeMs).toBe(Date.parse('2016-08-01T08:00:00+08:00'));
});

test('a group that stays incomplete is given up with its parts', () => {
  const assembler = new SplitAssembler({ timeoutMs: 60_000, maxGroups: 2 });
  assembler.add(part(1, 2, 'a21026-Avg=1'), 0);
  expect(assembler.expire(59_999)).toEqual([]);
  expect(assembler.expire(60_000)).toMatchObject([{ missing: 1 }]);
  for (const hour of ['01', '02', '03']) {
    assembler.add(part(1, 2, 'a21026-Avg=1', `DataTime=20160801${hour}0000;`), 100_000);
  }
  expect(assembler.expire(100_000)).toHaveLength(1);
});
