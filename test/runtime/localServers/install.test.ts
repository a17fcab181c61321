import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { installOnce, runInstaller } from '../../../src/runtime/localServers/install.ts';
import { installKafka } from '../../../src/runtime/localServers/kafkaInstall.ts';
import { installTemporal } from '../../../src/runtime/localServers/temporalInstall.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const full = process.env.TANLIU_TEST_FULL === '1';
const quiet = () => undefined;

describe('installing once', () => {
  test('two first starts at once fetch once, and both see the whole', async () => {
    const cache = temporaryFolder('cache');
    const target = join(cache, 'program-1');
    let fetched = 0;
    const install = () =>
      installOnce(target, { name: 'program', progress: quiet }, async (folder) => {
        fetched++;
        await writeFile(join(folder, 'half'), '1');
        await sleep(150);
        await writeFile(join(folder, 'whole'), '2');
      });
    expect(await Promise.all([install(), install()])).toEqual([target, target]);
    expect(fetched).toBe(1);
    expect(await readdir(cache)).toEqual(['program-1']);
    expect((await readdir(target)).sort()).toEqual(['half', 'whole']);
  });

  test('an installation that broke off is not taken for a whole one', async () => {
    const cache = temporaryFolder('cache');
    const target = join(cache, 'program-1');
    const options = { name: 'program', progress: quiet };
    // What a process leaves that was killed while it fetched.
    await mkdir(`${target}.part-1`);
    const broken = installOnce(target, options, async (folder) => {
      await writeFile(join(folder, 'half'), '1');
      throw new Error('the network went away');
    });
    await expect(broken).rejects.toThrow('the network went away');
    await installOnce(target, options, (folder) => writeFile(join(folder, 'whole'), '2'));
    expect(await readdir(cache)).toEqual(['program-1']);
    expect(await readFile(join(target, 'whole'), 'utf8')).toBe('2');
  });

  test('an installer that fails shows its last lines', async () => {
    const failing = runInstaller('/bin/sh', ['-c', 'echo no such artifact >&2; exit 7']);
    await expect(failing).rejects.toThrow(/sh ended with 7:\nno such artifact/);
  });

  test.skipIf(!full)(
    'Kafka and Temporal are fetched into an empty cache by two starts at once',
    { timeout: 600_000 },
    async () => {
      const cache = temporaryFolder('cache');
      const kafka = await Promise.all([installKafka(cache, quiet), installKafka(cache, quiet)]);
      const temporal = await Promise.all([installTemporal(cache, quiet), installTemporal(cache, quiet)]);
      expect(kafka[0]).toBe(kafka[1]);
      expect(await readdir(kafka[0])).toContain('kafka_2.13-4.1.0.jar');
      await runInstaller(temporal[0], ['--version']);
      expect((await readdir(cache)).filter((name) => /part|lock/.test(name))).toEqual([]);
    },
  );
});

test('a first start without the fetching program names it', async () => {
  const path = process.env.PATH;
  process.env.PATH = '';
  try {
    const cache = temporaryFolder('cache');
    await expect(installTemporal(cache, quiet)).rejects.toMatchObject({
      code: 'TL_REQUIREMENT_MISSING',
      message: expect.stringContaining('python3'),
    });
    await expect(installKafka(cache, quiet)).rejects.toMatchObject({
      code: 'TL_REQUIREMENT_MISSING',
      message: expect.stringContaining('java'),
    });
  } finally {
    process.env.PATH = path;
  }
});
