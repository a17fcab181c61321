import { expect, test } from 'vitest';
import { encodeAcknowledgement, encodeFrame } from '../../../src/emissions/hj212/encode.ts';
import { annexA, textOf } from './samples.ts';

test('the worked example of the standard comes out byte for byte', () => {
  expect(textOf(encodeFrame(annexA.slice(6, -6)))).toBe(annexA);
});

test('an acknowledgement repeats QN and MN and wants none itself (table C.14)', () => {
  const answered = { qn: '20160801085857223', mn: '010000A8900016F000169DC0' };
  expect(textOf(encodeAcknowledgement('9014', answered, '2017', '123456'))).toBe(
    '##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n',
  );
  expect(textOf(encodeAcknowledgement('9013', answered, '2017', '123456'))).toContain('&&2A80\r\n');
  expect(textOf(encodeAcknowledgement('9014', answered, '2025', '123456'))).toContain('Flag=8;');
});

test('a segment that no length field can announce is refused', () => {
  expect(() => encodeFrame('x'.repeat(10_000))).toThrow(RangeError);
});
