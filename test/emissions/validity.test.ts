/** When a value counts: flags, minutes of an hour, hours of a day. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { validityRulesOn } from '../../schemas/reference/stackGasRules.ts';
import {
  type FactorValue,
  judgeDay,
  judgeHour,
  judgeMinute,
  type SentFlag,
  stateOf,
} from '../../src/emissions/validity.ts';

const rules = validityRulesOn('2026-03-01');
const value = (flag: SentFlag, number: number | null = 10, at = 0): FactorValue => ({
  startMs: at * 60_000,
  durationS: 60,
  value: number,
  flag,
});
const minutes = (flags: readonly SentFlag[]) => flags.map((flag, at) => value(flag, 10, at));
const run = (flag: SentFlag, count: number) => Array.from({ length: count }, () => flag);
const hour = (flags: readonly SentFlag[], sent?: FactorValue) =>
  judgeHour(sent, minutes(flags), { rules, intervalS: 60 });

test('only N and S count; S is marked; F stands still; no flag counts below the hour only', () => {
  expect(
    ['N', 'S', 'F', 'M', 'D', 'C', 'T', 'B', '-'].map((flag) =>
      stateOf(value(flag as SentFlag), rules, true),
    ),
  ).toEqual(['valid', 'valid', 'stopped', 'invalid', 'invalid', 'invalid', 'invalid', 'invalid', 'invalid']);
  expect(stateOf(value('-'), rules, false)).toBe('valid');
  expect(stateOf(value('N', null), rules, true)).toBe('missing');
});

describe('an hour', () => {
  test('is valid with 45 valid minutes and not with 44', () => {
    expect(hour([...run('N', 45), ...run('C', 15)])).toMatchObject({
      state: 'valid',
      value: 10,
      computedFlag: 'N',
    });
    expect(hour([...run('N', 44), ...run('C', 16)])).toMatchObject({
      state: 'invalid',
      value: null,
      computedFlag: 'D',
    });
  });

  test('with minutes that did not come counts them as missing', () => {
    expect(hour(run('N', 30)).counts).toEqual({
      expected: 60,
      valid: 30,
      stopped: 0,
      invalid: 0,
      missing: 30,
    });
    expect(hour([])).toMatchObject({ state: 'missing', value: null, basis: 'none' });
  });

  test('that stood still says so', () => {
    expect(hour(run('F', 60))).toMatchObject({ state: 'stopped', computedFlag: 'F', value: null });
  });

  test('with ten-minute reports needs five of six', () => {
    const reports = (count: number) =>
      judgeHour(undefined, minutes(run('N', count)), { rules, intervalS: 600 });
    expect(reports(5).state).toBe('valid');
    expect(reports(4).state).toBe('invalid');
  });

  test('without minutes stands by the flag that was sent with it, which must be there', () => {
    const alone = (flag: SentFlag) => judgeHour(value(flag), [], { rules, intervalS: 60 });
    expect(alone('N')).toMatchObject({ state: 'valid', basis: 'sent', value: 10 });
    expect(alone('S')).toMatchObject({ state: 'valid', manual: true });
    expect(alone('-')).toMatchObject({ state: 'invalid', value: null });
  });

  test('tells where what was sent differs from its minutes', () => {
    expect(hour(run('C', 60), value('N')).events).toEqual(['flag_differs']);
    expect(hour(run('N', 60), value('N', 11)).events).toEqual(['value_differs']);
    expect(hour(run('N', 60), value('N', 10.1))).toMatchObject({ events: [], value: 10.1, basis: 'sent' });
    expect(hour(run('N', 60), value('D'))).toMatchObject({
      events: ['flag_differs'],
      basis: 'recomputed',
      value: 10,
    });
  });
});

test('a minute needs twelve samples, a day twenty hours', () => {
  expect(judgeMinute(minutes(run('N', 12)), rules).state).toBe('valid');
  expect(judgeMinute(minutes(run('N', 11)), rules).state).toBe('invalid');
  const hours = (valid: number, others: number) => [
    ...Array.from({ length: valid }, () => ({ state: 'valid' as const, value: 2, manual: false })),
    ...Array.from({ length: others }, () => ({ state: 'invalid' as const, value: null, manual: false })),
  ];
  expect(judgeDay(undefined, hours(20, 4), rules)).toMatchObject({ state: 'valid', value: 2 });
  expect(judgeDay(undefined, hours(19, 0), rules)).toMatchObject({
    state: 'invalid',
    counts: { missing: 5 },
  });
});

const flags = fc.constantFrom<SentFlag>('N', 'S', 'F', 'M', 'D', 'C', 'T', 'B', '-');
property.prop([fc.array(flags, { maxLength: 60 }), fc.nat()])(
  'an hour does not depend on the order of its minutes, and its counts add up to 60',
  (list, seed) => {
    const judged = hour(list);
    const turned = list.map((_, at) => list[(at + seed) % list.length]!);
    expect(hour(turned).state).toBe(judged.state);
    const { expected, ...states } = judged.counts;
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(expected);
  },
);

property.prop([fc.array(flags, { maxLength: 59 })])(
  'one more valid minute never makes an hour worse',
  (list) => {
    if (hour(list).state === 'valid') expect(hour([...list, 'N']).state).toBe('valid');
  },
);
