/**
 * Migrations: `schemas/clickhouse/NNNN_name.sql`, one template for a single store and for a cluster, applied once,
 * in order, with a checksum. Every statement may be repeated, so that a stop half-way is mended by the next start.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Fault } from '../runtime/errors.ts';
import type { Store } from './port.ts';

const FOLDER = fileURLToPath(new URL('../../schemas/clickhouse/', import.meta.url));
/** Inserts that a table remembers: more than all partitions of a topic make while one of them waits for its replay. */
const DEDUPLICATION_WINDOW = 100_000;
const DEDUPLICATION_WINDOW_S = 7 * 86_400;

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly template: string;
  readonly checksum: string;
}

/** All migrations of the project in order. Throws where two share a number or one is missing. */
export async function readMigrations(folder = FOLDER): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const version = Number(file.slice(0, 4));
      if (version !== index + 1)
        throw new Fault('TL_INTERNAL', `migration ${file} should have number ${index + 1}`);
      const template = await readFile(`${folder}${file}`, 'utf8');
      return {
        version,
        name: file.slice(5, -4),
        template,
        checksum: createHash('sha256').update(template).digest('hex'),
      };
    }),
  );
}

/** Statements of a template for one store (`cluster` absent) or for a cluster. */
export function renderMigration(template: string, cluster?: string): string[] {
  const text = template
    .replaceAll(/^--.*$/gm, '')
    .replaceAll('{{on_cluster}}', cluster ? `ON CLUSTER '${cluster}'` : '')
    .replaceAll(/\{\{local:(\w+)\}\}/g, cluster ? '$1_local' : '$1')
    .replaceAll(
      /\{\{engine:(\w+)\}\}/g,
      cluster ? "Replicated$1('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')" : '$1',
    )
    .replaceAll(
      '{{dedup}}',
      cluster ? clusterWindow() : `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`,
    )
    .replaceAll(/\{\{distributed:(\w+)\}\}/g, cluster ? distributed('$1', cluster) : '');
  const unknown = /\{\{[^}]*\}\}/.exec(text);
  if (unknown) throw new Fault('TL_INTERNAL', `unknown placeholder ${unknown[0]} in a migration`);
  return text
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter(Boolean);
}

const clusterWindow = (): string =>
  `replicated_deduplication_window = ${DEDUPLICATION_WINDOW}, replicated_deduplication_window_seconds = ${DEDUPLICATION_WINDOW_S}`;

/** The table that is read on a cluster; inserts go to the local one. */
const distributed = (table: string, cluster: string): string =>
  `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER '${cluster}' AS ${table}_local ENGINE = Distributed('${cluster}', currentDatabase(), ${table}_local, rand());`;

/**
 * Applies what is missing and returns the versions applied now.
 * @throws Fault TL_MIGRATION_CHANGED when a migration that was applied before reads otherwise today.
 */
export async function migrate(store: Store, migrations?: readonly Migration[]): Promise<number[]> {
  const all = migrations ?? (await readMigrations());
  await makeRegister(store);
  const applied = await store.query<{ version: number; checksum: string }>(
    'SELECT version, any(checksum) AS checksum FROM schema_migrations GROUP BY version',
  );
  const checksums = new Map(applied.map(({ version, checksum }) => [version, checksum]));
  for (const { version, name, checksum } of all) {
    const before = checksums.get(version);
    if (before !== undefined && before !== checksum) {
      throw new Fault(
        'TL_MIGRATION_CHANGED',
        `migration ${version} (${name}) was applied with another text`,
        { remedy: 'restore its text and add what is new as a new migration' },
      );
    }
  }
  const missing = all.filter(({ version }) => !checksums.has(version));
  for (const migration of missing) await apply(store, migration);
  return missing.map(({ version }) => version);
}

async function makeRegister(store: Store): Promise<void> {
  const register = `CREATE TABLE IF NOT EXISTS {{local:schema_migrations}} {{on_cluster}} (
    version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
  ) ENGINE = {{engine:MergeTree}} ORDER BY version SETTINGS {{dedup}};
  {{distributed:schema_migrations}}`;
  for (const statement of renderMigration(register, store.cluster)) await store.command(statement);
}

async function apply(store: Store, { version, name, template, checksum }: Migration): Promise<void> {
  for (const statement of renderMigration(template, store.cluster)) await store.command(statement);
  await store.insertRows('schema_migrations', [{ version, name, checksum }], `migration:${version}`);
}
