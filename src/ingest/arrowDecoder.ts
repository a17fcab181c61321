/**
 * Arrow payloads. Flat streams are judged a column at a time on the raw buffers; streams with items or documents
 * are judged row by row by the contract's schema.
 */
import {
  type Data,
  DataType,
  type RecordBatch,
  RecordBatchReader,
  TimeUnit,
  type Vector,
} from 'apache-arrow';
import { ID_PATTERN, INSTANT_LIMITS_MS, type NamedField, TEXT_MAX } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import type { Columns } from './columnSet.ts';
import { type Rejection, reject } from './deadReasons.ts';
import { appendAll, MAX_READINGS_PER_MESSAGE } from './jsonDecoder.ts';

/** Appends all rows of an Arrow IPC stream, or returns why not; then nothing was appended. */
export function decodeArrow(
  contract: StreamContract,
  value: Uint8Array,
  into: Columns,
): Rejection | undefined {
  const before = into.rows;
  const rejection = appendBatches(contract, value, into, before);
  if (rejection) into.rewind(before);
  return rejection;
}

function appendBatches(
  contract: StreamContract,
  value: Uint8Array,
  into: Columns,
  before: number,
): Rejection | undefined {
  try {
    let batches = 0;
    const reader = RecordBatchReader.from(value);
    for (const batch of reader) {
      batches++;
      if (into.rows - before + batch.numRows > MAX_READINGS_PER_MESSAGE)
        return reject('too_many_readings', '', `over ${MAX_READINGS_PER_MESSAGE} rows`);
      const rejection = flat(contract)
        ? appendColumns(contract, batch, into)
        : appendRows(contract, batch, into);
      if (rejection) return rejection;
    }
    if (batches === 0 && !reader.schema) return reject('not_arrow', '', 'no Arrow schema');
  } catch (error) {
    return reject('not_arrow', '', (error as Error).message.slice(0, 200));
  }
  return into.rows === before ? reject('no_readings', '', 'the stream has no rows') : undefined;
}

const flat = (contract: StreamContract): boolean =>
  contract.shape === 'readings' && contract.fields.every((field) => field.kind !== 'items');

/** How a column of the batch is called in a rejection: rows count from 0. */
const at = (name: string, row: number): string => `[${row}].${name}`;

function appendColumns(contract: StreamContract, batch: RecordBatch, into: Columns): Rejection | undefined {
  const names = batch.schema.fields.map((field) => field.name);
  const unknown = names.find((name) => !contract.fields.some((field) => field.name === name));
  if (unknown !== undefined)
    return reject('unknown_field', unknown, `no field ${unknown} in ${contract.topic}`);
  const first = into.rows;
  const count = batch.numRows;
  into.reserveRows(count);
  for (const [index, field] of contract.fields.entries()) {
    const position = names.indexOf(field.name);
    const rejection =
      position < 0
        ? absentColumn(index, field, first, count, into)
        : appendColumn(index, field, batch.data.children[position] as Data, { first, count, into });
    if (rejection) return rejection;
  }
  into.rows += count;
  return brokenRule(contract, first, count, into);
}

function absentColumn(
  index: number,
  field: NamedField,
  first: number,
  count: number,
  into: Columns,
): Rejection | undefined {
  if (!field.nullable && field.fallback === undefined)
    return reject('missing_field', field.name, 'the column is missing');
  for (let i = 0; i < count; i++) {
    if (field.nullable) into.setNull(index, first + i);
    else into.setNumber(index, first + i, field.fallback as number);
  }
  return undefined;
}

interface Target {
  readonly first: number;
  readonly count: number;
  readonly into: Columns;
}

function appendColumn(index: number, field: NamedField, data: Data, target: Target): Rejection | undefined {
  if (!typeFits(field, data.type))
    return reject('schema_mismatch', field.name, `${data.type} instead of ${wantedType(field)}`);
  if (data.length !== target.count) return reject('not_arrow', field.name, 'columns differ in length');
  if (data.nullCount > 0 && !field.nullable)
    return reject('missing_field', field.name, `${data.nullCount} nulls`);
  return field.kind === 'id' || field.kind === 'text' || field.kind === 'enum'
    ? appendText(index, field, data, target)
    : appendNumbers(index, field, data, target);
}

function typeFits(field: NamedField, type: DataType): boolean {
  switch (field.kind) {
    case 'timestamp':
      return DataType.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND && Boolean(type.timezone);
    case 'uint32':
      return DataType.isInt(type) && type.bitWidth === 32 && !type.isSigned;
    case 'int64':
      return DataType.isInt(type) && type.bitWidth === 64 && type.isSigned;
    case 'float64':
      return DataType.isFloat(type) && type.precision === 2;
    default:
      return DataType.isUtf8(type);
  }
}

function wantedType(field: NamedField): string {
  const wanted = {
    timestamp: 'Timestamp<MILLISECOND, UTC>',
    uint32: 'Uint32',
    int64: 'Int64',
    float64: 'Float64',
  };
  return field.kind in wanted ? wanted[field.kind as keyof typeof wanted] : 'Utf8';
}

function isNull(data: Data, i: number): boolean {
  if (data.nullCount === 0) return false;
  const bit = data.offset + i;
  return ((data.nullBitmap[bit >> 3] as number) & (1 << (bit & 7))) === 0;
}

function appendNumbers(
  index: number,
  field: NamedField,
  data: Data,
  { first, count, into }: Target,
): Rejection | undefined {
  const values = data.values as Float64Array | BigInt64Array | Uint32Array;
  if (values.length < count) return reject('not_arrow', field.name, 'the column is cut off');
  const [low, high] =
    field.kind === 'timestamp' ? [INSTANT_LIMITS_MS.earliest, INSTANT_LIMITS_MS.latest - 1] : limits(field);
  const words =
    values instanceof BigInt64Array
      ? new Int32Array(values.buffer, values.byteOffset, values.length * 2)
      : undefined;
  // Without nulls the column is judged value by value and copied as a whole.
  const whole = data.nullCount === 0;
  for (let i = 0; i < count; i++) {
    if (!whole && isNull(data, i)) {
      into.setNull(index, first + i);
      continue;
    }
    const value = words
      ? (words[2 * i + 1] as number) * 4_294_967_296 + ((words[2 * i] as number) >>> 0)
      : (values[i] as number);
    if (!(value >= low && value <= high)) {
      return reject(
        field.kind === 'timestamp' ? 'bad_time' : 'out_of_range',
        at(field.name, i),
        `${value} is outside ${low} to ${high}`,
      );
    }
    if (!whole) into.setNumber(index, first + i, value);
  }
  if (whole) into.setNumberRun(index, first, values.subarray(0, count));
  return undefined;
}

function limits(field: NamedField): [number, number] {
  return [field.minimum ?? Number.MIN_SAFE_INTEGER, field.maximum ?? Number.MAX_SAFE_INTEGER];
}

const idBytes = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 128 && ID_PATTERN.test(String.fromCharCode(byte)) ? 1 : 0,
);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function appendText(
  index: number,
  field: NamedField,
  data: Data,
  { first, count, into }: Target,
): Rejection | undefined {
  const ends = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  if (ends.length < count + 1) return reject('not_arrow', field.name, 'the column is cut off');
  const judge = textJudge(field);
  const whole = data.nullCount === 0;
  for (let i = 0; i < count; i++) {
    if (!whole && isNull(data, i)) {
      into.setNull(index, first + i);
      continue;
    }
    const begin = ends[i] as number;
    const end = ends[i + 1] as number;
    if (begin < 0 || end < begin || end > bytes.length)
      return reject('not_arrow', at(field.name, i), 'text offsets do not rise');
    const fault = judge(bytes, begin, end);
    if (fault) return reject(fault, at(field.name, i), `not a valid ${field.kind}`);
    if (!whole) into.setBytes(index, first + i, bytes, begin, end);
  }
  if (whole) into.setTextRun(index, first, bytes, ends.subarray(0, count + 1));
  return undefined;
}

type TextJudge = (
  bytes: Uint8Array,
  begin: number,
  end: number,
) => 'not_allowed' | 'not_utf8' | 'out_of_range' | undefined;

function textJudge(field: NamedField): TextJudge {
  if (field.kind === 'enum') return enumJudge(field.values ?? []);
  const allowed = field.kind === 'id' ? idBytes : undefined;
  return (bytes, begin, end) => {
    if (allowed && end - begin <= 128 && end > begin) {
      let i = begin;
      while (i < end && allowed[bytes[i] as number] === 1) i++;
      if (i === end) return undefined;
    }
    let text: string;
    try {
      text = utf8.decode(bytes.subarray(begin, end));
    } catch {
      return 'not_utf8';
    }
    if (field.kind === 'id') return ID_PATTERN.test(text) ? undefined : 'not_allowed';
    return text.length <= TEXT_MAX && (field.nullable || text.length > 0) ? undefined : 'out_of_range';
  };
}

function enumJudge(values: readonly string[]): TextJudge {
  const encoded = values.map((value) => new TextEncoder().encode(value));
  return (bytes, begin, end) => {
    const length = end - begin;
    for (const value of encoded) {
      if (value.length !== length) continue;
      let i = 0;
      while (i < length && value[i] === bytes[begin + i]) i++;
      if (i === length) return undefined;
    }
    return 'not_allowed';
  };
}

function brokenRule(
  contract: StreamContract,
  first: number,
  count: number,
  into: Columns,
): Rejection | undefined {
  for (const rule of contract.rules) {
    const [a, b] = rule.fields.map((name) => contract.fields.findIndex((field) => field.name === name)) as [
      number,
      number,
    ];
    for (let row = first; row < first + count; row++) {
      const broken =
        rule.kind === 'atMostOne' ? !into.isNull(a, row) && !into.isNull(b, row) : into.sameText(a, b, row);
      if (broken)
        return reject(
          'rule_broken',
          at(rule.fields[1], row - first),
          `${rule.fields.join(' and ')}: ${rule.kind}`,
        );
    }
  }
  return undefined;
}

/** Streams with items or documents: each row becomes what JSON would have held. */
function appendRows(contract: StreamContract, batch: RecordBatch, into: Columns): Rejection | undefined {
  const rows: unknown[] = [];
  for (let i = 0; i < batch.numRows; i++) {
    const row = rowOf(batch, i);
    if ('rejection' in row) return row.rejection;
    rows.push(row.value);
  }
  return appendAll(contract, rows, into, (index) => `[${index}]`);
}

function rowOf(batch: RecordBatch, i: number): { value: Record<string, unknown> } | { rejection: Rejection } {
  const value: Record<string, unknown> = {};
  for (const [position, { name }] of batch.schema.fields.entries()) {
    const column = batch.getChildAt(position) as Vector;
    const cell = plain(column.get(i), column.type);
    if (cell === undefined)
      return {
        rejection: reject('schema_mismatch', at(name, i), `${column.type} is not part of the contract`),
      };
    if (name === 'document') {
      const fields = documentFields(cell);
      if (!fields) return { rejection: reject('not_json', at(name, i), 'the document is not a JSON object') };
      Object.assign(value, fields);
    } else value[name] = cell;
  }
  return { value };
}

function documentFields(cell: unknown): Record<string, unknown> | undefined {
  try {
    const parsed = JSON.parse(String(cell));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** A cell as JSON would hold it; `undefined` where the type has no place in a contract. */
function plain(cell: unknown, type: DataType): unknown {
  if (cell === null || cell === undefined) return null;
  if (DataType.isTimestamp(type)) return type.timezone ? new Date(Number(cell)).toISOString() : undefined;
  if (DataType.isList(type))
    return Array.from(cell as Iterable<unknown>, (item) => plain(item, type.children[0]?.type as DataType));
  if (DataType.isStruct(type)) {
    const row = cell as Record<string, unknown>;
    return Object.fromEntries(type.children.map((child) => [child.name, plain(row[child.name], child.type)]));
  }
  if (typeof cell === 'bigint') return Number(cell);
  return typeof cell === 'string' || typeof cell === 'number' ? cell : undefined;
}
