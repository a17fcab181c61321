import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/runtime/config.ts';
import {
  findRunningServers,
  startLocalServers,
} from '../../../src/runtime/localServers/startLocalServers.ts';
import { testServers, uniqueName } from '../servers.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { goneAfter, startOwner } from './ownerProgram.ts';

const LOCAL = { ...process.env, KAFKA_BROKERS: '', TEMPORAL_ADDRESS: '' };

test('when the program is killed, neither Kafka nor Temporal survives it', { timeout: 180_000 }, async () => {
  const home = temporaryFolder('owner');
  const config = { ...loadConfig(LOCAL), home };
  const { owner, told } = await startOwner<{ pids: number[] }>('serversOwner.ts', [home]);
  const found = await findRunningServers(config);
  expect(found.kafka?.brokers[0]).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(found.temporal?.address).toMatch(/^127\.0\.0\.1:\d+$/);

  owner.kill('SIGKILL');
  await goneAfter(told.pids, 8_000);
  expect(await findRunningServers(config)).toEqual({ kafka: undefined, temporal: undefined });
});

test('given servers are used and none is started', async () => {
  const home = join(tmpdir(), uniqueName('tanliu-unused'));
  const config = {
    ...loadConfig({ ...LOCAL, KAFKA_BROKERS: 'given:9092', TEMPORAL_ADDRESS: 'given:7233' }),
    home,
  };
  const progress: string[] = [];
  const servers = await startLocalServers({
    config,
    kafka: true,
    temporal: true,
    progress: (line) => progress.push(line),
  });
  expect(servers).toMatchObject({
    kafka: { brokers: ['given:9092'] },
    temporal: { address: 'given:7233' },
    local: { kafka: undefined, temporal: undefined },
  });
  expect(progress).toEqual([]);
  await servers.stop();
});

test('the test files of a run share one broker', { timeout: 180_000 }, async () => {
  const [first, second] = await Promise.all([testServers('kafka'), testServers('kafka')]);
  expect(first).toEqual(second);
  expect(first.kafka.brokers).toHaveLength(1);
});
