/** Imports an LCI package from a file: unpack, read, link, prove solvable in form, store as an immutable version. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Refusal } from '../../schemas/refusal.ts';
import { createOpenLcaReader } from '../background/openLca/readPackage.ts';
import { buildBackground } from '../background/technosphere.ts';
import { type BackgroundManifest, saveBackground } from '../store/backgroundFiles.ts';
import { readZipEntries } from '../store/zipEntries.ts';

export interface ImportedBackground {
  readonly name: string;
  readonly manifest: BackgroundManifest;
  readonly path: string;
  /** The same version was there before. */
  readonly existed: boolean;
  readonly processes: number;
}

/**
 * @param progress called with files read so far and files in the package
 * @throws Refusal when the package is refused; nothing of it stays then
 */
export async function importBackground(
  home: string,
  name: string,
  file: string,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<ImportedBackground> {
  const source = await identify(file);
  const reader = createOpenLcaReader();
  let done = 0;
  for await (const entry of readZipEntries(file, reader.wants)) {
    reader.accept(entry.name, entry.bytes);
    progress(++done, entry.of);
  }
  const inventory = reader.finish();
  const built = buildBackground(inventory);
  const saved = await saveBackground(home, name, { ...source, format: inventory.format }, built);
  return { name, ...saved, processes: inventory.processes.length };
}

async function identify(file: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    return { sha256: hash.digest('hex'), bytes: (await stat(file)).size };
  } catch (error) {
    throw new Refusal(`cannot be read: ${(error as Error).message}`, {
      code: 'E_FILE',
      place: file,
      remedy: 'a file that exists and may be read',
    });
  }
}
