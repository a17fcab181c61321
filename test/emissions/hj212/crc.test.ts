import { expect, test } from 'vitest';
import { crcAnnexA, crcText } from '../../../src/emissions/hj212/crc.ts';
import { annexA, bytesOf } from './samples.ts';

test('the worked example of Annex A gives 1C80, not the misprinted 1C08', () => {
  expect(crcText(crcAnnexA(bytesOf(annexA), 6, 6 + 101))).toBe('1C80');
});

test('it is not Modbus', () => {
  // CRC-16/MODBUS of 123456789 is 4B37 by its published check value.
  expect(crcText(crcAnnexA(bytesOf('123456789')))).not.toBe('4B37');
});

test('a sum is written with leading zeros', () => {
  expect(crcText(0x0a)).toBe('000A');
});
