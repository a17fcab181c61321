/** A Temporal server of its own, since these tests stop and kill it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/runtime/config.ts';
import { identify } from '../../../src/runtime/localServers/processIdentity.ts';
import { type LocalTemporal, startTemporal } from '../../../src/runtime/localServers/temporal.ts';

describe('the local Temporal server', () => {
  let dir: string;
  let server: LocalTemporal;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tanliu temporal 碳-'));
    server = await startTemporal({ dir, cacheDir: loadConfig().cacheDir, progress: () => undefined });
  });

  afterAll(async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: server.address });
    try {
      return await use(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }

  test('its web interface answers', async () => {
    expect((await fetch(server.uiUrl)).status).toBe(200);
  });

  test('a workflow that was started is there after a restart and after SIGKILL, at the same address', async () => {
    const { address, pid } = server;
    const start = (client: Client, workflowId: string) =>
      client.workflow.start('waitsForAWorker', { taskQueue: 'nobody', workflowId });
    const statusOf = (client: Client, workflowId: string) =>
      client.workflow
        .getHandle(workflowId)
        .describe()
        .then(({ status }) => status.name);

    await withClient((client) => start(client, 'first'));
    await server.restart();
    expect(server.address).toBe(address);
    expect(server.pid).not.toBe(pid);
    await withClient((client) => start(client, 'second'));
    await server.kill();
    expect(await identify(server.pid)).toBeUndefined();
    await server.restart();
    const status = await withClient(async (client) => [
      await statusOf(client, 'first'),
      await statusOf(client, 'second'),
    ]);
    expect(status).toEqual(['RUNNING', 'RUNNING']);
  });
});
