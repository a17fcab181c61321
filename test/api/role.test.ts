/** `tanliu api` as a process of its own: says where it answers, answers, and drains on SIGTERM. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';

const CLI = new URL('../../src/cli/tanliu.ts', import.meta.url).pathname;
const TOKEN = 'a-token-of-the-role-test';

test('tanliu api takes the store, asks for the token, and ends with 0 on SIGTERM', async () => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, 'api'], {
    env: {
      ...process.env,
      TANLIU_HOME: temporaryFolder('api-role'),
      TANLIU_API_PORT: '0',
      TANLIU_API_TOKENS: TOKEN,
      LOG_LEVEL: 'error',
      CLICKHOUSE_URL: '',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'exit');
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    url = /answers at (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  child.stderr.resume();
  const status = async (path: string, headers = {}) => (await fetch(`${url}${path}`, { headers })).status;
  expect(await status('/ready')).toBe(200);
  expect(await status('/locations')).toBe(401);
  expect(await status('/locations', { 'auth-token': TOKEN })).toBe(204);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});
