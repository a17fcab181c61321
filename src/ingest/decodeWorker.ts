/** A thread that decodes ranges, so that fetching and decoding use both cores. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StreamContract } from '../../schemas/stream.ts';
import type { DecodeReply, DecodeRequest } from './decodePool.ts';
import { RangeDecoder } from './rangeDecoder.ts';

const { streamOf } = (await import(workerData.contractsUrl)) as {
  streamOf(topic: string): StreamContract | undefined;
};
const decoders = new Map<string, RangeDecoder>();

function decoderFor(topic: string): RangeDecoder {
  const known = decoders.get(topic);
  if (known) return known;
  const contract = streamOf(topic);
  if (!contract) throw new Error(`no contract for ${topic}`);
  const decoder = new RangeDecoder(contract);
  decoders.set(topic, decoder);
  return decoder;
}

const port = parentPort;
if (!port) throw new Error('decodeWorker.ts runs as a worker thread');
port.on('message', ({ id, topic, range }: DecodeRequest) => {
  try {
    const decoded = decoderFor(topic).decode(range);
    const transfer = decoded.ipc ? [decoded.ipc.buffer as ArrayBuffer] : [];
    port.postMessage({ id, decoded } satisfies DecodeReply, transfer);
  } catch (error) {
    port.postMessage({ id, error: String((error as Error).stack ?? error) } satisfies DecodeReply);
  }
});
