/** The ClickHouse table of every stream, as text that a reviewer reads and as a table that the engine makes. */
import { Session } from 'chdb';
import { afterAll, describe, expect, test } from 'vitest';
import { clickhouseColumns, createTableSql } from '../../schemas/clickhouseColumns.ts';
import { STREAMS } from '../../schemas/streams/index.ts';

const session = new Session();
afterAll(() => session.cleanup());

describe.each(STREAMS.map((stream) => [stream.topic, stream] as const))('%s', (_topic, contract) => {
  test('has these columns', () => {
    const text = clickhouseColumns(contract)
      .map(({ name, type }) => `${name} ${type}`)
      .join('\n');
    expect(`\n${text}\n`).toMatchSnapshot();
  });

  test('can be created, with just those columns', () => {
    session.query(createTableSql(contract));
    const described = session.query(`DESCRIBE TABLE ${contract.table}`, 'JSONEachRow');
    const columns = described
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; type: string });
    expect(columns.map(({ name, type }) => ({ name, type }))).toEqual(clickhouseColumns(contract));
  });
});
