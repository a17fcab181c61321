/** Tells a package's format by the names in it; a name may lie about ecoSpold 1 or 2, so those two are told by their content. */
import { Refusal } from '../../schemas/refusal.ts';
import { createEcoSpoldReader } from './ecoSpold/readPackage.ts';
import { createIlcdReader } from './ilcd/readPackage.ts';
import { createOpenLcaReader } from './openLca/readPackage.ts';
import type { PackageReader } from './packageReader.ts';

/**
 * @param names of all entries of the archive
 * @throws Refusal `E_PACKAGE_FORMAT`
 */
export function createReaderFor(names: readonly string[], file: string): PackageReader {
  const has = (test: RegExp) => names.some((name) => test.test(name));
  if (has(/(^|\/)processes\/[^/]+\.xml$/)) return createIlcdReader('xml');
  if (has(/(^|\/)(unitgroups|flowproperties)\/[^/]+\.json$/)) return createIlcdReader('json');
  if (has(/(^|\/)processes\/[^/]+\.json$/) || has(/(^|\/)olca-schema\.json$/)) return createOpenLcaReader();
  if (has(/\.(spold|xml)$/i)) return createEcoSpoldReader();
  // A JSON package without a process: its own reader says so.
  if (has(/\.json$/)) return createOpenLcaReader();
  throw new Refusal('no known LCI format', {
    code: 'E_PACKAGE_FORMAT',
    place: file,
    remedy: 'a zip of openLCA JSON-LD, ILCD XML, TIDAS JSON, or ecoSpold 1 or 2 files',
  });
}
