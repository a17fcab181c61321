import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importBackground } from '../../src/activities/importBackground.ts';
import { scoreStoredBackground } from '../../src/activities/scoreBackground.ts';
import { scoreRows } from '../../src/background/score.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { listBackgrounds, loadBackground } from '../../src/store/backgroundFiles.ts';
import { ilcdParts } from './ilcdParts.ts';
import { POWER_AND_METAL, type SmallProcess, smallInventory, smallPackage } from './smallPackage.ts';
import { type ZipPart, zipArchive } from './zipArchive.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tanliu-background-'));
});
afterEach(() => rm(home, { recursive: true }));

async function packageFile(processes: readonly SmallProcess[], schema: 1 | 2 = 1): Promise<string> {
  const file = join(home, 'package.zip');
  await writeFile(file, zipArchive(smallPackage(processes, schema)));
  return file;
}

async function everyByte(path: string): Promise<string> {
  const names = (await readdir(path)).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(join(path, name)));
  return hash.digest('hex');
}

describe('a background version', () => {
  it('comes back as it was written', async () => {
    await importBackground(home, 'small', await packageFile(POWER_AND_METAL));
    const { system } = await loadBackground(home, 'small');
    expect(system).toEqual(buildBackground(smallInventory(POWER_AND_METAL)).system);
  });

  it('is the same version and the same bytes when the package is imported again, or under another name', async () => {
    const file = await packageFile(POWER_AND_METAL, 2);
    const first = await importBackground(home, 'small', file);
    const again = await importBackground(home, 'small', file);
    const other = await importBackground(home, 'other', file);
    expect(again).toMatchObject({ manifest: first.manifest, existed: true });
    expect(other).toMatchObject({ manifest: first.manifest, existed: false });
    expect(await everyByte(other.path)).toBe(await everyByte(first.path));
    expect(await listBackgrounds(home)).toEqual(['other', 'small']);
  });

  it('keeps its scores, and solves again when the kept ones are damaged', async () => {
    await importBackground(home, 'small', await packageFile(POWER_AND_METAL));
    const first = await scoreStoredBackground(home, 'small');
    const folder = join(home, 'background/small/.scores');
    const [file = ''] = await readdir(folder);
    const kept = await readFile(join(folder, file));
    expect((await scoreStoredBackground(home, 'small')).scored).toEqual(first.scored);
    const wrong = Buffer.from(kept);
    wrong[wrong.length - 1]! ^= 1;
    await writeFile(join(folder, file), wrong);
    expect((await scoreStoredBackground(home, 'small')).scored).toEqual(first.scored);
    expect(await readFile(join(folder, file))).toEqual(kept);
    await scoreStoredBackground(home, 'small', { gwpSet: 'ar6_20' });
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('stays readable when another version of the name becomes the current one', async () => {
    const first = await importBackground(home, 'small', await packageFile(POWER_AND_METAL));
    const second = await importBackground(home, 'small', await packageFile(POWER_AND_METAL.slice(0, 1)));
    expect(second.manifest.version).not.toBe(first.manifest.version);
    expect((await loadBackground(home, 'small')).system.activities).toHaveLength(1);
    const old = await loadBackground(home, `small@${first.manifest.version}`);
    expect(old.system.activities).toHaveLength(2);
  });

  it('leaves nothing of a package that is refused', async () => {
    const file = join(home, 'package.zip');
    const parts = smallPackage(POWER_AND_METAL);
    await writeFile(file, zipArchive([...parts, { name: 'processes/last.json', bytes: '{"@id":' }]));
    await expect(importBackground(home, 'small', file)).rejects.toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_JSON', place: 'processes/last.json' }),
    );
    await writeFile(file, zipArchive(smallPackage([])));
    await expect(importBackground(home, 'small', file)).rejects.toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_EMPTY' }),
    );
    expect(await listBackgrounds(home)).toEqual([]);
  });

  it.each<[string, (parts: ZipPart[]) => Buffer, string, string]>([
    ['cut short', (parts) => zipArchive(parts).subarray(0, -200), 'E_ZIP_FORMAT', 'package.zip'],
    [
      'with a flipped byte',
      (parts) => {
        const bytes = zipArchive(parts);
        bytes[60]! ^= 0xff;
        return bytes;
      },
      'E_ZIP_FORMAT',
      'ILCD/unitgroups/u-mass.xml',
    ],
    [
      'that climbs out of its folder',
      (parts) => zipArchive([...parts, { name: '../../processes/x.xml', bytes: '<a/>' }]),
      'E_ZIP_PATH',
      '../../processes/x.xml',
    ],
    [
      'that is a bomb',
      (parts) =>
        zipArchive([...parts, { name: 'ILCD/processes/bomb.xml', bytes: Buffer.alloc(8 << 20, ' ') }]),
      'E_ZIP_LIMIT',
      'ILCD/processes/bomb.xml',
    ],
    [
      'whose last file declares an entity',
      (parts) =>
        zipArchive([
          ...parts,
          { name: 'ILCD/processes/z.xml', bytes: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' },
        ]),
      'E_PACKAGE_XML',
      'ILCD/processes/z.xml',
    ],
  ])('leaves nothing of an ILCD package %s, and says where and why', async (_what, archive, code, place) => {
    const file = join(home, 'package.zip');
    await writeFile(file, archive(ilcdParts([{ id: 'plant', exchanges: [{ flow: 'power', amount: 1 }] }])));
    await expect(importBackground(home, 'small', file)).rejects.toThrow(
      expect.objectContaining({ code, place: expect.stringContaining(place) }),
    );
    expect(await readdir(home)).toEqual(['package.zip']);
  });

  it('is not used when a table of it is damaged', async () => {
    const { path } = await importBackground(home, 'small', await packageFile(POWER_AND_METAL));
    const table = join(path, 'technosphere.arrow');
    const bytes = await readFile(table);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(table, bytes);
    await expect(loadBackground(home, 'small')).rejects.toThrow(
      expect.objectContaining({ code: 'TL_STORE_QUERY' }),
    );
  });

  it('is refused by name when it is not there, and names that climb are no names', async () => {
    await expect(loadBackground(home, 'absent')).rejects.toThrow(
      expect.objectContaining({ code: 'E_BACKGROUND_UNKNOWN' }),
    );
    await importBackground(home, 'small', await packageFile(POWER_AND_METAL));
    await expect(loadBackground(home, 'small@../../etc')).rejects.toThrow(
      expect.objectContaining({ code: 'E_BACKGROUND_UNKNOWN' }),
    );
    await expect(loadBackground(home, '../small')).rejects.toThrow(
      expect.objectContaining({ code: 'E_NAME' }),
    );
  });
});

describe('scoring a stored version', () => {
  beforeEach(async () => {
    await importBackground(home, 'small', await packageFile(POWER_AND_METAL));
  });

  async function metalScore(method: Parameters<typeof scoreStoredBackground>[2]): Promise<number> {
    const { scored } = await scoreStoredBackground(home, 'small', method);
    return scoreRows(scored).find(({ activity }) => activity.flowId === 'metal')!.totalKgCo2e;
  }

  it('goes by the GWP set that is named', async () => {
    expect(await metalScore({})).toBeCloseTo(10.5 + 0.298, 12);
    expect(await metalScore({ gwpSet: 'ar6_20' })).toBeCloseTo(10.5 + 0.825, 12);
    expect(await metalScore({ gwpSet: 'ar5_without_ccf_100' })).toBeCloseTo(10.5 + 0.3, 12);
    expect(await metalScore({ gwpSet: 'ar5_with_ccf_100' })).toBeCloseTo(10.5 + 0.36, 12);
    await expect(metalScore({ gwpSet: 'ar9' })).rejects.toThrow(
      expect.objectContaining({ code: 'E_GWP_SET' }),
    );
  });

  it('goes by a map where one is given: a flow that it leaves out counts nothing', async () => {
    const mapFile = join(home, 'map.csv');
    await writeFile(mapFile, 'flow_uuid,flow_name,species,class\nch4,Methane,CH4-fossil,fossil\n');
    expect(await metalScore({ mapFile })).toBeCloseTo(0.298, 14);
  });

  it.each([
    ['no such class', 'flow_uuid,species,class\nch4,CH4-fossil,green\n', 'line 2 class'],
    ['a missing column', 'flow_uuid,class\nch4,fossil\n', 'line 2 species'],
    ['a flow twice', 'flow_uuid,species,class\nch4,CO2,fossil\nch4,CH4-fossil,fossil\n', 'line 3'],
    ['no rows', 'flow_uuid,species,class\n', 'map.csv'],
  ])('refuses a map with %s', async (_fault, text, place) => {
    const mapFile = join(home, 'map.csv');
    await writeFile(mapFile, text);
    await expect(metalScore({ mapFile })).rejects.toThrow(
      expect.objectContaining({ code: 'E_FLOW_MAP', place: expect.stringContaining(place) }),
    );
  });
});
