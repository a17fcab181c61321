/** The same conformance with kafkajs's own record decoder, as any version but the one that `fastRecords.ts` knows has it. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FastRecord } from '../../../src/log/kafkajs/fastRecords.ts';
import { createKafkajsLog } from '../../../src/log/kafkajs/kafkajsLog.ts';
import type { Log } from '../../../src/log/port.ts';
import { testServers, uniqueName } from '../../runtime/servers.ts';
import { conformsToLogPort } from '../conformance.ts';

vi.mock(import('../../../src/log/kafkajs/fastRecords.ts'), async (original) => ({
  ...(await original()),
  installFastRecords: () => false,
}));

let log: Log;
beforeAll(async () => {
  const { kafka } = await testServers('kafka');
  log = createKafkajsLog({ brokers: kafka.brokers });
});

describe('the kafkajs log with its own decoder', () => {
  conformsToLogPort(() => log, {
    topic: () => uniqueName('plain-conformance'),
    group: () => uniqueName('group'),
  });

  it('does not use the shorter decoder', async () => {
    const topic = uniqueName('plain-records');
    const admin = await log.admin();
    await admin.createTopics([topic], {
      partitions: 1,
      replicas: 1,
      retentionMs: 86_400_000,
      maxMessageBytes: 1 << 20,
    });
    await admin.close();
    const producer = await log.producer();
    await producer.send(topic, [{ key: 'k', value: 'v', headers: {} }]);
    await producer.close();
    const [message] = await log.read({ topic, partition: 0, first: 0, last: 0 });
    expect(message?.value?.toString()).toBe('v');
    expect(message).not.toBeInstanceOf(FastRecord);
  });
});
