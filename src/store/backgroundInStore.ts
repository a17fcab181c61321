/** Background versions in ClickHouse: the same tables as on disk, row for row, so that the bytes can be made again from them. */
import { tableFromIPC } from 'apache-arrow';
import { Refusal } from '../../schemas/refusal.ts';
import { type ColumnTypes, decodeTable, encodeTable, type Row } from './arrowFile.ts';
import {
  type BackgroundManifest,
  backgroundManifest,
  loadManifest,
  loadTable,
  restoreBackground,
} from './backgroundFiles.ts';
import { BACKGROUND_TABLES } from './backgroundTables.ts';
import type { Store } from './port.ts';

/** Rows of one insert: what one block of ClickHouse takes. */
const ROWS_AN_INSERT = 250_000;

const SQL_TYPES = { text: 'String', int: 'Int32', number: 'Float64', bool: 'Bool' } as const;

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const tableOf = (file: string) => `background_${snake(file.replace('.arrow', ''))}`;

/**
 * Copies a version of the local store into ClickHouse, its manifest last. Doing it again changes nothing.
 * @param importedAt instant of the copy, ISO 8601
 * @returns false when it was there already
 */
export async function publishBackground(
  store: Store,
  home: string,
  reference: string,
  importedAt: string,
): Promise<{ readonly name: string; readonly version: string; readonly written: boolean }> {
  const stored = await loadManifest(home, reference);
  const { name, manifest } = stored;
  const { version } = manifest;
  if (await versionRow(store, name, version)) return { name, version, written: false };
  for (const file of Object.keys(manifest.files)) {
    const types = BACKGROUND_TABLES[file];
    if (types) await insertTable(store, version, file, types, await loadTable(home, stored, file));
  }
  const row = { name, version, manifest: JSON.stringify(manifest), imported_at: importedAt };
  await store.insertRows('background_versions', [row], `background ${name} ${version}`);
  return { name, version, written: true };
}

async function insertTable(
  store: Store,
  version: string,
  file: string,
  types: ColumnTypes,
  bytes: Uint8Array,
): Promise<void> {
  const rows = decodeTable(types, bytes);
  const renamed: ColumnTypes = {
    position: 'int',
    ...Object.fromEntries(Object.entries(types).map(([name, type]) => [snake(name), type])),
  };
  for (let first = 0; first < rows.length; first += ROWS_AN_INSERT) {
    const block = rows.slice(first, first + ROWS_AN_INSERT).map((row, at) => ({
      position: first + at,
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value])),
    }));
    await store.insertArrow({
      table: tableOf(file),
      ipc: encodeTable(renamed, block as Row<ColumnTypes>[], 'stream'),
      columns: Object.entries(renamed).map(([name, type]) => ({ name, type: SQL_TYPES[type] })),
      constants: { version },
      token: `background ${version} ${file} ${first}`,
    });
  }
}

async function versionRow(
  store: Store,
  name: string,
  version?: string,
): Promise<BackgroundManifest | undefined> {
  const rows = await store.query<{ manifest: string }>(
    `SELECT manifest FROM background_versions WHERE name = {name:String}${
      version === undefined ? '' : ' AND version = {version:String}'
    } ORDER BY imported_at DESC, version DESC LIMIT 1`,
    { name, ...(version !== undefined && { version }) },
  );
  return rows[0] && backgroundManifest.parse(JSON.parse(rows[0].manifest));
}

/**
 * Brings a version from ClickHouse into the local store; every table's bytes are made again and must have the sums of
 * the manifest.
 * @throws Refusal `E_BACKGROUND_UNKNOWN` · Fault `TL_STORE_QUERY`
 */
export async function fetchBackground(
  store: Store,
  home: string,
  reference: string,
): Promise<{ readonly name: string; readonly version: string }> {
  const [name = '', wanted] = reference.split('@', 2);
  const manifest = await versionRow(store, name, wanted);
  if (!manifest) {
    throw new Refusal(`the store has no background '${reference}'`, {
      code: 'E_BACKGROUND_UNKNOWN',
      remedy: 'tanliu background publish NAME where the version is',
    });
  }
  const files = new Map<string, Uint8Array>();
  for (const file of Object.keys(manifest.files)) {
    const types = BACKGROUND_TABLES[file];
    if (types) files.set(file, encodeTable(types, await rowsOf(store, manifest.version, file, types)));
  }
  await restoreBackground(home, name, manifest, files);
  return { name, version: manifest.version };
}

async function rowsOf(
  store: Store,
  version: string,
  file: string,
  types: ColumnTypes,
): Promise<Row<ColumnTypes>[]> {
  const columns = Object.keys(types).map((name) => `\`${snake(name)}\` AS \`${name}\``);
  // An insert that was repeated after its token was forgotten is there twice: one row a position counts.
  const ipc = await store.queryArrow(
    `SELECT ${columns.join(', ')} FROM ${tableOf(file)} WHERE version = {version:String} ORDER BY position LIMIT 1 BY position`,
    { version },
  );
  const table = tableFromIPC(ipc);
  const vectors = Object.keys(types).map((name) => [name, table.getChild(name)] as const);
  return Array.from({ length: table.numRows }, (_row, at) => {
    return Object.fromEntries(vectors.map(([name, vector]) => [name, vector?.get(at)])) as Row<ColumnTypes>;
  });
}
