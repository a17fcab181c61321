/** Writes a stored, scored background in a form that other software recomputes it from: whole, or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '../../schemas/refusal.ts';
import { datapackageFiles } from '../background/export/datapackage.ts';
import { matrixMarketFiles } from '../background/export/matrixMarket.ts';
import { loadBackground, loadTable } from '../store/backgroundFiles.ts';
import { decodeExchanges } from '../store/backgroundTables.ts';
import { type ScoredVersion, scoreStoredBackground } from './scoreBackground.ts';

export const EXPORT_FORMATS = ['datapackage', 'matrix-market'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Arrow tables of the version that go along with the matrices, so that every entry can be walked back. */
const TABLES = [
  'activities.arrow',
  'natureFlows.arrow',
  'links.arrow',
  'flowFactors.arrow',
  'exchanges.arrow',
  'findings.arrow',
];

/**
 * @param out a folder that is not there yet or empty
 * @throws Refusal `E_EXPORT_FOLDER` · of the store and of the solver
 */
export async function exportBackground(
  home: string,
  reference: string,
  format: ExportFormat,
  out: string,
  method: { readonly gwpSet?: string; readonly mapFile?: string } = {},
): Promise<{ readonly scored: ScoredVersion; readonly files: readonly string[] }> {
  await refuseFilled(out);
  const scored = await scoreStoredBackground(home, reference, method);
  const stored = await loadBackground(home, `${scored.name}@${scored.version}`);
  const files = new Map<string, Uint8Array | string>();
  if (format === 'datapackage') {
    const exchanges = decodeExchanges(await loadTable(home, stored, 'exchanges.arrow'));
    const { name, version } = scored;
    const identity = { name, version, licence: 'as the source package states' };
    for (const [file, bytes] of datapackageFiles(scored.scored, exchanges, identity)) files.set(file, bytes);
  } else {
    for (const [file, text] of matrixMarketFiles(scored.scored)) files.set(file, text);
    for (const file of TABLES) files.set(`tables/${file}`, await loadTable(home, stored, file));
  }
  await writeFolder(out, files);
  return { scored, files: [...files.keys()].sort() };
}

async function refuseFilled(out: string): Promise<void> {
  const there = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Refusal(`cannot be written to: ${error.message}`, { code: 'E_EXPORT_FOLDER', place: out });
  });
  if (there.length === 0) return;
  throw new Refusal('the folder holds files already', {
    code: 'E_EXPORT_FOLDER',
    place: out,
    remedy: 'a folder that is not there yet or empty',
  });
}

async function writeFolder(out: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const draft = `${out}.${randomUUID()}`;
  try {
    for (const [file, content] of files) {
      await mkdir(dirname(join(draft, file)), { recursive: true });
      await writeFile(join(draft, file), content);
    }
    await rm(out, { recursive: true, force: true });
    await rename(draft, out);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
