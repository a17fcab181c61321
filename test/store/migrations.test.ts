/** Migrations: one template for two sizes, once, in order, never changed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseColumns } from '../../schemas/clickhouseColumns.ts';
import { STREAMS } from '../../schemas/streams/index.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { type Migration, migrate, readMigrations, renderMigration } from '../../src/store/migrations.ts';

const migrations = await readMigrations();
const CLUSTER = 'sichuan';

describe('a rendered migration', () => {
  it.each(migrations.map(({ name, template }) => [name, template]))(
    '%s has no placeholder left in either size',
    (_name, template) => {
      for (const statement of [...renderMigration(template), ...renderMigration(template, CLUSTER)])
        expect(statement).not.toMatch(/\{\{|\}\}/);
    },
  );

  it.each(migrations.map(({ name, template }) => [name, template]))(
    '%s makes replicated local tables and a distributed one for each on a cluster',
    (_name, template) => {
      const plain = renderMigration(template).filter((statement) => statement.startsWith('CREATE TABLE'));
      const clustered = renderMigration(template, CLUSTER).filter((statement) =>
        statement.startsWith('CREATE TABLE'),
      );
      const locals = clustered.filter((statement) => /Replicated\w*MergeTree/.test(statement));
      expect(locals).toHaveLength(plain.length);
      expect(clustered.filter((statement) => statement.includes(`Distributed('${CLUSTER}'`))).toHaveLength(
        plain.length,
      );
      for (const statement of clustered) expect(statement).toContain(`ON CLUSTER '${CLUSTER}'`);
      for (const statement of locals)
        expect(statement).toMatch(
          /replicated_deduplication_window = \d+, replicated_deduplication_window_seconds = \d+/,
        );
      for (const statement of plain) expect(statement).toMatch(/non_replicated_deduplication_window = \d+/);
    },
  );

  it('writes the views of a cluster into local tables', () => {
    const views = migrations
      .flatMap(({ template }) => renderMigration(template, CLUSTER))
      .filter((statement) => statement.includes('MATERIALIZED VIEW'));
    expect(views).toHaveLength(STREAMS.length);
    for (const view of views) expect(view).toMatch(/TO stream_windows_local AS[\s\S]*FROM \w+_local/);
  });

  it('keeps a semicolon inside a text or a comment', () => {
    expect(renderMigration("-- one; two\nSELECT 'a; b';\nSELECT 2;\n")).toEqual([
      "SELECT 'a; b'",
      'SELECT 2',
    ]);
  });

  it('refuses a placeholder that it does not know', () => {
    expect(() => renderMigration('CREATE TABLE {{locale:x}};')).toThrow(/unknown placeholder/);
  });
});

describe('migrating a store', () => {
  let dir: string;
  let store: ChdbStore;
  const register = (version: number, name: string, template: string): Migration => ({
    version,
    name,
    template,
    checksum: `sum of ${template}`,
  });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tanliu-migrations-'));
    store = await openChdbStore(dir);
  });
  afterAll(async () => {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('applies what is missing once and in order', async () => {
    expect(await migrate(store)).toEqual(migrations.map(({ version }) => version));
    expect(await migrate(store)).toEqual([]);
    const rows = await store.query<{ version: number }>(
      'SELECT version FROM schema_migrations ORDER BY applied_at, version',
    );
    expect(rows.map(({ version }) => version)).toEqual(migrations.map(({ version }) => version));
  });

  it.each(STREAMS.map((stream) => [stream.topic, stream] as const))(
    'gives %s the columns of its contract',
    async (_topic, stream) => {
      const columns = await store.query<{ name: string; type: string }>(
        `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position`,
        { table: stream.table },
      );
      expect(columns).toEqual(clickhouseColumns(stream));
    },
  );

  it('refuses a migration that reads otherwise than when it was applied, and applies nothing then', async () => {
    const changed = [
      ...migrations.slice(0, -1),
      { ...(migrations.at(-1) as Migration), checksum: 'another' },
      register(
        migrations.length + 1,
        'later',
        'CREATE TABLE later (x UInt8) ENGINE = {{engine:MergeTree}} ORDER BY x;\n',
      ),
    ];
    await expect(migrate(store, changed)).rejects.toMatchObject({ code: 'TL_MIGRATION_CHANGED' });
    expect(await store.query("SELECT name FROM system.tables WHERE name = 'later'")).toEqual([]);
  });

  it('goes on where a migration was cut short', async () => {
    const half = register(
      migrations.length + 1,
      'half',
      'CREATE TABLE IF NOT EXISTS half_a (x UInt8) ENGINE = {{engine:MergeTree}} ORDER BY x;\nCREATE TABLE half_b (x NoSuchType) ENGINE = {{engine:MergeTree}} ORDER BY x;\n',
    );
    await expect(migrate(store, [...migrations, half])).rejects.toMatchObject({ code: 'TL_STORE_QUERY' });
    const whole = { ...half, template: half.template.replace('NoSuchType', 'UInt8') };
    expect(await migrate(store, [...migrations, whole])).toEqual([migrations.length + 1]);
    expect(
      await store.query("SELECT name FROM system.tables WHERE name LIKE 'half_%' ORDER BY name"),
    ).toEqual([{ name: 'half_a' }, { name: 'half_b' }]);
  });
});
