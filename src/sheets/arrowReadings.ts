/** Candidates of Arrow IPC files, in the file (Feather V2) and the stream format. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  compressionRegistry,
  DataType,
  type RecordBatch,
  RecordBatchReader,
  type Schema,
  StructRow,
  Vector,
} from 'apache-arrow';
import type { NamedField } from '../../schemas/fields.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { type Candidate, unreadable } from './candidate.ts';
import { type CellContext, cellValue } from './cellValue.ts';
import { type Column, readHeader } from './header.ts';
import { instantText } from './localTime.ts';
import type { Place, SheetFault } from './sheetFault.ts';

/** One candidate a row; rows count from 1 through all batches. Times without a zone need `timeZone` as in sheets. */
export async function* arrowReadings(
  path: string,
  contract: StreamContract,
  context: CellContext,
): AsyncGenerator<Candidate> {
  const file = basename(path);
  let columns: readonly Column[] | undefined;
  let row = 0;
  for await (const batch of batchesOf(path)) {
    if (!columns) {
      const header = headerOf(batch.schema, contract.fields);
      if (header.faults.length > 0) {
        const faults = header.faults.map((fault) => ({ file, row: 0, ...fault }));
        return yield unreadable(faults as [SheetFault, ...SheetFault[]]);
      }
      columns = header.columns;
    }
    for (let i = 0; i < batch.numRows; i++)
      yield candidateOf(batch, i, columns, { file, row: ++row }, context);
  }
  if (row > 0) return;
  const [wrong, right] = ['there is no row in it', 'one reading a row'];
  yield unreadable([{ file, row: 0, code: 'TL_SHEET_EMPTY', wrong, right }]);
}

async function* batchesOf(path: string): AsyncGenerator<RecordBatch> {
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => zstdDecompressSync(bytes) });
  await using handle = await open(path, 'r');
  try {
    const reader = await RecordBatchReader.from(handle);
    for await (const batch of reader) yield batch;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`the Arrow data cannot be read: ${(error as Error).message}`, {
      code: 'TL_SHEET_NOT_READABLE',
      place: basename(path),
      remedy: 'Arrow IPC, file or stream format, written without compression or with zstd',
    });
  }
}

function headerOf(schema: Schema, fields: readonly NamedField[]) {
  const cells = schema.fields.map(({ name }) => ({ kind: 'text', text: name }) as const);
  return readHeader({ row: 0, cells }, fields);
}

function candidateOf(
  batch: RecordBatch,
  i: number,
  columns: readonly Column[],
  place: Place,
  context: CellContext,
): Candidate {
  const value: Record<string, unknown> = {};
  const faults: SheetFault[] = [];
  const failed = new Set<string>();
  for (const { index, field, place: column } of columns) {
    const vector = batch.getChildAt(index);
    const cell = vector ? arrowValue(vector, i, field, context) : { value: null };
    if ('fault' in cell) {
      faults.push({ ...place, column, ...cell.fault });
      failed.add(field.name);
    } else if (field.kind === 'json') Object.assign(value, cell.value);
    else if (cell.value !== null) value[field.name] = cell.value;
  }
  const places = new Map(columns.map((column) => [column.field.name, column.place]));
  const locate = (path: readonly PropertyKey[]) => {
    const column = path.length === 1 ? places.get(String(path[0])) : undefined;
    return column ? { ...place, column } : place;
  };
  return { place, value, faults, failed, locate };
}

function arrowValue(vector: Vector, i: number, field: NamedField, context: CellContext) {
  const raw = vector.get(i) as unknown;
  if (raw === null || raw === undefined) return { value: null };
  if (field.kind === 'timestamp') return timeValue(vector.type, raw, field, context);
  if (field.kind === 'json') return cellValue({ kind: 'text', text: String(raw) }, field, context);
  return { value: plain(raw) };
}

function timeValue(type: DataType, raw: unknown, field: NamedField, context: CellContext) {
  if (!DataType.isTimestamp(type) && !DataType.isDate(type)) return { value: plain(raw) };
  const ms = Number(raw);
  if (!Number.isInteger(ms)) {
    const [wrong, right] = [`${ms} ms is finer than a millisecond`, 'times in whole milliseconds'];
    return { fault: { code: 'TL_SHEET_TIME', wrong, right } as const };
  }
  if (DataType.isTimestamp(type) && type.timezone) return { value: instantText(ms) };
  return cellValue({ kind: 'date', wallMs: ms }, field, context);
}

/** JSON value of an Arrow value. Integers beyond 2^53 stay bigint and are refused by the contract. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Vector) return [...value].map(plain);
  if (value instanceof StructRow) {
    const entries = Object.entries(value.toJSON()).map(([name, item]) => [name, plain(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== null));
  }
  return value;
}
