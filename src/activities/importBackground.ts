/** Imports an LCI package from a file: tell the format, unpack, read, link, gate, store as an immutable version. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { Refusal } from '../../schemas/refusal.ts';
import { type BackgroundOverrides, backgroundOverrides } from '../background/overrides.ts';
import { createReaderFor } from '../background/packageFormat.ts';
import { buildBackground } from '../background/technosphere.ts';
import { type BackgroundManifest, saveBackground } from '../store/backgroundFiles.ts';
import { readZipEntries } from '../store/zipEntries.ts';

export interface ImportedBackground {
  readonly name: string;
  readonly manifest: BackgroundManifest;
  readonly path: string;
  /** The same version was there before. */
  readonly existed: boolean;
  /** Processes in the package, those included that the gate took out. */
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
  overridesFile?: string,
): Promise<ImportedBackground> {
  const source = await identify(file);
  const overrides = overridesFile === undefined ? undefined : await readOverrides(overridesFile);
  const names: string[] = [];
  // The first pass reads the directory alone: it tells the format, and refuses what no package may be.
  for await (const _ of readZipEntries(file, (entry) => names.push(entry) < 0));
  const reader = createReaderFor(names, file);
  let done = 0;
  for await (const entry of readZipEntries(file, reader.wants)) {
    reader.accept(entry.name, entry.bytes);
    progress(++done, entry.of);
  }
  const inventory = reader.finish();
  const built = buildBackground(inventory, { overrides: overrides?.document });
  const identity = { ...source, format: inventory.format, overridesSha256: overrides?.sha256 ?? '' };
  const saved = await saveBackground(home, name, identity, built);
  return { name, ...saved, processes: inventory.processes.length };
}

async function readOverrides(file: string): Promise<{ document: BackgroundOverrides; sha256: string }> {
  const refuse = (message: string) =>
    new Refusal(message, {
      code: 'E_OVERRIDES',
      place: file,
      remedy: 'a document tanliu.background-overrides/1 with reviewer, reviewedOn, providers and accept',
    });
  let text: Buffer;
  let parsed: unknown;
  try {
    text = await readFile(file);
    parsed = JSON.parse(text.toString());
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const document = backgroundOverrides.safeParse(parsed);
  if (!document.success) throw refuse(z.prettifyError(document.error));
  return { document: document.data, sha256: createHash('sha256').update(text).digest('hex') };
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
