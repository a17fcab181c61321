/** The ClickHouse columns of a stream's table: its own fields, then where each row came from. */
import type { NamedField } from './fields.ts';
import type { StreamContract } from './stream.ts';

export interface ClickhouseColumn {
  readonly name: string;
  readonly type: string;
}

/** Where a row came from: together they name one reading of one message of one topic. */
const ORIGIN_COLUMNS: readonly ClickhouseColumn[] = [
  { name: 'source', type: 'LowCardinality(String)' },
  { name: '_generation', type: 'UInt32' },
  { name: '_partition', type: 'UInt32' },
  { name: '_offset', type: 'Int64' },
  { name: '_row', type: 'UInt32' },
  { name: '_rows', type: 'UInt32' },
  { name: 'known_at', type: "DateTime64(3, 'UTC')" },
  { name: 'contract', type: 'LowCardinality(String)' },
];

/** Columns in the order of the table; `items` become parallel arrays `<field>.<item>`. */
export function clickhouseColumns(contract: StreamContract): ClickhouseColumn[] {
  return [...contract.fields.flatMap(columnsOf), ...ORIGIN_COLUMNS];
}

function columnsOf(field: NamedField): ClickhouseColumn[] {
  if (field.kind === 'items') {
    return (field.items ?? []).map((item) => ({
      name: `${field.column}.${item.column}`,
      type: `Array(${scalarType(item, true)})`,
    }));
  }
  return [{ name: field.column, type: scalarType(field, false) }];
}

function scalarType(field: NamedField, inArray: boolean): string {
  const base = baseType(field, inArray);
  if (!field.nullable) return base;
  return base.startsWith('LowCardinality(')
    ? base.replace(/\((.*)\)$/, '(Nullable($1))')
    : `Nullable(${base})`;
}

function baseType(field: NamedField, inArray: boolean): string {
  switch (field.kind) {
    case 'id':
    case 'enum':
      return inArray ? 'String' : 'LowCardinality(String)';
    case 'text':
    case 'json':
      return 'String';
    case 'timestamp':
      return "DateTime64(3, 'UTC')";
    case 'uint32':
      return 'UInt32';
    case 'int64':
      return 'Int64';
    case 'float64':
      return 'Float64';
    case 'items':
      throw new TypeError('items have one column an item');
  }
}

/** The `CREATE TABLE` that follows from a contract, as `tanliu schema --format sql` prints it. */
export function createTableSql(contract: StreamContract): string {
  const columns = clickhouseColumns(contract).map(({ name, type }) => `    \`${name}\` ${type}`);
  const order = [
    ...contract.subject.map((name) => columnName(contract, name)),
    columnName(contract, contract.time),
  ];
  const nullable = contract.fields.some((field) => contract.subject.includes(field.name) && field.nullable);
  return [
    `CREATE TABLE ${contract.table} (`,
    columns.join(',\n'),
    ') ENGINE = MergeTree',
    `PARTITION BY toYYYYMM(${columnName(contract, contract.time)})`,
    `ORDER BY (${order.join(', ')})`,
    ...(nullable ? ['SETTINGS allow_nullable_key = 1'] : []),
  ].join('\n');
}

function columnName(contract: StreamContract, name: string): string {
  return contract.fields.find((field) => field.name === name)?.column ?? name;
}
