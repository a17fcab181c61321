/** Monte Carlo over a background on several threads; the same bytes on any number of them. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { DrawnSystem } from '../background/uncertainty/drawnSystem.ts';
import { type DrawRun, finishRun } from '../background/uncertainty/drawRun.ts';
import type { DrawOutcome } from '../background/uncertainty/drawScores.ts';

export interface DrawRequest {
  readonly version: string;
  readonly seed: number;
  readonly draws: number;
  readonly threads?: number;
  readonly progress?: (done: number) => void;
}

/** What a thread is given: the system without its function, and where it writes. */
export interface DrawJob {
  readonly system: Omit<DrawnSystem, 'base'> & { readonly base: Omit<DrawnSystem['base'], 'label'> };
  readonly version: string;
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly draws: number;
  readonly scores: SharedArrayBuffer;
}

export interface DrawMessage {
  readonly draw: number;
  readonly outcome: DrawOutcome;
}

/**
 * Draws scores of all products.
 * @throws Refusal `E_DRAWS_DROPPED` and those of `scaleByPivots`
 */
export async function drawBackground(
  system: DrawnSystem,
  { version, seed, draws, threads = availableParallelism(), progress }: DrawRequest,
): Promise<DrawRun> {
  const { label: _label, ...base } = system.base;
  const products = base.technosphere.columns;
  const scores = new SharedArrayBuffer(8 * draws * products);
  const outcomes = new Array<DrawOutcome>(draws);
  const step = Math.max(1, Math.min(threads, draws));
  let done = 0;
  const workers = Array.from({ length: step }, (_, first) => {
    const job: DrawJob = { system: { ...system, base }, version, seed, first, step, draws, scores };
    return new Worker(new URL('drawWorker.ts', import.meta.url), { workerData: job });
  });
  const finished = workers.map(
    (worker) =>
      new Promise<void>((resolve, reject) => {
        worker.on('message', ({ draw, outcome }: DrawMessage) => {
          outcomes[draw] = outcome;
          progress?.(++done);
        });
        worker.once('error', reject);
        worker.once('exit', () => resolve());
      }),
  );
  try {
    await Promise.all(finished);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return finishRun({ version, seed }, products, outcomes, new Float64Array(scores));
}
