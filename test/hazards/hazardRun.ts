/** A broker, a topic and a store folder of a hazard's own, and what each hazard needs of them. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { readIntent } from '../../src/ingest/intent.ts';
import type { IngestLimits } from '../../src/ingest/limits.ts';
import { createKafkajsLog } from '../../src/log/kafkajs/kafkajsLog.ts';
import type { Log } from '../../src/log/port.ts';
import type { Store } from '../../src/store/port.ts';
import { type Accounts, takeAccounts } from './accounts.ts';
import type { ChildSettings } from './ingestChild.ts';
import { IngestProcess } from './ingestProcess.ts';
import { producePlantMessages } from './plantMessages.ts';

/** What accounts say when nothing went wrong. */
export const SOUND = {
  missing: 0,
  repeated: 0,
  misjudged: 0,
  viewDifferences: 0,
  audit: { holds: true, viewDifference: 0 },
} as const;

/** Full counts, for `npm run test:full`. */
export const FULL = process.env.TANLIU_TEST_FULL === '1';

/** Of a test. It is there to end what hangs and not to be a bar: others may be at work on the machine. */
export const LIMIT_MS = FULL ? 3_600_000 : 600_000;

/** Small ranges, so that there are many moments to be killed at; a short session, so that a death is noticed soon. */
const HAZARD_LIMITS: Partial<IngestLimits> = {
  maxMessages: 400,
  maxAgeMs: 50,
  sessionTimeoutMs: 2_000,
};

export class HazardRun {
  readonly prefix = `hazard-${randomUUID().slice(0, 8)}.`;
  readonly topic = `${this.prefix}plant.generation`;
  readonly group = `${this.prefix}ingest`;
  readonly log: Log;
  readonly dir: string;
  readonly brokers: readonly string[];
  produced = 0;
  private readonly processes: IngestProcess[] = [];

  private constructor(brokers: readonly string[], dir: string) {
    this.brokers = brokers;
    this.dir = dir;
    this.log = createKafkajsLog({ brokers });
  }

  static async begin(brokers: readonly string[], partitions = 4): Promise<HazardRun> {
    const run = new HazardRun(brokers, await mkdtemp(join(tmpdir(), 'tanliu-hazard-')));
    await run.makeTopic(partitions);
    return run;
  }

  async makeTopic(partitions = 4): Promise<void> {
    const admin = await this.log.admin();
    await admin.createTopics([this.topic], {
      partitions,
      replicas: 1,
      retentionMs: 86_400_000,
      maxMessageBytes: 4 << 20,
    });
    await admin.close();
  }

  async deleteTopic(): Promise<void> {
    const admin = await this.log.admin();
    await admin.deleteTopic(this.topic);
    await admin.close();
  }

  /** For what the log port does not offer. */
  async withKafka<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Kafka({ brokers: [...this.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  get storeDir(): string {
    return join(this.dir, 'store');
  }

  ingest(settings: Partial<ChildSettings> = {}): IngestProcess {
    const process = new IngestProcess({
      dir: this.storeDir,
      brokers: this.brokers,
      prefix: this.prefix,
      group: this.group,
      build: 'usual',
      ...settings,
      limits: { ...HAZARD_LIMITS, ...settings.limits },
    });
    this.processes.push(process);
    return process;
  }

  /** Waits until the group has committed all that the topic holds. */
  async untilAllSettled(process: IngestProcess, group = this.group, limitMs = LIMIT_MS / 3): Promise<void> {
    const admin = await this.log.admin();
    try {
      for (const end = Date.now() + limitMs; ; await sleep(100)) {
        const [offsets, committed] = await Promise.all([
          admin.offsets(this.topic),
          admin.committed(group, this.topic),
        ]);
        const reached = offsets.every(
          ({ partition, high, low }) =>
            high === low ||
            committed.some(
              (entry) => entry.partition === partition && entry.offset >= high && !readIntent(entry.metadata),
            ),
        );
        if (reached) return;
        if (Date.now() > end)
          throw new Error(
            `not settled: ${JSON.stringify({ offsets, committed })} ${process.faults.join('\n')}`,
          );
      }
    } finally {
      await admin.close();
    }
  }

  /** Produces `count` more messages. */
  async produce(count: number): Promise<void> {
    await producePlantMessages(this.log, this.topic, this.produced, this.produced + count);
    this.produced += count;
  }

  accounts(settings: { dir?: string; group?: string; held?: Store } = {}): Promise<Accounts> {
    const { log, prefix, produced, group } = this;
    return takeAccounts({ dir: this.storeDir, log, group, prefix, produced, ...settings });
  }

  /** Ends all processes, then does what is left to do, then takes the folder away. */
  async end(last: () => Promise<void> = async () => undefined): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill()));
    await last();
    await rm(this.dir, { recursive: true, force: true });
  }
}
