/** Mappings of bills, kept by issuer under the user's home. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BillMapping, billMapping } from '../../schemas/documents/billMapping.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { loadConfig } from '../runtime/config.ts';
import { UsageError } from './run.ts';

/**
 * The mapping of a file, which is kept for its issuer, or the one that was kept.
 * @throws Refusal E_BILL_MAPPING with every fault, E_BILL_ISSUER
 */
export async function readBillMapping(
  { mapping, issuer }: { mapping?: string; issuer?: string },
  readJson: (path: string) => Promise<unknown>,
): Promise<BillMapping> {
  const folder = join(loadConfig(process.env).home, 'bill-mappings');
  if (mapping !== undefined) {
    const parsed = billMapping.safeParse(await readJson(mapping));
    if (!parsed.success) {
      throw new Refusal(
        parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
        { code: 'E_BILL_MAPPING', place: mapping },
      );
    }
    await keep(folder, parsed.data);
    return parsed.data;
  }
  if (issuer === undefined) throw new UsageError('give --mapping FILE.json or --issuer NAME');
  const text = await readFile(join(folder, `${issuer.replaceAll(/[^a-z0-9-]/g, '')}.json`), 'utf8').catch(
    () => undefined,
  );
  if (text === undefined) {
    const known = await readdir(folder).catch(() => []);
    throw new Refusal(`no mapping is kept for ${issuer}`, {
      code: 'E_BILL_ISSUER',
      place: folder,
      remedy: known.map((file) => file.replace('.json', '')).join(' | ') || '--mapping FILE.json once',
    });
  }
  return billMapping.parse(JSON.parse(text));
}

async function keep(folder: string, mapping: BillMapping): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${mapping.issuer}.json`);
  await writeFile(`${path}.new`, `${JSON.stringify(mapping, null, 2)}\n`);
  await rename(`${path}.new`, path);
}
