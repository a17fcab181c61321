/** Readings as they may come: what every contract accepts in all its breadth, and what it must refuse. */
import fc from 'fast-check';
import { INSTANT_LIMITS_MS, type NamedField, TEXT_MAX } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';

type Reading = Record<string, unknown>;

/** Readings (or documents of any kind) that the contract accepts, as a producer would write them in JSON. */
export function arbitraryReading(contract: StreamContract): fc.Arbitrary<Reading> {
  if (contract.shape === 'readings')
    return arbitraryOf(contract.fields).map((value) => obeyRules(contract, value));
  const common = contract.fields.filter((field) => field.kind !== 'json' && field.name !== 'kind');
  const kinds = Object.entries(contract.kinds).map(([kind, fields]) =>
    arbitraryOf([...common, ...fields]).map((value) => ({ kind, ...value })),
  );
  return fc.oneof(...kinds);
}

function arbitraryOf(fields: readonly NamedField[]): fc.Arbitrary<Reading> {
  const model = Object.fromEntries(fields.map((field) => [field.name, orNull(field)]));
  const requiredKeys = fields.filter((field) => !isOptional(field)).map((field) => field.name);
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

const isOptional = (field: NamedField) => field.nullable || field.fallback !== undefined;

function orNull(field: NamedField): fc.Arbitrary<unknown> {
  return field.nullable ? fc.option(arbitraryValue(field), { freq: 6 }) : arbitraryValue(field);
}

/** Any accepted value of a field. */
function arbitraryValue(field: NamedField): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'id':
      return arbitraryId();
    case 'text':
      return arbitraryText(field);
    case 'enum':
      return fc.constantFrom(...(field.values ?? []));
    case 'timestamp':
      return arbitraryInstant();
    case 'uint32':
    case 'int64':
      return arbitraryInteger(field);
    case 'float64':
      return arbitraryReal(field);
    case 'items':
      return fc.array(arbitraryOf(field.items ?? []), { maxLength: 5 });
    case 'json':
      return fc.constant('{}');
  }
}

/** Characters of many scripts and lengths in UTF-8 that an id may have. */
const ID_CHARACTERS = [...'abzAZ09._:/#@+()-', ...'碳流川éßΩжب한', '𠮷', 'Ⅳ', '٣'];

function arbitraryId(): fc.Arbitrary<string> {
  const usual = fc.string({ unit: fc.constantFrom(...ID_CHARACTERS), minLength: 1, maxLength: 12 });
  const longest = fc.string({ unit: fc.constantFrom(...ID_CHARACTERS), minLength: 128, maxLength: 128 });
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: longest });
}

function arbitraryText(field: NamedField): fc.Arbitrary<string> {
  const minLength = field.nullable ? 0 : 1;
  const usual = fc.string({ unit: 'grapheme', minLength, maxLength: 24 });
  const ascii = fc.string({ unit: 'binary-ascii', minLength, maxLength: 24 });
  const longest = fc.constant('长'.repeat(TEXT_MAX));
  return fc.oneof(
    { weight: 6, arbitrary: usual },
    { weight: 6, arbitrary: ascii },
    { weight: 1, arbitrary: longest },
  );
}

const OFFSETS_MIN: readonly ('Z' | number)[] = ['Z', 0, 480, 330, -570, 840, -720, 345];

/** Instants at the limits and between, with 0 to 3 digits of a second, in several offsets. */
function arbitraryInstant(): fc.Arbitrary<string> {
  const last = INSTANT_LIMITS_MS.latest - 1;
  const ms = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: INSTANT_LIMITS_MS.earliest, max: last }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(INSTANT_LIMITS_MS.earliest, last, Date.UTC(2024, 1, 29, 23, 59, 59, 999)),
    },
  );
  return fc
    .record({ ms, offset: fc.constantFrom(...OFFSETS_MIN), digits: fc.integer({ min: 0, max: 3 }) })
    .map(({ ms: instant, offset, digits }) => instantWith(instant, offset, digits));
}

function instantWith(instant: number, offset: 'Z' | number, digits: number): string {
  const minutes = offset === 'Z' ? 0 : offset;
  const rounded = instant - ((((instant % 1000) + 1000) % 1000) % 10 ** (3 - digits));
  const local = new Date(rounded + minutes * 60_000).toISOString();
  const text = digits === 0 ? local.slice(0, 19) : local.slice(0, 20 + digits);
  if (offset === 'Z') return `${text}Z`;
  const sign = minutes < 0 ? '-' : '+';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${text}${sign}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

function arbitraryInteger(field: NamedField): fc.Arbitrary<number> {
  const min = field.minimum ?? Number.MIN_SAFE_INTEGER;
  const max = field.maximum ?? Number.MAX_SAFE_INTEGER;
  const small = fc.integer({ min, max: Math.min(max, min + 1000) });
  return fc.oneof(small, fc.integer({ min, max }).map(plain), fc.constantFrom(min, max));
}

function arbitraryReal(field: NamedField): fc.Arbitrary<number> {
  const min = field.minimum ?? -1e15;
  const max = field.maximum ?? 1e15;
  const any = fc.double({ min, max, noNaN: true }).map(plain);
  const everyday = fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 100);
  return fc.oneof(any, everyday, fc.constantFrom(min, max));
}

/** JSON writes -0 as 0. */
const plain = (n: number) => (n === 0 ? 0 : n);

function obeyRules(contract: StreamContract, value: Reading): Reading {
  const obeying = { ...value };
  for (const { kind, fields } of contract.rules) {
    const [first, second] = fields;
    if (kind === 'atMostOne' && obeying[first] != null && obeying[second] != null) obeying[second] = null;
    if (kind === 'distinct' && obeying[first] === obeying[second])
      obeying[second] = `${String(obeying[first]).slice(0, 100)}-2`;
  }
  return obeying;
}

export interface BadReading {
  readonly value: Reading;
  readonly why: string;
}

/** A reading with one fault in it, and which. All of them can be written as JSON. */
export function arbitraryBadReading(contract: StreamContract): fc.Arbitrary<BadReading> {
  return fc.tuple(arbitraryReading(contract), fc.nat(), fc.nat()).map(([good, pick, which]) => {
    const fields = fieldsOfValue(contract, good);
    const field = fields[pick % fields.length] as NamedField;
    const faults = [...faultsOf(field), ...wholeFaults(contract, good)];
    const fault = faults[which % faults.length] as Fault;
    return { value: fault.apply(good), why: `${field.name}: ${fault.why}` };
  });
}

interface Fault {
  readonly why: string;
  readonly apply: (value: Reading) => Reading;
}

function fieldsOfValue(contract: StreamContract, value: Reading): NamedField[] {
  const own = contract.kinds[String(value.kind)] ?? [];
  return [...contract.fields.filter((field) => field.kind !== 'json'), ...own];
}

function faultsOf(field: NamedField): Fault[] {
  const put = (why: string, bad: unknown): Fault => ({
    why,
    apply: (value) => ({ ...value, [field.name]: bad }),
  });
  const faults = [
    put('a truth value', true),
    put('an object', { a: 1 }),
    ...wrongValues(field).map(([why, bad]) => put(why, bad)),
  ];
  if (isOptional(field)) return field.nullable ? faults : [...faults, put('null', null)];
  const absent: Fault = {
    why: 'absent',
    apply: (value) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== field.name)),
  };
  return [...faults, absent, put('null', null)];
}

/** Values of the right JSON type that are wrong all the same, and some of the wrong type. */
function wrongValues(field: NamedField): [string, unknown][] {
  switch (field.kind) {
    case 'id':
      return [
        ['blank inside', 'a b'],
        ['empty', ''],
        ['too long', 'x'.repeat(129)],
        ['a control', 'a\u0000'],
        ['a number', 5101],
        ['a line break at the end', 'a\n'],
      ];
    case 'text':
      return [
        ['too long', 'x'.repeat(TEXT_MAX + 1)],
        ['a number', 1],
        ...(field.nullable ? [] : [['empty', ''] as [string, unknown]]),
      ];
    case 'enum':
      return [
        ['not of the list', 'nonsense'],
        ...otherCase(field.values ?? []).map((value) => ['other case', value] as [string, unknown]),
        ['empty', ''],
      ];
    case 'timestamp':
      return BAD_TIMES.map((text) => [`the time ${text}`, text]);
    case 'uint32':
    case 'int64':
      return [
        ['a fraction', 1.5],
        ['digits in a string', '1'],
        ['beyond 2^53', 1e17],
        ['below the minimum', (field.minimum ?? Number.MIN_SAFE_INTEGER) - 1024 * 4],
      ];
    case 'float64':
      return [
        ['digits in a string', '1.5'],
        ['beyond all measure', 1e300],
        ['below the minimum', (field.minimum ?? -1e15) * 2 - 1],
      ];
    case 'items':
      return [
        ['no list', {}],
        ['an element that is no object', [1]],
        ['an element of nothing', [{}]],
        ['an unknown field', [{ x: 1 }]],
      ];
    case 'json':
      return [];
  }
}

/** One value of a list in the other case, where one has letters: a year as a value has none. */
function otherCase(values: readonly string[]): string[] {
  return values
    .flatMap((value) => [value.toUpperCase(), value.toLowerCase()])
    .filter((value) => !values.includes(value))
    .slice(0, 1);
}

const BAD_TIMES = [
  '2026-03-01T00:00:00',
  '2026-03-01',
  '2026-03-01 00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-03-01T24:00:00Z',
  '2026-03-01T00:60:00Z',
  '2026-03-01T00:00:00.1234Z',
  '2026-03-01T00:00:00+0800',
  '1970-01-01T00:00:00Z',
  '2101-01-01T00:00:00Z',
  '2026-03-01T00:00:00z',
  '20260301T000000Z',
  '',
];

function wholeFaults(contract: StreamContract, good: Reading): Fault[] {
  const unknown: Fault = { why: 'an unknown field', apply: (value) => ({ ...value, unheardOf: 1 }) };
  const both = contract.rules
    .filter((rule) => rule.kind === 'atMostOne')
    .map(({ fields: [first, second] }) => ({
      why: `both ${first} and ${second}`,
      apply: (value: Reading) => ({ ...value, [first]: 1, [second]: 1 }),
    }));
  const kind: Fault = { why: 'an unknown kind', apply: (value) => ({ ...value, kind: 'nonsense' }) };
  return [unknown, ...both, ...(good.kind === undefined ? [] : [kind])];
}
