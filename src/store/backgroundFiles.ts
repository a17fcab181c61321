/**
 * Background versions on disk: `<home>/background/<name>/<version>/`, immutable, whole or not there at all.
 * The only module that knows where a version lies, so that another store can hold the same tables.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { GATE_THRESHOLDS } from '../../schemas/reference/gateThresholds.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { INVENTORY_FORMATS } from '../background/inventory.ts';
import { LINKING_POLICY } from '../background/linking.ts';
import type { BackgroundSystem, BuiltBackground } from '../background/technosphere.ts';
import { Fault } from '../runtime/errors.ts';
import { decodeSystem, encodeBackground, SYSTEM_FILES, type SystemFile } from './backgroundTables.ts';

/** Goes up with every change of parsing, allocation or linking that changes a version's numbers. */
const IMPORT_RULES = 4;

export const backgroundManifest = z.strictObject({
  version: z.string(),
  format: z.enum(INVENTORY_FORMATS),
  sourceSha256: z.string().length(64),
  sourceBytes: z.int(),
  linkingPolicy: z.string(),
  importRules: z.int(),
  /** Thresholds of the gate and their digest, what it proved, and the override file that was applied. */
  gate: z.strictObject({
    thresholds: z.string(),
    sha256: z.string().length(64),
    rounds: z.int(),
    proofLeast: z.number(),
    overridesSha256: z.string(),
  }),
  /** The package's own climate method, by which the gate judged scores; null where it has none. */
  method: z
    .strictObject({ id: z.string(), name: z.string(), factors: z.int(), unmatched: z.int() })
    .nullable(),
  activities: z.int(),
  /** SHA-256 of each table. */
  files: z.record(z.string(), z.string().length(64)),
});
export type BackgroundManifest = z.infer<typeof backgroundManifest>;

export interface BackgroundSource {
  readonly sha256: string;
  readonly bytes: number;
  readonly format: BackgroundManifest['format'];
  /** SHA-256 of the override file, empty where there is none. */
  readonly overridesSha256: string;
}

export interface StoredBackground {
  readonly name: string;
  readonly manifest: BackgroundManifest;
  readonly system: BackgroundSystem;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Writes a version and makes it the current one of its name. Writing it again changes nothing; a version whose bytes
 * would differ is a fault of the program.
 * @throws Refusal `E_NAME` · Fault `TL_INTERNAL`
 */
export async function saveBackground(
  home: string,
  name: string,
  source: BackgroundSource,
  built: BuiltBackground,
): Promise<{ readonly manifest: BackgroundManifest; readonly path: string; readonly existed: boolean }> {
  const folder = folderOf(home, name);
  const files = encodeBackground(built);
  const written = manifestOf(source, built, files);
  const path = join(folder, written.version);
  const existing = await readManifest(path).catch(() => undefined);
  if (existing) {
    if (JSON.stringify(existing) !== JSON.stringify(written)) {
      throw new Fault('TL_INTERNAL', `version ${written.version} of ${name} was written otherwise before`, {
        remedy: `a new number for the import rules, or remove ${path}`,
      });
    }
  } else {
    files.set('manifest.json', new TextEncoder().encode(`${JSON.stringify(written, null, 2)}\n`));
    await writeWhole(folder, path, files);
  }
  await replaceFile(join(folder, 'current.json'), `${JSON.stringify({ version: written.version })}\n`);
  return { manifest: written, path, existed: existing !== undefined };
}

/**
 * Writes a version that came from elsewhere and makes it the current one of its name.
 * @param files every table that the manifest lists; their sums must be the manifest's
 * @throws Fault `TL_STORE_QUERY` naming the table whose sum is another
 */
export async function restoreBackground(
  home: string,
  name: string,
  stored: BackgroundManifest,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [file, sum] of Object.entries(stored.files)) {
    const bytes = files.get(file);
    if (bytes && sha256(bytes) === sum) continue;
    throw new Fault(
      'TL_STORE_QUERY',
      `table ${file} of ${name}@${stored.version} is not what its manifest states`,
      {
        remedy: 'publish the version again from a machine that has it',
      },
    );
  }
  const folder = folderOf(home, name);
  const all = new Map(files);
  all.set('manifest.json', new TextEncoder().encode(`${JSON.stringify(stored, null, 2)}\n`));
  await writeWhole(folder, join(folder, stored.version), all);
  await replaceFile(join(folder, 'current.json'), `${JSON.stringify({ version: stored.version })}\n`);
}

/**
 * A stored version, its tables checked against their sums.
 * @param reference `name` for the current version or `name@version`
 * @throws Refusal `E_BACKGROUND_UNKNOWN` · Fault `TL_STORE_QUERY` when a table is damaged
 */
export async function loadBackground(home: string, reference: string): Promise<StoredBackground> {
  const { name, manifest: stored } = await loadManifest(home, reference);
  const tables = new Map<string, Uint8Array>();
  for (const file of SYSTEM_FILES) {
    const bytes = await loadTable(home, { name, manifest: stored }, file);
    tables.set(file, bytes);
  }
  return { name, manifest: stored, system: decodeSystem((file: SystemFile) => tables.get(file)!) };
}

/**
 * What a stored version says of itself.
 * @throws Refusal `E_BACKGROUND_UNKNOWN`
 */
export async function loadManifest(
  home: string,
  reference: string,
): Promise<Pick<StoredBackground, 'name' | 'manifest'>> {
  const [name = '', wanted] = reference.split('@', 2);
  const folder = folderOf(home, name);
  const version = wanted ?? (await currentVersion(home, name, folder));
  if (!NAME.test(version)) throw unknown(home, reference, await listBackgrounds(home));
  const stored = await readManifest(join(folder, version)).catch(async () => {
    throw unknown(home, reference, await listBackgrounds(home));
  });
  return { name, manifest: stored };
}

/**
 * One table of a stored version as bytes, checked against its sum.
 * @throws Fault `TL_STORE_QUERY` when it is missing or damaged
 */
export async function loadTable(
  home: string,
  { name, manifest: stored }: Pick<StoredBackground, 'name' | 'manifest'>,
  file: string,
): Promise<Uint8Array> {
  const path = join(folderOf(home, name), stored.version);
  const bytes = await readFile(join(path, file)).catch(() => undefined);
  if (bytes && sha256(bytes) === stored.files[file]) return bytes;
  throw new Fault('TL_STORE_QUERY', `${join(path, file)} is missing or damaged`, {
    remedy: `remove ${path} and import the package again`,
  });
}

/** Versions of a name that are stored, sorted. */
export async function listVersions(home: string, name: string): Promise<string[]> {
  const entries = await readdir(folderOf(home, name), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Names that have a current version, sorted. */
export async function listBackgrounds(home: string): Promise<string[]> {
  const names = await readdir(join(home, 'background')).catch(() => []);
  return names.filter((name) => NAME.test(name)).sort();
}

function folderOf(home: string, name: string): string {
  if (!NAME.test(name)) {
    throw new Refusal(`'${name}' cannot name a background`, {
      code: 'E_NAME',
      remedy: 'letters, digits, dot, hyphen and underscore, at most 64',
    });
  }
  return join(home, 'background', name);
}

function manifestOf(
  source: BackgroundSource,
  { system, proof, method }: BuiltBackground,
  files: ReadonlyMap<string, Uint8Array>,
): BackgroundManifest {
  const gateSha256 = sha256(JSON.stringify(GATE_THRESHOLDS));
  const identity = [
    source.sha256,
    source.format,
    LINKING_POLICY,
    IMPORT_RULES,
    gateSha256,
    source.overridesSha256,
  ].join('\n');
  return {
    // The source's sum and the rules' sum: either changing makes another version.
    version: `${source.sha256.slice(0, 16)}-${sha256(identity).slice(0, 8)}`,
    format: source.format,
    sourceSha256: source.sha256,
    sourceBytes: source.bytes,
    linkingPolicy: LINKING_POLICY,
    importRules: IMPORT_RULES,
    gate: {
      thresholds: proof.thresholds,
      sha256: gateSha256,
      rounds: proof.rounds,
      proofLeast: proof.least,
      overridesSha256: source.overridesSha256,
    },
    method: method
      ? {
          id: method.id,
          name: method.name,
          factors: system.flowFactors.length,
          unmatched: method.unmatched.length,
        }
      : null,
    activities: system.activities.length,
    files: Object.fromEntries([...files].map(([file, bytes]) => [file, sha256(bytes)])),
  };
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

async function readManifest(path: string): Promise<BackgroundManifest> {
  return backgroundManifest.parse(JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')));
}

async function currentVersion(home: string, name: string, folder: string): Promise<string> {
  const text = await readFile(join(folder, 'current.json'), 'utf8').catch(() => undefined);
  const current = text === undefined ? undefined : z.object({ version: z.string() }).parse(JSON.parse(text));
  if (!current) throw unknown(home, name, await listBackgrounds(home));
  return current.version;
}

function unknown(home: string, reference: string, known: readonly string[]): Refusal {
  return new Refusal(`there is no background '${reference}'`, {
    code: 'E_BACKGROUND_UNKNOWN',
    place: join(home, 'background'),
    remedy:
      known.length > 0 ? `one of ${known.join(', ')}` : 'first: tanliu background import FILE --name NAME',
  });
}

/** All files beside the version's place, then one rename: a reader sees the whole version or none. */
async function writeWhole(
  folder: string,
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const draft = join(folder, `.draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  try {
    for (const [file, bytes] of files) await writeFile(join(draft, file), bytes, { flush: true });
    await rename(draft, path).catch(async (error: NodeJS.ErrnoException) => {
      // Another import of the same package was first; its bytes are the same by construction of the version.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { flush: true });
  await rename(draft, path);
}
