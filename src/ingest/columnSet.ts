/**
 * Growing typed-array columns for the rows of one range of offsets. Rows are written field by field and become
 * part of the set only by `endRow`, so that a message which fails half-way leaves nothing behind.
 */
import {
  type Data,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Uint32,
  Utf8,
} from 'apache-arrow';
import type { NamedField } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';

const encoder = new TextEncoder();

/** One column of fixed width with validity. */
class FixedColumn {
  readonly type: DataType;
  values: Float64Array | BigInt64Array | Uint32Array;
  nulls: Uint8Array;
  private readonly make: (n: number) => Float64Array | BigInt64Array | Uint32Array;
  /** The two halves of each 64-bit integer, little-endian: written without making a bigint a value. */
  private words: Int32Array;

  constructor(
    type: DataType,
    make: (n: number) => Float64Array | BigInt64Array | Uint32Array,
    capacity: number,
  ) {
    this.type = type;
    this.make = make;
    this.values = make(capacity);
    this.words = new Int32Array(this.values.buffer);
    this.nulls = new Uint8Array(capacity);
  }

  set(row: number, value: number): void {
    this.nulls[row] = 0;
    if (this.values instanceof BigInt64Array) {
      const high = Math.floor(value / 4_294_967_296);
      this.words[2 * row] = value - high * 4_294_967_296;
      this.words[2 * row + 1] = high;
    } else this.values[row] = value;
  }

  grow(capacity: number): void {
    const values = this.make(capacity);
    (values as Float64Array).set(this.values as Float64Array);
    this.values = values;
    this.words = new Int32Array(values.buffer);
    this.nulls = grown(this.nulls, capacity);
  }

  data(rows: number): Data {
    const { nullBitmap, nullCount } = bitmap(this.nulls, rows);
    return makeData({
      type: this.type as Int64,
      length: rows,
      nullCount,
      nullBitmap,
      data: this.values.subarray(0, rows) as BigInt64Array,
    });
  }
}

/** One column of UTF-8 text with validity. */
class TextColumn {
  bytes = new Uint8Array(1 << 16);
  ends: Int32Array;
  nulls: Uint8Array;

  constructor(capacity: number) {
    this.ends = new Int32Array(capacity + 1);
    this.nulls = new Uint8Array(capacity);
  }

  grow(capacity: number): void {
    const ends = new Int32Array(capacity + 1);
    ends.set(this.ends);
    this.ends = ends;
    this.nulls = grown(this.nulls, capacity);
  }

  /** Room for `length` more bytes after `used`. */
  reserve(used: number, length: number): void {
    if (used + length <= this.bytes.length) return;
    this.bytes = grown(this.bytes, Math.max(this.bytes.length * 2, used + length));
  }

  data(rows: number): Data {
    const { nullBitmap, nullCount } = bitmap(this.nulls, rows);
    const used = this.ends[rows] ?? 0;
    return makeData({
      type: new Utf8(),
      length: rows,
      nullCount,
      nullBitmap,
      valueOffsets: this.ends.subarray(0, rows + 1),
      data: this.bytes.subarray(0, used),
    });
  }
}

/** Elements of an `items` field: a nested set of their own and the end of each row's run. */
class ItemsColumn {
  readonly inner: Columns;
  ends: Int32Array;

  constructor(fields: readonly NamedField[], capacity: number) {
    this.inner = new Columns(fields, capacity);
    this.ends = new Int32Array(capacity + 1);
  }

  grow(capacity: number): void {
    const ends = new Int32Array(capacity + 1);
    ends.set(this.ends);
    this.ends = ends;
  }
}

type Column = FixedColumn | TextColumn | ItemsColumn;

/** The columns of a list of fields. `row` is the index being written; `rows` how many are complete. */
export class Columns {
  readonly fields: readonly NamedField[];
  readonly columns: Column[];
  rows = 0;
  private capacity: number;
  private lastFill = { text: '', bytes: new Uint8Array(0) };

  constructor(fields: readonly NamedField[], capacity = 4096) {
    this.fields = fields;
    this.capacity = capacity;
    this.columns = fields.map((field) => columnFor(field, capacity));
  }

  /** Makes sure that row `rows` can be written. */
  openRow(): number {
    this.reserveRows(1);
    return this.rows;
  }

  /** Makes sure that `count` rows from `rows` on can be written. */
  reserveRows(count: number): void {
    while (this.rows + count > this.capacity) {
      this.capacity *= 2;
      for (const column of this.columns) column.grow(this.capacity);
    }
  }

  /** Takes rows after `rows` back. */
  rewind(rows: number): void {
    this.rows = rows;
    for (const column of this.columns)
      if (column instanceof ItemsColumn) column.inner.rewind(column.ends[rows] ?? 0);
  }

  setNull(index: number, row: number): void {
    const column = this.columns[index] as Column;
    if (column instanceof ItemsColumn) throw new TypeError('items are never null');
    if (column instanceof TextColumn) column.ends[row + 1] = column.ends[row] as number;
    else column.set(row, 0);
    column.nulls[row] = 1;
  }

  setNumber(index: number, row: number, value: number): void {
    (this.columns[index] as FixedColumn).set(row, value);
  }

  setText(index: number, row: number, value: string): void {
    const column = this.columns[index] as TextColumn;
    const begin = column.ends[row] as number;
    column.reserve(begin, value.length * 3);
    const { written } = encoder.encodeInto(value, column.bytes.subarray(begin));
    column.nulls[row] = 0;
    column.ends[row + 1] = begin + written;
  }

  /** Copies bytes that are known to be valid UTF-8. */
  setBytes(index: number, row: number, from: Uint8Array, begin: number, end: number): void {
    const column = this.columns[index] as TextColumn;
    const at = column.ends[row] as number;
    const length = end - begin;
    column.reserve(at, length);
    const to = column.bytes;
    // Ids are short: a loop beats the call of `set` with a view.
    for (let i = 0; i < length; i++) to[at + i] = from[begin + i] as number;
    column.nulls[row] = 0;
    column.ends[row + 1] = at + length;
  }

  /** Writes a run of numbers from row `first` on; none of them is null. 64-bit integers as such. */
  setNumberRun(index: number, first: number, values: Float64Array | BigInt64Array | Uint32Array): void {
    const column = this.columns[index] as FixedColumn;
    (column.values as Float64Array).set(values as Float64Array, first);
    column.nulls.fill(0, first, first + values.length);
  }

  /** Writes a run of texts that are known to be valid UTF-8 from row `first` on; the i-th is `bytes[ends[i], ends[i + 1])`. */
  setTextRun(index: number, first: number, bytes: Uint8Array, ends: Int32Array): void {
    const column = this.columns[index] as TextColumn;
    const count = ends.length - 1;
    const begin = ends[0] as number;
    const at = column.ends[first] as number;
    column.reserve(at, (ends[count] as number) - begin);
    column.bytes.set(bytes.subarray(begin, ends[count]), at);
    for (let i = 1; i <= count; i++) column.ends[first + i] = (ends[i] as number) - begin + at;
    column.nulls.fill(0, first, first + count);
  }

  /** Writes the same number into `count` rows from `first` on. */
  fillNumber(index: number, first: number, count: number, value: number): void {
    const column = this.columns[index] as FixedColumn;
    if (column.values instanceof BigInt64Array) column.values.fill(BigInt(value), first, first + count);
    else column.values.fill(value, first, first + count);
    column.nulls.fill(0, first, first + count);
  }

  /** Writes the same text into `count` rows from `first` on. */
  fillText(index: number, first: number, count: number, value: string): void {
    const column = this.columns[index] as TextColumn;
    const at = column.ends[first] as number;
    if (value !== this.lastFill.text) this.lastFill = { text: value, bytes: encoder.encode(value) };
    const { bytes } = this.lastFill;
    column.reserve(at, bytes.length * count);
    for (let i = 0; i < count; i++) {
      const to = at + i * bytes.length;
      for (let j = 0; j < bytes.length; j++) column.bytes[to + j] = bytes[j] as number;
      column.ends[first + i + 1] = to + bytes.length;
    }
    column.nulls.fill(0, first, first + count);
  }

  isNull(index: number, row: number): boolean {
    return (this.columns[index] as FixedColumn | TextColumn).nulls[row] === 1;
  }

  /** Whether two text columns hold the same bytes in a row. */
  sameText(first: number, second: number, row: number): boolean {
    const a = this.columns[first] as TextColumn;
    const b = this.columns[second] as TextColumn;
    const length = (a.ends[row + 1] as number) - (a.ends[row] as number);
    if (length !== (b.ends[row + 1] as number) - (b.ends[row] as number)) return false;
    for (let i = 0; i < length; i++) {
      if (a.bytes[(a.ends[row] as number) + i] !== b.bytes[(b.ends[row] as number) + i]) return false;
    }
    return true;
  }

  /** Writes one accepted value (output of the contract's zod schema) as row `row`. */
  setValue(index: number, row: number, value: unknown): void {
    const field = this.fields[index] as NamedField;
    if (field.kind === 'items') this.setItems(index, row, value as Record<string, unknown>[]);
    else if (value === null || value === undefined) this.setNull(index, row);
    else if (field.kind === 'timestamp') this.setNumber(index, row, Date.parse(value as string));
    else if (typeof value === 'number') this.setNumber(index, row, value);
    else this.setText(index, row, value as string);
  }

  private setItems(index: number, row: number, elements: Record<string, unknown>[]): void {
    const { inner, ends } = this.columns[index] as ItemsColumn;
    inner.rewind(ends[row] as number);
    for (const element of elements) {
      const at = inner.openRow();
      for (const [position, field] of inner.fields.entries())
        inner.setValue(position, at, element[field.name]);
      inner.rows++;
    }
    ends[row + 1] = inner.rows;
  }

  endRow(): void {
    this.rows++;
  }

  /** Arrow fields and data under ClickHouse names; an `items` field gives one list column an item. */
  arrow(prefix = ''): { fields: Field[]; data: Data[] } {
    const fields: Field[] = [];
    const data: Data[] = [];
    for (const [index, column] of this.columns.entries()) {
      const { column: name } = this.fields[index] as NamedField;
      if (column instanceof ItemsColumn) {
        const inner = column.inner.arrow();
        for (const [position, child] of inner.data.entries()) {
          const field = inner.fields[position] as Field;
          const type = new List(new Field('item', field.type, true));
          fields.push(new Field(`${name}.${field.name}`, type, false));
          data.push(
            makeData({
              type,
              length: this.rows,
              nullCount: 0,
              valueOffsets: column.ends.subarray(0, this.rows + 1),
              child,
            }),
          );
        }
      } else {
        const made = column.data(this.rows);
        fields.push(new Field(prefix + name, made.type, true));
        data.push(made);
      }
    }
    return { fields, data };
  }
}

/** Where each row of a range came from. */
const ORIGIN_FIELDS: readonly NamedField[] = [
  origin('source', 'id'),
  origin('_offset', 'int64'),
  origin('_row', 'uint32'),
  origin('_rows', 'uint32'),
  origin('known_at', 'timestamp'),
];

function origin(name: string, kind: NamedField['kind']): NamedField {
  return { name, column: name, kind, nullable: false, about: { en: name, zh: name } };
}

/** Names of the columns that `RowSet` writes beside a contract's own; the rest of the origin is constant in a range. */
export const ROW_ORIGIN_COLUMNS: readonly string[] = ORIGIN_FIELDS.map((field) => field.column);

/** The rows of a stream with their origin. */
export class RowSet {
  readonly values: Columns;
  readonly origins: Columns;

  constructor(contract: StreamContract) {
    this.values = new Columns(contract.fields);
    this.origins = new Columns(ORIGIN_FIELDS);
  }

  get rows(): number {
    return this.values.rows;
  }

  /** Appends the origin of all rows from `fromRow` on: they came with one message. */
  stamp(fromRow: number, source: string, offset: number, timestampMs: number): void {
    const { origins } = this;
    const count = this.values.rows - fromRow;
    origins.reserveRows(count);
    const first = origins.rows;
    origins.fillText(0, first, count, source);
    origins.fillNumber(1, first, count, offset);
    for (let i = 0; i < count; i++) origins.setNumber(2, first + i, i);
    origins.fillNumber(3, first, count, count);
    origins.fillNumber(4, first, count, timestampMs);
    origins.rows += count;
  }

  clear(): void {
    this.values.rewind(0);
    this.origins.rewind(0);
  }

  /** One Arrow IPC stream with one record batch: how it is cut does not depend on anything but the rows. */
  toIpc(): Uint8Array {
    const values = this.values.arrow();
    const origins = this.origins.arrow();
    const schema = new Schema([...values.fields, ...origins.fields]);
    const struct = makeData({
      type: new Struct(schema.fields),
      length: this.rows,
      nullCount: 0,
      children: [...values.data, ...origins.data],
    });
    const writer = RecordBatchStreamWriter.writeAll([new RecordBatch(schema, struct)]);
    return writer.toUint8Array(true);
  }
}

function columnFor(field: NamedField, capacity: number): Column {
  switch (field.kind) {
    case 'items':
      return new ItemsColumn(field.items ?? [], capacity);
    case 'timestamp':
      return new FixedColumn(new TimestampMillisecond('UTC'), (n) => new BigInt64Array(n), capacity);
    case 'int64':
      return new FixedColumn(new Int64(), (n) => new BigInt64Array(n), capacity);
    case 'uint32':
      return new FixedColumn(new Uint32(), (n) => new Uint32Array(n), capacity);
    case 'float64':
      return new FixedColumn(new Float64(), (n) => new Float64Array(n), capacity);
    default:
      return new TextColumn(capacity);
  }
}

function grown<T extends Uint8Array>(array: T, length: number): T {
  const next = new Uint8Array(length) as T;
  next.set(array);
  return next;
}

function bitmap(nulls: Uint8Array, rows: number): { nullBitmap: Uint8Array | null; nullCount: number } {
  let nullCount = 0;
  for (let i = 0; i < rows; i++) nullCount += nulls[i] as number;
  if (nullCount === 0) return { nullBitmap: null, nullCount };
  const nullBitmap = new Uint8Array((rows + 7) >> 3);
  for (let i = 0; i < rows; i++)
    if (nulls[i] === 0) nullBitmap[i >> 3] = (nullBitmap[i >> 3] as number) | (1 << (i & 7));
  return { nullBitmap, nullCount };
}
