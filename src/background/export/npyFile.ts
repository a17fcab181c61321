/** Arrays as .npy files (format version 1.0), byte for byte as numpy reads them; little-endian, C order. */

/** One column of a structured array, or the only one of a plain array. */
export type NpyColumn =
  | { readonly type: '<i8'; readonly values: ArrayLike<number> }
  | { readonly type: '<f8' | '<f4'; readonly values: ArrayLike<number> }
  | { readonly type: '|u1' | '|b1'; readonly values: ArrayLike<number> };

const WIDTH = { '<i8': 8, '<f8': 8, '<f4': 4, '|u1': 1, '|b1': 1 } as const;

export function npyVector(column: NpyColumn): Uint8Array {
  return npyFile(`'${column.type}'`, [column], column.values.length);
}

/** A structured array: one record a row, fields in the order given. */
export function npyRecords(columns: Readonly<Record<string, NpyColumn>>, rows: number): Uint8Array {
  const fields = Object.entries(columns).map(([name, { type }]) => `('${name}', '${type}')`);
  return npyFile(`[${fields.join(', ')}]`, Object.values(columns), rows);
}

function npyFile(description: string, columns: readonly NpyColumn[], rows: number): Uint8Array {
  const text = `{'descr': ${description}, 'fortran_order': False, 'shape': (${rows},), }`;
  const padding = 63 - ((10 + text.length) % 64);
  const header = new TextEncoder().encode(`${text}${' '.repeat(padding)}\n`);
  const width = columns.reduce((sum, { type }) => sum + WIDTH[type], 0);
  const bytes = new Uint8Array(10 + header.length + rows * width);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, header.length, true);
  bytes.set(header, 10);
  let at = 10 + header.length;
  for (let row = 0; row < rows; row++) {
    for (const { type, values } of columns) {
      put(view, at, type, values[row]!);
      at += WIDTH[type];
    }
  }
  return bytes;
}

function put(view: DataView, at: number, type: NpyColumn['type'], value: number): void {
  if (type === '<i8') view.setBigInt64(at, BigInt(value), true);
  else if (type === '<f8') view.setFloat64(at, value, true);
  else if (type === '<f4') view.setFloat32(at, value, true);
  else view.setUint8(at, value);
}
