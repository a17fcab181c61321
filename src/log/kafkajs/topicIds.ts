/**
 * The id that Kafka gives a topic when it is made: a topic that is deleted and made again under its name has another.
 * kafkajs does not ask for it; this sends the Metadata request in its version 10 (Kafka 2.8 and later).
 */
import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import { Fault } from '../../runtime/errors.ts';

const require = createRequire(import.meta.url);

interface Decoder {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readBytes(length: number): Buffer;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[];
  readTaggedFields(): void;
}

interface Encoder {
  writeBuffer(buffer: Buffer): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeUVarIntString(value: string): Encoder;
  writeUVarIntBytes(): Encoder;
  writeUVarIntArray(parts: readonly Encoder[], type: 'object'): Encoder;
}

export interface Broker {
  readonly connectionPool: { send(request: { request: object; response: object }): Promise<unknown> };
}

export interface TopicShape {
  /** Hex digits. */
  readonly id: string;
  readonly partitions: number;
}

/** Topics as one broker knows them; one that does not exist is left out. */
export async function topicsAt(broker: Broker, topics: readonly string[]): Promise<Map<string, TopicShape>> {
  return (await broker.connectionPool.send(metadataRequest(topics))) as Map<string, TopicShape>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Learns of the brokers. */
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
}

const CREATE_CLUSTER = 'private:Kafka:createCluster';
const METADATA = 3;
const NO_ID = Buffer.alloc(16);

/** Asks any broker over a connection of its own, which is made when it is first needed. */
export class TopicIds {
  private readonly client: Kafka;
  private cluster: Promise<Cluster> | undefined;

  constructor(client: Kafka) {
    this.client = client;
  }

  /** The id of a topic; `undefined` where it does not exist. */
  async of(topic: string): Promise<string | undefined> {
    this.cluster ??= connect(this.client);
    try {
      const found = await topicsAt(await (await this.cluster).findControllerBroker(), [topic]);
      return found.get(topic)?.id;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { cluster } = this;
    this.cluster = undefined;
    await (await cluster?.catch(() => undefined))?.disconnect().catch(() => undefined);
  }
}

async function connect(client: Kafka): Promise<Cluster> {
  const symbol = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  const create = symbol && (client as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  if (!create) throw new Fault('TL_INTERNAL', 'kafkajs has no maker of clusters');
  const cluster = create({ allowAutoTopicCreation: false });
  await cluster.connect();
  await cluster.refreshMetadata();
  return cluster;
}

function metadataRequest(topics: readonly string[]): { request: object; response: object } {
  const Encoder = require('kafkajs/src/protocol/encoder') as new () => Encoder;
  const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder;
  const named = (topic: string) =>
    new Encoder().writeBuffer(NO_ID).writeUVarIntString(topic).writeUVarIntBytes();
  return {
    request: {
      apiKey: METADATA,
      apiVersion: 10,
      apiName: 'Metadata',
      // The header's tagged fields, the topics, three flags, the body's tagged fields.
      encode: async () =>
        new Encoder()
          .writeUVarIntBytes()
          .writeUVarIntArray(topics.map(named), 'object')
          .writeBoolean(false)
          .writeBoolean(false)
          .writeBoolean(false)
          .writeUVarIntBytes(),
    },
    response: {
      decode: async (bytes: Buffer) => topicsOf(new Decoder(bytes)),
      parse: async (found: unknown) => found,
    },
  };
}

function topicsOf(decoder: Decoder): Map<string, TopicShape> {
  decoder.readTaggedFields();
  // Throttle time, brokers, name of the cluster, controller.
  decoder.readInt32();
  decoder.readUVarIntArray(skipBroker);
  decoder.readUVarIntString();
  decoder.readInt32();
  const topics = decoder.readUVarIntArray(readTopic);
  return new Map(
    topics.flatMap(({ error, name, id, partitions }) =>
      error === 0 && name !== null ? [[name, { id, partitions }] as const] : [],
    ),
  );
}

function skipBroker(decoder: Decoder): void {
  decoder.readInt32();
  decoder.readUVarIntString();
  decoder.readInt32();
  decoder.readUVarIntString();
  decoder.readTaggedFields();
}

function readTopic(decoder: Decoder): TopicShape & { error: number; name: string | null } {
  const error = decoder.readInt16();
  const name = decoder.readUVarIntString();
  const id = decoder.readBytes(16).toString('hex');
  decoder.readInt8();
  const partitions = decoder.readUVarIntArray(skipPartition).length;
  decoder.readInt32();
  decoder.readTaggedFields();
  return { error, name, id, partitions };
}

function skipPartition(decoder: Decoder): void {
  decoder.readInt16();
  // Number, leader and its epoch; then replicas, those in sync, those offline.
  for (let i = 0; i < 3; i++) decoder.readInt32();
  for (let i = 0; i < 3; i++) decoder.readUVarIntArray((each) => each.readInt32());
  decoder.readTaggedFields();
}
