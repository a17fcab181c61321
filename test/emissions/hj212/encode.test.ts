import { expect, test } from 'vitest';
import { decodePacket } from '../../../src/emissions/hj212/decode.ts';
import {
  encodeAcknowledgement,
  encodeFrame,
  encodeStationReply,
} from '../../../src/emissions/hj212/encode.ts';
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

test('a station answers a command on taking it and when it is carried out, by the code of the standard', () => {
  const answered = { qn: '20160801085857223', mn: '010000A8900016F000169DC0' };
  const reply = (frame: Uint8Array) => decodePacket(frame, { dialect: '2017' });
  expect(reply(encodeStationReply({ cn: '9011', code: 'crc' }, answered, '2017', '123456'))).toMatchObject({
    valid: true,
    command: 'request acknowledgement',
    fields: { QnRtn: '9' },
  });
  expect(reply(encodeStationReply({ cn: '9012', code: 'noData' }, answered, '2017', '123456'))).toMatchObject(
    {
      valid: true,
      qn: answered.qn,
      flag: { acknowledge: false },
      fields: { ExeRtn: '100' },
    },
  );
});

test('a segment that no length field can announce is refused', () => {
  expect(() => encodeFrame('x'.repeat(10_000))).toThrow(RangeError);
});
