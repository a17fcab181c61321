/** The control: what a consumer without intents and tokens does. It inserts a run of messages, then commits. */
import { randomUUID } from 'node:crypto';
import type { StreamContract } from '../../schemas/stream.ts';
import { contractVersion } from '../../src/ingest/contractVersion.ts';
import type { SettledRange } from '../../src/ingest/partitionWriter.ts';
import { RangeDecoder } from '../../src/ingest/rangeDecoder.ts';
import { insertRange } from '../../src/ingest/rangeInsert.ts';
import { RangePacker } from '../../src/ingest/rangePacker.ts';
import type { Log, LogConsumer, PartitionBatch } from '../../src/log/port.ts';
import type { Store } from '../../src/store/port.ts';

export interface NaiveOptions {
  readonly store: Store;
  readonly log: Log;
  readonly group: string;
  readonly contract: StreamContract;
  readonly topicPrefix: string;
  readonly sessionTimeoutMs: number;
  readonly maxMessages: number;
  onSettled(range: SettledRange): void;
}

export class NaiveIngest {
  private readonly options: NaiveOptions;
  private readonly decoder: RangeDecoder;
  private consumer: LogConsumer | undefined;

  constructor(options: NaiveOptions) {
    this.options = options;
    this.decoder = new RangeDecoder(options.contract);
  }

  async start(): Promise<void> {
    const { log, group, contract, topicPrefix, sessionTimeoutMs } = this.options;
    this.consumer = await log.consumer({ group, topics: [topicPrefix + contract.topic], sessionTimeoutMs });
    await this.consumer.run({
      onJoined: () => undefined,
      onLost: () => undefined,
      onBatch: (batch, heartbeat) => this.take(batch, heartbeat),
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  private async take(batch: PartitionBatch, heartbeat: () => Promise<void>): Promise<void> {
    const { maxMessages } = this.options;
    for (let at = 0; at < batch.messages.length; at += maxMessages) {
      await this.run(batch, at, at + maxMessages);
      await heartbeat();
    }
  }

  private async run({ topic, partition, messages }: PartitionBatch, from: number, to: number): Promise<void> {
    const { store, contract, onSettled } = this.options;
    const part = messages.slice(from, to);
    const packer = new RangePacker();
    for (const message of part) packer.add(message);
    const decoded = this.decoder.decode(packer.pack());
    const first = part[0]?.offset ?? 0;
    const last = part.at(-1)?.offset ?? first;
    const target = {
      store,
      contract,
      contractVersion: contractVersion(contract),
      generation: 1,
      partition,
      first,
      last,
    };
    await insertRange(target, decoded, part, randomUUID());
    await this.consumer?.commit([{ topic, partition, offset: last + 1, metadata: '' }]);
    onSettled({
      topic,
      partition,
      messages: part.length,
      rows: decoded.rows,
      refused: decoded.refused.length,
      last,
    });
  }
}
