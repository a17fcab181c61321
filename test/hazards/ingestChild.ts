/**
 * The program under test: opens the store, ingests `<prefix>plant.generation` and tells its parent what happens.
 * Orders come as JSON lines on stdin, events leave as JSON lines on stdout.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import type { IngestLimits } from '../../src/ingest/limits.ts';
import type { SettledRange } from '../../src/ingest/partitionWriter.ts';
import { StreamIngest } from '../../src/ingest/streamIngest.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Store } from '../../src/store/port.ts';
import { openServerStore } from '../../src/store/serverStore.ts';
import { NaiveIngest } from './naiveIngest.ts';
import { otherPlantGeneration } from './otherContracts.ts';
import { type Step, steppedLog, steppedStore } from './steps.ts';

export interface ChildSettings {
  readonly dir: string;
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly group: string;
  readonly build: 'usual' | 'other';
  readonly naive?: boolean;
  readonly limits: Partial<IngestLimits>;
  /** Ends itself with SIGKILL at the n-th time that this step is reached. */
  readonly killAt?: { readonly step: Step; readonly times: number };
  /** Stops itself with SIGSTOP there instead. */
  readonly stopAt?: { readonly step: Step; readonly times: number };
  /** Another process holds the store. */
  readonly gateway?: { readonly url: string; readonly username: string; readonly password: string };
}

export type Order =
  | { readonly do: 'second member' }
  | { readonly do: 'second member leaves' }
  | { readonly do: 'stop' }
  /** The store refuses, or does not answer, for so long. */
  | { readonly do: 'refuse' | 'hang'; readonly ms: number };

export type ChildEvent =
  | { readonly at: 'started' }
  | { readonly at: 'settled'; readonly range: SettledRange; readonly messages: number }
  | { readonly at: 'fault'; readonly message: string }
  | { readonly at: 'done'; readonly order: Order['do'] }
  | { readonly at: 'stopping' };

interface Member {
  start(): Promise<unknown>;
  stop(): Promise<void>;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as ChildSettings;
const tell = (event: ChildEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);

const { gateway } = settings;
const store = gateway
  ? await openServerStore({ ...gateway, database: 'tanliu' })
  : await openChdbStore(settings.dir);
await migrate(store);
const trouble = { until: 0, hangs: false };
let reached = 0;
let messages = 0;

async function onStep(step: Step): Promise<void> {
  const { killAt, stopAt } = settings;
  const at = killAt ?? stopAt;
  if (at?.step !== step || ++reached !== at.times) return;
  if (killAt) process.kill(process.pid, 'SIGKILL');
  // Told before and not after: a stopped process says nothing.
  writeSync(1, `${JSON.stringify({ at: 'stopping' } satisfies ChildEvent)}\n`);
  process.kill(process.pid, 'SIGSTOP');
}

/** Lets inserts fail or wait while there is trouble. */
function troubled(inner: Store): Store {
  return {
    ...inner,
    async insertArrow(insert): Promise<void> {
      const leftMs = trouble.until - Date.now();
      if (leftMs > 0 && !trouble.hangs) throw new Error('Code: 241. DB::Exception: memory limit exceeded');
      if (leftMs > 0) await sleep(leftMs);
      await inner.insertArrow(insert);
    },
  };
}

function member(): Member {
  const { brokers, prefix, group, build, naive, limits } = settings;
  const contract = build === 'other' ? otherPlantGeneration : plantGeneration;
  const common = {
    store: steppedStore(troubled(store), onStep),
    log: steppedLog(createKafkajsLog({ brokers }), onStep),
    group,
    topicPrefix: prefix,
    onSettled: (range: SettledRange) => {
      messages += range.messages;
      tell({ at: 'settled', range, messages });
    },
  };
  if (naive) {
    return new NaiveIngest({
      ...common,
      contract,
      sessionTimeoutMs: limits.sessionTimeoutMs ?? 30_000,
      maxMessages: limits.maxMessages ?? 1_000,
    });
  }
  const ingest = new StreamIngest({
    ...common,
    contracts: [contract],
    limits,
    ...(build === 'other' && { contractsUrl: new URL('./otherContracts.ts', import.meta.url).href }),
  });
  return {
    async start() {
      const { fault } = await ingest.start();
      fault.catch((error: unknown) =>
        tell({ at: 'fault', message: String((error as Error).stack ?? error) }),
      );
    },
    stop: () => ingest.stop(),
  };
}

const members = [member()];

async function obey(order: Order): Promise<void> {
  if (order.do === 'second member') {
    const second = member();
    members.push(second);
    await second.start();
  } else if (order.do === 'second member leaves') await members.pop()?.stop();
  else if (order.do === 'stop') await leave();
  else {
    trouble.until = Date.now() + order.ms;
    trouble.hangs = order.do === 'hang';
  }
  tell({ at: 'done', order: order.do });
}

async function leave(): Promise<void> {
  await Promise.all(members.map((each) => each.stop()));
  await store.close();
  tell({ at: 'done', order: 'stop' });
  process.exit(0);
}

process.on('SIGTERM', leave);
createInterface({ input: process.stdin }).on('line', (line) => {
  obey(JSON.parse(line) as Order).catch((error: unknown) =>
    tell({ at: 'fault', message: String((error as Error).stack ?? error) }),
  );
});
// The parent is gone: nobody waits for this process any more.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
await members[0]?.start();
tell({ at: 'started' });
