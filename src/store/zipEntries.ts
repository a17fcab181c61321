/** Reads a zip entry by entry, in bounded memory, and refuses what a package must not be: bombs, climbing paths, links, encryption. */
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReader, type ZipFile } from 'yauzl';
import { Refusal } from '../../schemas/refusal.ts';
import { BlockReader } from './blockReader.ts';

export interface ZipLimits {
  readonly entries: number;
  readonly entryBytes: number;
  readonly totalBytes: number;
  /** Unpacked bytes per packed byte, for entries above `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

/** Room for the largest public databases (about 25,000 datasets) with a margin. */
export const ZIP_LIMITS: ZipLimits = {
  entries: 500_000,
  entryBytes: 64 * 1024 * 1024,
  totalBytes: 4 * 1024 * 1024 * 1024,
  ratio: 250,
  ratioFromBytes: 1024 * 1024,
};

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How many entries the archive has, for progress. */
  readonly of: number;
}

/**
 * Files of the archive in the order of its directory; folders and entries that `wants` declines are not unpacked.
 * @throws Refusal `E_ZIP_FORMAT` · `E_ZIP_PATH` · `E_ZIP_LIMIT` naming file and entry
 */
export async function* readZipEntries(
  path: string,
  wants: (name: string) => boolean,
  limits: ZipLimits = ZIP_LIMITS,
): AsyncGenerator<ZipEntry> {
  const archive = await openArchive(path);
  const { zip } = archive;
  try {
    if (zip.entryCount > limits.entries) {
      throw tooMuch(path, `${zip.entryCount} entries`, `at most ${limits.entries} entries`);
    }
    const seen = new Set<string>();
    let total = 0;
    for await (const entry of directory(archive)) {
      const name = entry.fileName;
      refusePath(path, entry, seen);
      if (name.endsWith('/') || !wants(name)) continue;
      total += refuseSize(path, entry, limits);
      if (total > limits.totalBytes) {
        throw tooMuch(path, `more than ${limits.totalBytes} bytes unpacked`, `at most ${limits.totalBytes}`);
      }
      yield { name, bytes: await unpack(archive, entry), of: zip.entryCount };
    }
  } finally {
    await archive.handle.close();
  }
}

interface Archive {
  readonly path: string;
  readonly handle: FileHandle;
  readonly reader: BlockReader;
  readonly zip: ZipFile;
}

async function openArchive(path: string): Promise<Archive> {
  const handle = await openFile(path, 'r').catch((error: Error) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await handle.stat();
    const reader = new BlockReader(handle, size);
    return { path, handle, reader, zip: await readDirectory(reader, size, path) };
  } catch (error) {
    await handle.close();
    throw (error as NodeJS.ErrnoException).code === 'EISDIR' ? unreadable(path, error as Error) : error;
  }
}

function readDirectory(reader: BlockReader, size: number, path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true };
    fromRandomAccessReader(reader, size, options, (error, zip) => {
      if (!error) resolve(zip);
      else if ('errno' in error) reject(unreadable(path, error));
      else reject(notZip(path, error.message));
    });
  });
}

/** yauzl tells entries by events; one is asked for at a time. */
async function* directory({ zip, path }: Archive): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (finish: () => void) => {
        zip.removeAllListeners('entry');
        zip.removeAllListeners('end');
        zip.removeAllListeners('error');
        finish();
      };
      zip.once('entry', (found: Entry) => settle(() => resolve(found)));
      zip.once('end', () => settle(() => resolve(undefined)));
      zip.once('error', (error: Error) => settle(() => reject(badName(path, error))));
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

function refusePath(path: string, entry: Entry, seen: Set<string>): void {
  const name = entry.fileName;
  const unixType = (entry.externalFileAttributes >>> 16) & 0o170000;
  const isLink = entry.versionMadeBy >> 8 === 3 && unixType === 0o120000;
  const fault = seen.has(name)
    ? 'the same name twice'
    : isLink
      ? 'a symbolic link'
      : name.includes('\0')
        ? 'a NUL in the name'
        : undefined;
  if (fault) throw pathRefusal(path, name, fault);
  seen.add(name);
}

function refuseSize(path: string, entry: Entry, limits: ZipLimits): number {
  const { fileName: name, uncompressedSize: size, compressedSize: packed } = entry;
  if (entry.isEncrypted()) throw notZip(`${path}!${name}`, 'the entry is encrypted');
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw notZip(`${path}!${name}`, `compression method ${entry.compressionMethod} is not known`);
  }
  if (Math.max(size, packed) > limits.entryBytes) {
    throw tooMuch(`${path}!${name}`, `${size} bytes in one entry`, `at most ${limits.entryBytes}`);
  }
  if (size > limits.ratioFromBytes && size > packed * limits.ratio) {
    throw tooMuch(
      `${path}!${name}`,
      `${Math.round(size / packed)} bytes a packed byte`,
      `at most ${limits.ratio}`,
    );
  }
  return size;
}

/** Unpacks one entry in one piece: at most `entryBytes`, and never more than its header states. */
async function unpack({ reader, zip, path }: Archive, entry: Entry): Promise<Uint8Array> {
  const place = `${path}!${entry.fileName}`;
  const packed = Buffer.alloc(entry.compressedSize);
  const bytesRead = await reader.copy(packed, await dataStart(zip, entry, place));
  if (bytesRead !== packed.length) throw notZip(place, 'the file ends inside the entry');
  let bytes: Buffer;
  try {
    bytes = entry.compressionMethod === 0 ? packed : inflate(packed, entry.uncompressedSize);
  } catch (error) {
    throw notZip(place, (error as Error).message);
  }
  if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32) {
    throw notZip(place, 'size or checksum is not what the directory states');
  }
  return bytes;
}

function inflate(packed: Buffer, size: number): Buffer {
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
}

function dataStart(zip: ZipFile, entry: Entry, place: string): Promise<number> {
  return new Promise((resolve, reject) => {
    zip.readLocalFileHeader(entry, { minimal: true }, (error, header) => {
      if (error) reject(notZip(place, error.message));
      else resolve(header.fileDataStart);
    });
  });
}

function unreadable(path: string, error: Error): Refusal {
  return new Refusal(`cannot be read: ${error.message}`, {
    code: 'E_FILE',
    place: path,
    remedy: 'a file that exists and may be read',
  });
}

function notZip(place: string, reason: string): Refusal {
  return new Refusal(`not a readable zip: ${reason}`, {
    code: 'E_ZIP_FORMAT',
    place,
    remedy: 'a complete zip archive without encryption',
  });
}

/** With `strictFileNames` yauzl refuses absolute names, `..` and backslashes itself. */
function badName(path: string, error: Error): Refusal {
  return /path|characters/.test(error.message)
    ? pathRefusal(path, error.message, 'a name that leaves the package')
    : notZip(path, error.message);
}

function pathRefusal(path: string, name: string, fault: string): Refusal {
  return new Refusal(`the archive has an entry with ${fault}`, {
    code: 'E_ZIP_PATH',
    place: `${path}!${name}`,
    remedy: 'relative names without .. or backslash, each once',
  });
}

function tooMuch(place: string, what: string, remedy: string): Refusal {
  return new Refusal(`the archive holds ${what}`, { code: 'E_ZIP_LIMIT', place, remedy });
}
