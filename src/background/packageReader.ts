/** What every format's reader is to the importer, and what all of them refuse alike. */
import { Refusal } from '../../schemas/refusal.ts';
import type { Inventory } from './inventory.ts';

export interface PackageReader {
  /** Whether a file of that name would be read; the caller need not unpack others. */
  wants(name: string): boolean;
  /** @throws Refusal `E_PACKAGE_JSON` · `E_PACKAGE_XML` · `E_PACKAGE_SCHEMA` · `E_PACKAGE_DUPLICATE` naming the file */
  accept(name: string, bytes: Uint8Array): void;
  /** @throws Refusal `E_PACKAGE_EMPTY` when no process was seen */
  finish(): Inventory;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Refusal `E_PACKAGE_JSON` */
export function parseJsonFile(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (error) {
    throw new Refusal(`not readable as JSON: ${(error as Error).message}`, {
      code: 'E_PACKAGE_JSON',
      place: file,
      remedy: 'one UTF-8 JSON document a file',
    });
  }
}

/** Two files with one id would make the result depend on their order. */
export function keepOnce<T>(into: Map<string, T>, id: string, file: string, value: T): void {
  if (into.has(id)) throw duplicate(id, file);
  into.set(id, value);
}

export function duplicate(id: string, file: string): Refusal {
  return new Refusal(`the id ${id} was seen before`, {
    code: 'E_PACKAGE_DUPLICATE',
    place: file,
    remedy: 'one file an id',
  });
}

export function notSchema(message: string, place: string, remedy: string): Refusal {
  return new Refusal(message, { code: 'E_PACKAGE_SCHEMA', place, remedy });
}

export function emptyPackage(place: string, remedy: string): Refusal {
  return new Refusal('the package holds no process', { code: 'E_PACKAGE_EMPTY', place, remedy });
}

/** By id, so that the order of files changes nothing. */
export const byId = <T extends { readonly id: string }>(records: Iterable<T>): T[] =>
  [...records].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
