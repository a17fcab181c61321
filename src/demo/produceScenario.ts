/** Sends all readings of a scenario through Kafka and waits until they stand in ClickHouse. */
import { setTimeout as sleep } from 'node:timers/promises';
import { streamOf } from '../../schemas/streams/index.ts';
import type { Log } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type OutgoingReading, produceReadings } from '../sheets/produceReadings.ts';
import type { Store } from '../store/port.ts';

export interface ScenarioFlow {
  readonly log: Log;
  readonly store: Store;
  readonly topicPrefix: string;
  readonly scenario: Scenario;
  readonly progress: (message: string) => void;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
}

const ARRIVAL_LIMIT_MS = 120_000;

/** Produces topic after topic and returns the readings sent of each. Large streams go as Arrow batches. */
export async function produceScenario({
  log,
  topicPrefix,
  scenario,
  progress,
  clock,
  signal,
}: ScenarioFlow): Promise<Record<string, number>> {
  const producer = await log.producer();
  const sent: Record<string, number> = {};
  try {
    for (const topic of scenario.topics) {
      signal.throwIfAborted();
      const contract = streamOf(topic);
      if (!contract) throw new Fault('TL_INTERNAL', `the scenario has a topic ${topic} that is no stream`);
      const format = topic === 'plant.generation' || topic === 'datacenter.power' ? 'arrow' : 'json';
      const { readings } = await produceReadings({
        producer,
        topic: topicPrefix + topic,
        contract,
        source: `/tanliu/scenario/${scenario.name}`,
        readings: named(scenario, topic),
        format,
        at: clock(),
      });
      sent[topic] = readings;
      progress(
        `${topic}: ${readings.toLocaleString('en')} readings sent as ${format === 'arrow' ? 'Arrow' : 'JSON'}`,
      );
    }
  } finally {
    await producer.close();
  }
  return sent;
}

function* named(scenario: Scenario, topic: string): Generator<OutgoingReading> {
  let number = 0;
  for (const value of scenario.readings(topic)) yield { id: `${scenario.name}/${topic}/${number++}`, value };
}

/** Readings of each topic that stand in the store; resolves when all that were sent have arrived or were refused. */
export async function waitForArrival(
  { store, progress, signal }: ScenarioFlow,
  sent: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  const begun = performance.now();
  let shown = 0;
  while (true) {
    signal.throwIfAborted();
    const { counts, refused } = await countArrived(store, Object.keys(sent));
    const missing = Object.entries(sent).reduce(
      (sum, [topic, expected]) => sum + Math.max(0, expected - (counts[topic] ?? 0)),
      0,
    );
    if (missing === 0) return counts;
    if (refused > 0)
      throw new Fault('TL_INTERNAL', `${refused} messages of the scenario were refused`, {
        remedy: 'tanliu deadletters list',
      });
    const waited = performance.now() - begun;
    if (waited > ARRIVAL_LIMIT_MS)
      throw new Fault(
        'TL_SERVER_LOST',
        `${missing} readings have not arrived within ${ARRIVAL_LIMIT_MS / 1000} s`,
      );
    if (waited - shown > 5_000) {
      shown = waited;
      progress(`waiting for ${missing.toLocaleString('en')} readings`);
    }
    await sleep(150);
  }
}

async function countArrived(
  store: Store,
  topics: readonly string[],
): Promise<{ counts: Record<string, number>; refused: number }> {
  const selects = topics.map(
    (topic) => `SELECT '${topic}' AS topic, count() AS n FROM ${streamOf(topic)?.table}`,
  );
  const rows = await store.query<{ topic: string; n: number }>(
    `${selects.join(' UNION ALL ')} UNION ALL SELECT '' AS topic, count() AS n FROM dead_letters`,
  );
  const { '': refused = 0, ...counts } = Object.fromEntries(rows.map(({ topic, n }) => [topic, Number(n)]));
  return { counts, refused };
}
