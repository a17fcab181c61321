/** What both adapters share: statements through `@clickhouse/client`, faults, settings in the text of the statement. */
import { randomUUID } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectionAdvice } from '../runtime/connectionAdvice.ts';
import { Fault } from '../runtime/errors.ts';
import type { ArrowInsert, SqlValue, Store } from './port.ts';

/**
 * How Arrow bytes reach the server: `source` is the SELECT's FROM, `run` executes the statement.
 * Settings stand in the statement because chdb applies a client's settings to its whole session.
 */
export interface ArrowTransport {
  insert(
    statement: (source: string, format?: string) => string,
    insert: ArrowInsert,
    structure: string,
  ): Promise<void>;
}

const INSERT_LIMIT_S = 20;
/** Months between the limits of an instant (2000 to 2100), which are the partitions of the streams' tables. */
const MONTHS_OF_STREAMS = 1_200;

export function clickhouseStore(
  client: ClickHouseClient,
  transport: ArrowTransport,
  options: { cluster?: string | undefined; close(): Promise<void> },
): Store {
  const local = (table: string) => (options.cluster ? `${table}_local` : table);
  return {
    cluster: options.cluster,
    async query<T>(sql: string, params: Readonly<Record<string, SqlValue>> = {}): Promise<T[]> {
      const result = await client
        .query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' })
        .catch(storeFault(sql));
      return result.json<T>();
    },
    async queryArrow(sql, params = {}): Promise<Uint8Array> {
      const query = `${sql} SETTINGS output_format_arrow_compression_method = 'none', output_format_arrow_string_as_string = 1 FORMAT ArrowStream`;
      return queryBytes(client, query, params);
    },
    async command(sql, params = {}): Promise<void> {
      await client.command({ query: sql, query_params: { ...params } }).catch(storeFault(sql));
    },
    async insertArrow(insert): Promise<void> {
      const structure = insert.columns.map(({ name, type }) => `\`${name}\` ${type}`).join(', ');
      const names = [...insert.columns.map(({ name }) => name), ...Object.keys(insert.constants)];
      const values = [
        ...insert.columns.map(({ name }) => `\`${name}\``),
        ...Object.values(insert.constants).map(literal),
      ];
      const settings = insertSettings(insert.token, insert.limitS ?? INSERT_LIMIT_S);
      const statement = (source: string) =>
        `INSERT INTO ${local(insert.table)} (${names.map((name) => `\`${name}\``).join(', ')}) SETTINGS ${settings} SELECT ${values.join(', ')} FROM ${source}`;
      const condition = insert.where ? ` WHERE ${insert.where}` : '';
      await transport
        .insert((from, format = '') => `${statement(from)}${condition}${format}`, insert, structure)
        .catch(storeFault(`INSERT INTO ${insert.table}`));
    },
    async insertRows(table, rows, token): Promise<void> {
      if (rows.length === 0) return;
      const names = Object.keys(rows[0] as object);
      // Without a token ClickHouse would compare contents and swallow equal rows.
      const settings = insertSettings(token ?? randomUUID(), INSERT_LIMIT_S);
      const data = rows
        .map((row) =>
          JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)),
        )
        .join('\n');
      const sql = `INSERT INTO ${local(table)} (${names.map((name) => `\`${name}\``).join(', ')}) SETTINGS ${settings}, date_time_input_format = 'best_effort' FORMAT JSONEachRow\n${data}`;
      await client.command({ query: sql }).catch(storeFault(`INSERT INTO ${table}`));
    },
    close: options.close,
  };
}

/** One block an insert and table partition, however many rows: how it is cut must repeat. */
function insertSettings(token: string, limitS: number): string {
  return [
    'async_insert = 0',
    'insert_deduplicate = 1',
    `insert_deduplication_token = ${literal(token)}`,
    "deduplicate_insert_select = 'force_enable'",
    'deduplicate_blocks_in_dependent_materialized_views = 1',
    'max_insert_threads = 1',
    'max_threads = 1',
    'max_block_size = 1048576',
    'min_insert_block_size_rows = 1048576',
    'min_insert_block_size_bytes = 0',
    // Readings of many years may come in one range; the default of 100 months would refuse it for ever.
    `max_partitions_per_insert_block = ${MONTHS_OF_STREAMS}`,
    `max_execution_time = ${limitS}`,
  ].join(', ');
}

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

async function queryBytes(
  client: ClickHouseClient,
  query: string,
  params: Readonly<Record<string, SqlValue>>,
): Promise<Uint8Array> {
  const { stream } = await client.exec({ query, query_params: { ...params } }).catch(storeFault(query));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** A handler for rejected promises: the statement's beginning stands in the message. */
export function storeFault(sql: string): (error: unknown) => never {
  return (error: unknown) => {
    if (error instanceof Fault) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const lost = connectionAdvice('CLICKHOUSE', error);
    const timeout = /Timeout error/i.test(message);
    const remedy = lost ?? loginAdvice((error as { code?: string }).code);
    throw new Fault(
      lost || timeout ? 'TL_SERVER_LOST' : 'TL_STORE_QUERY',
      `${message.trim().slice(0, 800)} (${sql.slice(0, 120).replaceAll('\n', ' ')})`,
      { cause: error, ...(remedy && { remedy }) },
    );
  };
}

/** ClickHouse's codes for a user who is not let in. */
function loginAdvice(code: string | undefined): string | undefined {
  if (code === '516' || code === '192' || code === '193')
    return 'CLICKHOUSE_USERNAME and CLICKHOUSE_PASSWORD (or CLICKHOUSE_PASSWORD_FILE): would be right: a user that ClickHouse knows, and its password';
  if (code === '497')
    return 'the user of CLICKHOUSE_USERNAME lacks a right; would be right: GRANT of what the message names on CLICKHOUSE_DATABASE';
  return undefined;
}
