/** Topics of a gateway under test, and what stands in them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmissionsCems } from '../../schemas/streams/emissionsCems.ts';
import { emissionsCems } from '../../schemas/streams/emissionsCems.ts';
import { type EmissionsFrame, emissionsFrames } from '../../schemas/streams/emissionsFrames.ts';
import type { Log } from '../../src/log/port.ts';
import { uniqueName } from '../runtime/servers.ts';

export interface GatewayTopics {
  readonly frames: string;
  readonly cems: string;
}

export async function makeTopics(log: Log, partitions = 1): Promise<GatewayTopics> {
  const prefix = `${uniqueName('gateway')}.`;
  const topics = { frames: `${prefix}emissions.frames`, cems: `${prefix}emissions.cems` };
  const admin = await log.admin();
  const settings = { partitions, replicas: 1, retentionMs: 86_400_000, maxMessageBytes: 8 << 20 };
  // A broker that has just started may not know yet what it made: the second call finds the topics there.
  const create = () => admin.createTopics(Object.values(topics), settings);
  await create().catch(() => sleep(500).then(create));
  await admin.close();
  return topics;
}

async function valuesOf(log: Log, topic: string): Promise<unknown[]> {
  const admin = await log.admin();
  const offsets = await admin.offsets(topic);
  await admin.close();
  const values: unknown[] = [];
  for (const { partition, high } of offsets) {
    if (high === 0) continue;
    for (const message of await log.read({ topic, partition, first: 0, last: high - 1 }))
      values.push(JSON.parse(message.value!.toString()));
  }
  return values;
}

/** Frames in the log; each must be one that the ingest accepts. */
export async function framesIn(log: Log, topics: GatewayTopics): Promise<EmissionsFrame[]> {
  return (await valuesOf(log, topics.frames)).map((value) => emissionsFrames.schema.parse(value));
}

export async function readingsIn(log: Log, topics: GatewayTopics): Promise<EmissionsCems[]> {
  return (await valuesOf(log, topics.cems)).flat().map((value) => emissionsCems.schema.parse(value));
}
