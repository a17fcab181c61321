/** One thread of `drawBackground`: every step-th draw. */
import { parentPort, workerData } from 'node:worker_threads';
import { DrawScores } from '../background/uncertainty/drawScores.ts';
import type { DrawJob, DrawMessage } from './drawBackground.ts';

const { system, version, seed, first, step, draws, scores } = workerData as DrawJob;
const solver = new DrawScores({ ...system, base: { ...system.base, label: String } });
for (let draw = first; draw < draws; draw += step) {
  const out = new Float64Array(scores, 8 * draw * solver.products, solver.products);
  const outcome = solver.draw({ version, seed, draw }, out);
  parentPort?.postMessage({ draw, outcome } satisfies DrawMessage);
}
