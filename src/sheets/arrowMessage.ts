/** Accepted readings as Arrow IPC streams with the contract's schema. */
import {
  type Field,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  type Schema,
  Struct,
} from 'apache-arrow';
import { arrowSchemaOf } from '../../schemas/arrowSchema.ts';
import { type NamedField, parseInstantMs } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';

/** One IPC stream with one record batch. `values` have passed the contract's schema. */
export function arrowMessage(contract: StreamContract, values: readonly Record<string, unknown>[]): Buffer {
  const schema = arrowSchemaOf(contract);
  const children = contract.fields.map((field, i) =>
    columnOf(contract, field, schema.fields[i] as Field, values),
  );
  const data = makeData({ type: new Struct(schema.fields), length: values.length, nullCount: 0, children });
  const writer = new RecordBatchStreamWriter();
  writer.write(new RecordBatch(schema as Schema<Record<string, never>>, data as never));
  writer.finish();
  return Buffer.from(writer.toUint8Array(true));
}

function columnOf(
  contract: StreamContract,
  field: NamedField,
  { type }: Field,
  values: readonly Record<string, unknown>[],
) {
  const builder = makeBuilder({ type, nullValues: [null, undefined] });
  for (const value of values) {
    builder.append(
      field.kind === 'json' ? documentText(contract, value) : arrowValue(field, value[field.name]),
    );
  }
  return builder.finish().flush();
}

function arrowValue(field: NamedField, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (field.kind) {
    case 'timestamp':
      return parseInstantMs(value as string);
    case 'int64':
      return BigInt(value as number);
    case 'items':
      return (value as Record<string, unknown>[]).map((element) =>
        Object.fromEntries(
          (field.items ?? []).map((item) => [item.name, arrowValue(item, element[item.name])]),
        ),
      );
    default:
      return value;
  }
}

/** What a document has beside the common columns, as JSON. */
function documentText(contract: StreamContract, value: Record<string, unknown>): string {
  const columns = contract.fields.filter((field) => field.kind !== 'json');
  const common = new Set(columns.map((field) => field.name));
  return JSON.stringify(Object.fromEntries(Object.entries(value).filter(([name]) => !common.has(name))));
}
