/** Small tables of plain columns to and from Arrow IPC files, byte for byte the same for the same values. */
import {
  Bool,
  type DataType,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';

export type ColumnType = 'text' | 'int' | 'number' | 'bool';
type ValueOf<T extends ColumnType> = T extends 'text' ? string : T extends 'bool' ? boolean : number;
export type ColumnTypes = Readonly<Record<string, ColumnType>>;
export type Row<C extends ColumnTypes> = { readonly [K in keyof C]: ValueOf<C[K]> };

/** Text is plain UTF-8, not a dictionary: dictionary ids count up in the process and would change the bytes. */
const TYPES: Readonly<Record<ColumnType, () => DataType>> = {
  text: () => new Utf8(),
  int: () => new Int32(),
  number: () => new Float64(),
  bool: () => new Bool(),
};

/** Rows as one Arrow IPC file, or as a stream of one batch for an insert. */
export function encodeTable<C extends ColumnTypes>(
  types: C,
  rows: readonly Row<C>[],
  form: 'file' | 'stream' = 'file',
): Uint8Array {
  const names = Object.keys(types);
  const schema = new Schema(names.map((name) => new Field(name, TYPES[types[name]!](), false)));
  const children = names.map((name) => {
    const vector: Vector = vectorFromArray(
      rows.map((row) => row[name]),
      TYPES[types[name]!](),
    );
    return vector.data[0] ?? makeData({ type: TYPES[types[name]!]() });
  });
  const data = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), form);
}

/**
 * The rows of a file that `encodeTable` wrote.
 * @throws RangeError when a column is missing or of another type
 */
export function decodeTable<C extends ColumnTypes>(types: C, bytes: Uint8Array): Row<C>[] {
  const table = tableFromIPC(bytes);
  const columns = Object.entries(types).map(([name, type]) => {
    const vector = table.getChild(name);
    if (!vector || String(vector.type) !== String(TYPES[type]())) {
      throw new RangeError(`column ${name} is missing or not of type ${type}`);
    }
    return [name, vector] as const;
  });
  return Array.from({ length: table.numRows }, (_row, at) => {
    return Object.fromEntries(columns.map(([name, vector]) => [name, vector.get(at)])) as Row<C>;
  });
}
