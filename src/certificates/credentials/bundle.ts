/** The file that is handed over: credential, keys, status list, log proof and evidence in one zip, checkable offline. */
import { strToU8, unzipSync, zipSync } from 'fflate';
import { z } from 'zod';
import { Refusal } from '../../../schemas/refusal.ts';
import { sha256Hex } from './canonical.ts';

export const BUNDLE_FILES = {
  manifest: 'manifest.json',
  credential: 'credential.jwt',
  did: 'did.json',
  status: 'status.jwt',
  logVerifier: 'log-verifier.txt',
} as const;

const EVIDENCE_FOLDER = 'evidence/';
const MOST_FILES = 200;
const MOST_BYTES = 256 * 1024 * 1024;
/** A zip holds local times; all files bear the same, so that the same contents give the same bytes. */
const FILE_TIME = new Date(1980, 0, 1, 12);

const manifest = z.strictObject({
  schema: z.literal('tanliu.bundle/1'),
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: z.int() })),
});
export type BundleManifest = z.infer<typeof manifest>;

export type BundleContents = ReadonlyMap<string, Uint8Array>;

export const evidencePath = (name: string): string => `${EVIDENCE_FOLDER}${name}`;

/** @param files by path, without the manifest */
export function packBundle(files: BundleContents): Uint8Array {
  const paths = [...files.keys()].sort();
  const listing: BundleManifest = {
    schema: 'tanliu.bundle/1',
    files: paths.map((path) => ({
      path,
      sha256: sha256Hex(files.get(path)!),
      bytes: files.get(path)!.length,
    })),
  };
  const all: Record<string, Uint8Array> = {
    [BUNDLE_FILES.manifest]: strToU8(`${JSON.stringify(listing, null, 2)}\n`),
  };
  for (const path of paths) all[path] = files.get(path)!;
  return zipSync(all, { level: 9, mtime: FILE_TIME });
}

/**
 * Files of a bundle in memory.
 * @param name for messages
 * @throws Refusal `E_BUNDLE` for what is no bundle, or is larger than one may be
 */
export function unpackBundle(bytes: Uint8Array, name: string): BundleContents {
  let count = 0;
  let total = 0;
  let unpacked: Record<string, Uint8Array>;
  try {
    unpacked = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (++count > MOST_FILES || total > MOST_BYTES) throw new Error('it is larger than a bundle may be');
        return true;
      },
    });
  } catch (error) {
    throw refuse(name, (error as Error).message);
  }
  const files = new Map(Object.entries(unpacked).filter(([path]) => !path.endsWith('/')));
  if (!files.has(BUNDLE_FILES.manifest)) throw refuse(name, `${BUNDLE_FILES.manifest} is missing`);
  return files;
}

/** @throws Refusal `E_BUNDLE` */
export function manifestOf(files: BundleContents, name: string): BundleManifest {
  const parsed = manifest.safeParse(parseJson(files.get(BUNDLE_FILES.manifest)));
  if (!parsed.success) throw refuse(name, `${BUNDLE_FILES.manifest}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(name: string, message: string): Refusal {
  return new Refusal(`this is no bundle that can be verified: ${message}`, {
    code: 'E_BUNDLE',
    place: name,
    remedy: 'a zip as `tanliu credential issue` writes it',
  });
}
