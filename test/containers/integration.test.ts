/** The tests that use servers, a second time: against containers instead of the local ones. */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContainerServers, dockerAnswers, startContainers } from './servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const docker = dockerAnswers();

/** Test files that ask for shared servers; those of the local servers themselves are left out. */
function integrationFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: ROOT })
    .filter((file) => !/^test\/(runtime|containers)\//.test(file))
    .filter((file) => /testServers\(|CLICKHOUSE_URL/.test(readFileSync(`${ROOT}/${file}`, 'utf8')));
}

describe.skipIf(!docker)(`against containers${docker ? '' : ' (skipped: no Docker daemon answers)'}`, () => {
  let servers: ContainerServers;

  beforeAll(async () => {
    servers = await startContainers();
  }, 600_000);

  afterAll(async () => {
    await servers?.stop();
  });

  test('the integration tests pass', { timeout: 900_000 }, async () => {
    const { stop: _, ...env } = servers;
    const files = integrationFiles();
    expect(files.length).toBeGreaterThan(0);
    const run = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    const code = await new Promise((resolve) => run.once('close', resolve));
    expect(code).toBe(0);
  });
});
