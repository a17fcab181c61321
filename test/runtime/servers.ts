/** The Kafka broker and the Temporal server that all test files of a run share, started when first asked for. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { KafkaConnection, TemporalConnection } from '../../src/runtime/config.ts';

interface Shared {
  kafka: KafkaConnection;
  temporal: TemporalConnection;
}

/**
 * Connections of the named servers, e.g. `const { kafka } = await testServers('kafka')`. Given addresses
 * (KAFKA_BROKERS, TEMPORAL_ADDRESS) are used instead of local servers. Since others use them at the same time,
 * take names of your own: `uniqueName()` for topics, groups, task queues and workflow ids. To kill or restart a
 * server, start one of your own with `startKafka`.
 */
export async function testServers<Name extends keyof Shared>(...names: Name[]): Promise<Pick<Shared, Name>> {
  const entries = await Promise.all(
    names.map(async (name) => {
      const response = await fetch(`${inject('testServersDesk')}/${name}`);
      if (!response.ok) throw new Error(`no ${name} for the tests: ${await response.text()}`);
      return [name, await response.json()] as const;
    }),
  );
  return Object.fromEntries(entries) as Pick<Shared, Name>;
}

/** A name that no other test uses, fit for topics, groups, task queues and workflow ids. */
export function uniqueName(what: string): string {
  return `${what}-${randomUUID().slice(0, 8)}`;
}
