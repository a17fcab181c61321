/** A hundred ways in which a message of `plant.generation` can be wrong, each with the reason that it must get. */
import {
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Timestamp,
  TimestampMillisecond,
  TimestampSecond,
  TimeUnit,
  Uint32,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import type { DeadReason } from '../../src/ingest/deadReasons.ts';
import { arrowMessage } from '../../src/sheets/arrowMessage.ts';

export interface BadMessage {
  readonly name: string;
  readonly value: Buffer | null;
  readonly reason: DeadReason;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export const JSON_TYPE = 'application/json';
const ARROW_TYPE = 'application/vnd.apache.arrow.stream';
/** Energy that the contract of today refuses and a later one accepts. */
const NEGATIVE_WH = -5;

export const goodReading = (n: number) => ({
  plant: `plant/p-${n % 5}`,
  meter: 'm-1',
  start: new Date(Date.UTC(2026, 2, 1) + n * 900_000).toISOString(),
  durationS: 900,
  energyWh: 1000 + n,
  quality: 'measured',
  revision: 0,
});

const text = JSON.stringify(goodReading(1));
const changed = (change: Record<string, unknown>) => JSON.stringify({ ...goodReading(1), ...change });
const without = (key: string) =>
  JSON.stringify(Object.fromEntries(Object.entries(goodReading(1)).filter(([name]) => name !== key)));
const json = (name: string, reason: DeadReason, value: string | Uint8Array): BadMessage => ({
  name,
  reason,
  value: Buffer.from(value as string),
});

const notJson: BadMessage[] = [
  ['half a document', text.slice(0, 40)],
  ['without its last brace', text.slice(0, -1)],
  ['a trailing comma', text.replace('}', ',}')],
  ['single quotes', text.replaceAll('"', "'")],
  ['two documents', text + text],
  ['JSON lines', `${text}\n${text}`],
  ['NaN', text.replace('1001', 'NaN')],
  ['Infinity', text.replace('1001', 'Infinity')],
  ['a hexadecimal number', text.replace('1001', '0x10')],
  ['a leading zero', text.replace('1001', '01001')],
  ['a leading plus', text.replace('1001', '+1001')],
  ['a number that ends on a point', text.replace('1001', '1001.')],
  ['undefined', text.replace('1001', 'undefined')],
  ['a comment', `/* plant */${text}`],
  ['CSV', 'plant,meter\nplant/p-1,m-1'],
  ['XML', '<reading plant="p"/>'],
  ['an unclosed string', text.replace('"m-1"', '"m-1')],
  ['a raw line break in a string', text.replace('m-1', 'm\n1')],
  ['a wrong escape', text.replace('m-1', 'm\\x31')],
  ['an unclosed array', `[${text}`],
  ['a byte-order mark twice', `\uFEFF\uFEFF${text}`],
  ['a deep nest that never ends', '['.repeat(5_000)],
  ['text with a NUL', `${text}\0`],
].map(([name, value]) => json(name as string, 'not_json', value as string));

const notUtf8: BadMessage[] = [
  json(
    'GB 18030 bytes',
    'not_utf8',
    Buffer.from(text.replace('m-1', 'm-X')).map((byte) => (byte === 0x58 ? 0xcb : byte)),
  ),
  json('Latin-1 bytes', 'not_utf8', Buffer.from(text.replace('m-1', 'm-é'), 'latin1')),
  json('UTF-16', 'not_utf8', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])),
  json(
    'a cut-off multi-byte letter',
    'not_utf8',
    Buffer.concat([Buffer.from(text.slice(0, 20)), Buffer.from([0xe5, 0x9b])]),
  ),
  json('random bytes', 'not_utf8', Buffer.from([0x80, 0x81, 0xfe, 0xff, 0x00, 0xc0])),
];

const wrongType: BadMessage[] = [
  ['null', 'null'],
  ['a number', '5'],
  ['a text', '"reading"'],
  ['true', 'true'],
  ['an array of numbers', '[1,2]'],
  ['an array in an array', `[[${text}]]`],
  ['energy as text', changed({ energyWh: '1001' })],
  ['energy as true', changed({ energyWh: true })],
  ['energy as an array', changed({ energyWh: [1001] })],
  ['energy as an object', changed({ energyWh: { wh: 1001 } })],
  ['plant as a number', changed({ plant: 5 })],
  ['plant as null', changed({ plant: null })],
  ['start as a number', changed({ start: 1_772_323_200_000 })],
  ['start as an object', changed({ start: { $date: 1 } })],
  ['length as text', changed({ durationS: '900' })],
  ['length as null', changed({ durationS: null })],
  ['revision as text', changed({ revision: '1' })],
].map(([name, value]) => json(name as string, 'wrong_type', value as string));

const missing: BadMessage[] = [
  json('an empty object', 'missing_field', '{}'),
  ...['plant', 'meter', 'start', 'durationS'].map((key) => json(`no ${key}`, 'missing_field', without(key))),
];

const unknown: BadMessage[] = [
  json('a misspelt key', 'unknown_field', text.replace('energyWh', 'energyWH')),
  json('a key more', 'unknown_field', changed({ power: 5 })),
  json('__proto__', 'unknown_field', text.replace('"revision":0', '"revision":0,"__proto__":{"plant":"x"}')),
  json('constructor', 'unknown_field', changed({ constructor: 'x' })),
  json(
    'a key in another case',
    'unknown_field',
    text.replace('"meter"', '"Meter"').replace('}', ',"meter":"m-1"}'),
  ),
];

const badTime: BadMessage[] = [
  ['no offset', '2026-03-01T00:00:00'],
  ['a date', '2026-03-01'],
  ['30 February', '2026-02-30T00:00:00Z'],
  ['29 February of a common year', '2026-02-29T00:00:00Z'],
  ['month 13', '2026-13-01T00:00:00Z'],
  ['day 0', '2026-03-00T00:00:00Z'],
  ['25 hours', '2026-03-01T25:00:00Z'],
  ['24:00', '2026-03-01T24:00:00Z'],
  ['minute 60', '2026-03-01T00:60:00Z'],
  ['second 61', '2026-03-01T00:00:61Z'],
  ['a blank instead of T', '2026-03-01 00:00:00Z'],
  ['microseconds', '2026-03-01T00:00:00.000001Z'],
  ['1999', '1999-12-31T23:59:59Z'],
  ['2100', '2100-01-01T00:00:00Z'],
  ['an offset without colon', '2026-03-01T00:00:00+0800'],
  ['a small z', '2026-03-01T00:00:00z'],
  ['a named zone', '2026-03-01T00:00:00[Asia/Shanghai]'],
  ['an empty time', ''],
  ['Chinese civil time', '2026年3月1日0时'],
].map(([name, start]) => json(name as string, 'bad_time', changed({ start })));

const outOfRange: BadMessage[] = [
  ['negative energy', changed({ energyWh: NEGATIVE_WH })],
  ['half a watt-hour', changed({ energyWh: 1001.5 })],
  ['energy beyond 2^53', text.replace('1001', '9007199254740993')],
  ['1e400', text.replace('1001', '1e400')],
  ['a length of 0', changed({ durationS: 0 })],
  ['a negative length', changed({ durationS: -900 })],
  ['a length of two years', changed({ durationS: 63_244_800 })],
  ['half a second', changed({ durationS: 0.5 })],
  ['a negative revision', changed({ revision: -1 })],
  ['a revision of a billion', changed({ revision: 1e9 })],
].map(([name, value]) => json(name as string, 'out_of_range', value as string));

const notAllowed: BadMessage[] = [
  ['an unknown quality', changed({ quality: 'guessed' })],
  ['a quality in capitals', changed({ quality: 'MEASURED' })],
  ['an empty plant', changed({ plant: '' })],
  ['a plant with a blank', changed({ plant: 'plant 1' })],
  ['a plant with a line break', changed({ plant: 'plant\n1' })],
  ['a plant of 129 letters', changed({ plant: 'x'.repeat(129) })],
  ['a plant with a quote', changed({ plant: 'p"1' })],
  ['a zero-width letter', changed({ plant: 'p\u200b1' })],
].map(([name, value]) => json(name as string, 'not_allowed', value as string));

const wrapping: BadMessage[] = [
  json('an empty array', 'no_readings', '[]'),
  json('a good array with one bad reading', 'out_of_range', `[${text},${changed({ energyWh: -1 })},${text}]`),
  json('a good array with a misspelt one', 'unknown_field', `[${text},${changed({ x: 1 })}]`),
  json('100,001 readings', 'too_large', `[${`${text},`.repeat(100_000)}${text}]`),
  json('2 MB', 'too_large', `${text.slice(0, -1)},"note":"${'x'.repeat(2_000_000)}"}`),
  json('an empty value', 'empty_message', ''),
  { name: 'a tombstone', value: null, reason: 'empty_message' },
  {
    name: 'no content type',
    value: Buffer.from(text),
    reason: 'missing_header',
    headers: { 'content-type': undefined },
  },
  {
    name: 'no source',
    value: Buffer.from(text),
    reason: 'missing_header',
    headers: { ce_source: undefined },
  },
  { name: 'an empty source', value: Buffer.from(text), reason: 'missing_header', headers: { ce_source: '' } },
  {
    name: 'a source of 257 bytes',
    value: Buffer.from(text),
    reason: 'missing_header',
    headers: { ce_source: 'x'.repeat(257) },
  },
  {
    name: 'text/plain',
    value: Buffer.from(text),
    reason: 'wrong_content_type',
    headers: { 'content-type': 'text/plain' },
  },
  {
    name: 'Avro',
    value: Buffer.from(text),
    reason: 'wrong_content_type',
    headers: { 'content-type': 'application/avro' },
  },
  {
    name: 'Arrow said, JSON sent',
    value: Buffer.from(text),
    reason: 'not_arrow',
    headers: { 'content-type': ARROW_TYPE },
  },
  {
    name: 'JSON said, Arrow sent',
    value: arrowMessage(plantGeneration, [goodReading(1)]),
    reason: 'not_utf8',
    headers: { 'content-type': JSON_TYPE },
  },
];

type Columns = Record<string, { readonly type: DataType; readonly values: readonly unknown[] }>;

const arrowColumns = (): Columns => ({
  plant: { type: new Utf8(), values: ['p', 'q'] },
  meter: { type: new Utf8(), values: ['m', 'm'] },
  start: { type: new TimestampMillisecond('UTC'), values: [1_772_323_200_000, 1_772_324_100_000] },
  durationS: { type: new Uint32(), values: [900, 900] },
  energyWh: { type: new Int64(), values: [1n, 2n] },
  quality: { type: new Utf8(), values: ['measured', 'measured'] },
  revision: { type: new Uint32(), values: [0, 0] },
});

function arrowBytes(columns: Columns): Buffer {
  const vectors = Object.entries(columns).map(
    ([name, { type, values }]) => [name, vectorFromArray(values as never[], type as never)] as const,
  );
  const schema = new Schema(vectors.map(([name, vector]) => new Field(name, vector.type, true)));
  const data = makeData({
    type: new Struct(schema.fields),
    length: vectors[0]?.[1].length ?? 0,
    nullCount: 0,
    children: vectors.map(([, vector]) => vector.data[0] as never),
  });
  return Buffer.from(
    RecordBatchStreamWriter.writeAll([new RecordBatch(schema, data as never)]).toUint8Array(true),
  );
}

const arrow = (name: string, reason: DeadReason, value: Buffer): BadMessage => ({
  name: `Arrow: ${name}`,
  reason,
  value,
  headers: { 'content-type': ARROW_TYPE },
});
const arrowWith = (change: Columns) => arrowBytes({ ...arrowColumns(), ...change });
const arrowWithout = (key: string) =>
  arrowBytes(Object.fromEntries(Object.entries(arrowColumns()).filter(([name]) => name !== key)));
const whole = arrowBytes(arrowColumns());

const arrowCases: BadMessage[] = [
  arrow('cut in the schema', 'not_arrow', whole.subarray(0, 60)),
  arrow('cut in the body', 'not_arrow', whole.subarray(0, whole.length - 60)),
  arrow('random bytes', 'not_arrow', Buffer.from('ARROW1 not really')),
  arrow(
    'no rows',
    'no_readings',
    arrowBytes(
      Object.fromEntries(
        Object.entries(arrowColumns()).map(([name, { type }]) => [name, { type, values: [] }]),
      ),
    ),
  ),
  arrow('a column more', 'unknown_field', arrowWith({ power: { type: new Float64(), values: [1, 2] } })),
  arrow('no plant', 'missing_field', arrowWithout('plant')),
  arrow('no quality', 'missing_field', arrowWithout('quality')),
  arrow('a null plant', 'missing_field', arrowWith({ plant: { type: new Utf8(), values: ['p', null] } })),
  arrow(
    'energy as float',
    'schema_mismatch',
    arrowWith({ energyWh: { type: new Float64(), values: [1, 2] } }),
  ),
  arrow(
    'energy as 32 bits',
    'schema_mismatch',
    arrowWith({ energyWh: { type: new Int32(), values: [1, 2] } }),
  ),
  arrow(
    'time without zone',
    'schema_mismatch',
    arrowWith({
      start: { type: new Timestamp(TimeUnit.MILLISECOND), values: [1_772_323_200_000, 1_772_324_100_000] },
    }),
  ),
  arrow(
    'time in seconds',
    'schema_mismatch',
    arrowWith({
      start: { type: new TimestampSecond('UTC'), values: [1_772_323_200_000, 1_772_324_100_000] },
    }),
  ),
  arrow(
    'a dictionary',
    'schema_mismatch',
    arrowWith({ plant: { type: new Dictionary(new Utf8(), new Int32()), values: ['p', 'q'] } }),
  ),
  arrow('negative energy', 'out_of_range', arrowWith({ energyWh: { type: new Int64(), values: [1n, -2n] } })),
  arrow(
    'energy beyond 2^53',
    'out_of_range',
    arrowWith({ energyWh: { type: new Int64(), values: [1n, 1n << 60n] } }),
  ),
  arrow('a length of 0', 'out_of_range', arrowWith({ durationS: { type: new Uint32(), values: [900, 0] } })),
  arrow(
    'a time of 1970',
    'bad_time',
    arrowWith({ start: { type: new TimestampMillisecond('UTC'), values: [1_772_323_200_000, 5] } }),
  ),
  arrow(
    'an unknown quality',
    'not_allowed',
    arrowWith({ quality: { type: new Utf8(), values: ['measured', 'guessed'] } }),
  ),
  arrow(
    'a plant with a blank',
    'not_allowed',
    arrowWith({ plant: { type: new Utf8(), values: ['p', 'q 1'] } }),
  ),
];

export const BAD_MESSAGES: readonly BadMessage[] = [
  ...notJson,
  ...notUtf8,
  ...wrongType,
  ...missing,
  ...unknown,
  ...badTime,
  ...outOfRange,
  ...notAllowed,
  ...wrapping,
  ...arrowCases,
];
