import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '../../src/runtime/errors.ts';
import { type Requirement, requireProgram } from '../../src/runtime/requirements.ts';
import { temporaryFolder } from './temporaryFolder.ts';

async function folderWith(name: string, script: string): Promise<string> {
  const folder = temporaryFolder('path');
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return folder;
}

async function faultOf(name: Requirement, env: Record<string, string>): Promise<Fault> {
  const error: unknown = await requireProgram(name, env).catch((caught: unknown) => caught);
  if (!(error instanceof Fault)) throw new Error('no fault');
  return error;
}

test.each([
  ['java', 'openjdk-17-jre-headless', 'openjdk@17'],
  ['mvn', 'apt-get install maven', 'brew install maven'],
  ['python3', 'python3-venv', 'brew install python'],
] as const)('a missing %s is named with how to get it', async (name, debian, macos) => {
  const fault = await faultOf(name, { PATH: '' });
  expect(fault.code).toBe('TL_REQUIREMENT_MISSING');
  expect(fault.message).toContain(name);
  expect(fault.remedy).toContain(debian);
  expect(fault.remedy).toContain(macos);
});

test('a Java that is too old is named as such', async () => {
  const PATH = await folderWith('java', `echo 'openjdk version "11.0.2" 2019' >&2`);
  expect((await faultOf('java', { PATH })).message).toContain('is Java 11');
});

test('a java that cannot run, as the placeholder of macOS, counts as missing', async () => {
  const PATH = await folderWith('java', 'echo "Unable to locate a Java Runtime" >&2; exit 1');
  expect((await faultOf('java', { PATH })).code).toBe('TL_REQUIREMENT_MISSING');
});

test('JAVA_HOME goes before PATH', async () => {
  const old = await folderWith('java', `echo 'openjdk version "11.0.2"' >&2`);
  const home = temporaryFolder('java');
  await mkdir(join(home, 'bin'));
  await rename(
    join(await folderWith('java', `echo 'openjdk version "21"' >&2`), 'java'),
    join(home, 'bin/java'),
  );
  expect(await requireProgram('java', { PATH: old, JAVA_HOME: home })).toBe(join(home, 'bin/java'));
});
