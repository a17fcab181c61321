/** Hands ranges to decoding threads and takes the results back. */
import { Worker } from 'node:worker_threads';
import { Fault } from '../runtime/errors.ts';
import type { DecodedRange } from './rangeDecoder.ts';
import type { PackedRange } from './rangePacker.ts';

export interface DecodeRequest {
  readonly id: number;
  readonly topic: string;
  readonly range: PackedRange;
}

export interface DecodeReply {
  readonly id: number;
  readonly decoded?: DecodedRange;
  readonly error?: string;
}

const CONTRACTS_URL = new URL('../../schemas/streams/index.ts', import.meta.url).href;

interface Waiting {
  resolve(decoded: DecodedRange): void;
  reject(error: unknown): void;
}

export class DecodePool {
  private readonly workers: Worker[];
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  private ended: Fault | undefined;
  private readonly contractsUrl: string;

  /** `contractsUrl`: module that exports `streamOf`; another one stands for another build. */
  constructor(threads: number, contractsUrl = CONTRACTS_URL) {
    this.contractsUrl = contractsUrl;
    this.workers = Array.from({ length: threads }, () => this.start());
  }

  /** Decodes by the contract of `topic`; the buffers of `range` are transferred. */
  decode(topic: string, range: PackedRange): Promise<DecodedRange> {
    const id = this.next++;
    const worker = this.workers[id % this.workers.length] as Worker;
    const { values, ends, offsets, timestampsMs, payloads, sources } = range;
    const transfer = [values, ends, offsets, timestampsMs, payloads, sources].map((array) => array.buffer);
    // A message to a thread that has ended would never be answered.
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, topic, range } satisfies DecodeRequest, transfer);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private start(): Worker {
    const worker = new Worker(new URL('./decodeWorker.ts', import.meta.url), {
      workerData: { contractsUrl: this.contractsUrl },
    });
    worker.on('message', ({ id, decoded, error }: DecodeReply) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (decoded) waiting?.resolve(decoded);
      else waiting?.reject(new Fault('TL_INTERNAL', `decoding failed: ${error}`));
    });
    worker.on('error', (error) => this.fail(error));
    worker.on('exit', () => this.fail(new Error('it was terminated')));
    worker.unref();
    return worker;
  }

  private fail(error: unknown): void {
    this.ended ??= new Fault('TL_INTERNAL', 'a decoding thread ended', { cause: error });
    for (const waiting of this.waiting.values()) waiting.reject(this.ended);
    this.waiting.clear();
  }
}
