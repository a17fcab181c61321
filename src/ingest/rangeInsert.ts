/** Puts one decoded range into ClickHouse: accepted readings and dead letters under one token. */
import {
  Binary,
  type DataType,
  Field,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { clickhouseColumns } from '../../schemas/clickhouseColumns.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import type { LogMessage } from '../log/port.ts';
import type { Store } from '../store/port.ts';
import { ROW_ORIGIN_COLUMNS } from './columnSet.ts';
import type { DecodedRange, RefusedMessage } from './rangeDecoder.ts';
import { unfenced } from './rangeFence.ts';

export interface RangeTarget {
  readonly store: Store;
  readonly contract: StreamContract;
  readonly contractVersion: string;
  readonly generation: number;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
  /** The server gives an insert up after this: before a former owner's session ends and another may settle the range. */
  readonly limitS?: number;
}

/** Columns of the Arrow block of readings; the rest of a table's columns is the same in all rows of a range. */
function readingColumns(contract: StreamContract): { name: string; type: string }[] {
  const constant = new Set(['_generation', '_partition', 'contract']);
  const columns = clickhouseColumns(contract).filter(({ name }) => !constant.has(name));
  const own = columns.filter(({ name }) => !ROW_ORIGIN_COLUMNS.includes(name));
  return [...own, ...columns.filter(({ name }) => ROW_ORIGIN_COLUMNS.includes(name))];
}

/** Inserts under `token`, as long as the range has no fence; repeating it with the same rows changes nothing. */
export async function insertRange(
  target: RangeTarget,
  decoded: DecodedRange,
  messages: readonly LogMessage[],
  token: string,
): Promise<void> {
  const free = unfenced(target.store, token);
  await insertReadings(target, decoded, token, free);
  await insertDeadLetters(target, decoded.refused, messages, token, free);
}

export async function insertReadings(
  target: RangeTarget,
  { ipc }: DecodedRange,
  token: string,
  where?: string,
): Promise<void> {
  if (!ipc) return;
  const { store, contract, contractVersion, generation, partition, limitS } = target;
  await store.insertArrow({
    table: contract.table,
    ipc,
    columns: readingColumns(contract),
    constants: { _generation: generation, _partition: partition, contract: contractVersion },
    token,
    ...(limitS !== undefined && { limitS }),
    ...(where && { where }),
  });
}

const DEAD_COLUMNS: readonly { name: string; type: string; arrow: DataType; nullable?: true }[] = [
  { name: '_offset', type: 'Int64', arrow: new Int64() },
  { name: 'known_at', type: "DateTime64(3, 'UTC')", arrow: new TimestampMillisecond('UTC') },
  { name: 'key', type: 'Nullable(String)', arrow: new Binary(), nullable: true },
  { name: 'value', type: 'Nullable(String)', arrow: new Binary(), nullable: true },
  { name: 'headers', type: 'String', arrow: new Utf8() },
  { name: 'reason', type: 'String', arrow: new Utf8() },
  { name: 'path', type: 'String', arrow: new Utf8() },
  { name: 'detail', type: 'String', arrow: new Utf8() },
];

export async function insertDeadLetters(
  target: RangeTarget,
  refused: readonly RefusedMessage[],
  messages: readonly LogMessage[],
  token: string,
  where?: string,
): Promise<void> {
  if (refused.length === 0) return;
  const { store, contract, contractVersion, generation, partition, limitS } = target;
  await store.insertArrow({
    table: 'dead_letters',
    ipc: deadLettersIpc(refused, messages),
    columns: DEAD_COLUMNS.map(({ name, type }) => ({ name, type })),
    constants: {
      topic: contract.topic,
      _generation: generation,
      _partition: partition,
      contract: contractVersion,
    },
    token: `${contract.topic}:${token}`,
    ...(limitS !== undefined && { limitS }),
    ...(where && { where }),
  });
}

function deadLettersIpc(refused: readonly RefusedMessage[], messages: readonly LogMessage[]): Uint8Array {
  const rows = refused.map(({ index, reason, path, detail }) => {
    const message = messages[index] as LogMessage;
    return {
      _offset: BigInt(message.offset),
      known_at: message.timestampMs,
      key: message.key,
      value: message.value,
      headers: headersJson(message),
      reason,
      path,
      detail,
    };
  });
  const children = DEAD_COLUMNS.map(({ name, arrow }) => {
    const values = rows.map((row) => row[name as keyof typeof row]);
    const [data] = vectorFromArray(values as never[], arrow as never).data;
    if (!data) throw new TypeError(`no data for ${name}`);
    return data;
  });
  const schema = new Schema(
    DEAD_COLUMNS.map(({ name, arrow, nullable }) => new Field(name, arrow, nullable ?? false)),
  );
  const struct = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
  return RecordBatchStreamWriter.writeAll([new RecordBatch(schema, struct)]).toUint8Array(true);
}

/** Headers with their values as base64: they may hold any bytes. */
function headersJson(message: LogMessage): string {
  const entries = Object.entries(message.headers).map(([name, value]) => [
    name,
    [value ?? []].flat().map((one) => Buffer.from(one as Buffer).toString('base64')),
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}
