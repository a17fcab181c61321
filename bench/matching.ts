/** `tanliu bench matching`: the optimum of one large interval, beside HiGHS on the same interval. */
import { availableParallelism, totalmem } from 'node:os';
import { type FlowArrays, orderMarket } from '../src/settlement/optimiser/flowMarket.ts';
import { loadLinearSolver } from '../src/settlement/optimiser/linearSolver.ts';
import { maxFlow } from '../src/settlement/optimiser/maxFlow.ts';
import { optimise } from '../src/settlement/optimiser/optimise.ts';
import { faultsOfOptimum } from '../src/settlement/optimiser/verifyOptimum.ts';
import { largeInterval } from '../src/settlement/vectors/largeInterval.ts';

const SEED = 7001;
const REPEATS = 7;

export interface MatchingBench {
  readonly bench: 'matching';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  readonly peer: { readonly name: 'HiGHS'; readonly version: string };
  readonly ours: {
    /** 1,000 plants x 10,000 users, two candidates each: the maximum with its min cut. */
    readonly max_flow_ms: number;
    /** From named lists to quantity, locality and price with cut and potentials. */
    readonly optimum_ms: number;
    /** The verifier's judgement of that proof, without solving. */
    readonly verify_ms: number;
    readonly matched_wh: number;
  };
  /** The largest quantity alone, as a linear programme. */
  readonly theirs: { readonly max_flow_ms: number; readonly matched_wh: number };
  readonly ratios: { readonly max_flow: number };
}

/** @throws Error when the optimum is not proved, or HiGHS finds another maximum */
export async function benchMatching(progress: (message: string) => void): Promise<MatchingBench> {
  const market = largeInterval(SEED);
  const { arrays } = orderMarket(market);
  const flowMs = medianMs(() => maxFlow(arrays));
  const optimumMs = medianMs(() => optimise(market));
  const optimum = optimise(market);
  const verifyMs = medianMs(() => faultsOfOptimum(market, optimum));
  const fault = faultsOfOptimum(market, optimum)[0];
  if (fault !== undefined) throw new Error(`the optimum is not proved: ${fault}`);
  progress('ours done; HiGHS on the same interval');
  const { solve, version } = await loadLinearSolver();
  const program = transportProgram(arrays);
  let theirWh = 0;
  const theirMs = medianMs(() => {
    theirWh = Math.round(solve(program)?.objective ?? 0);
  });
  if (BigInt(theirWh) !== optimum.matchedWh) {
    throw new Error(`HiGHS finds ${theirWh} Wh, we ${optimum.matchedWh}`);
  }
  return {
    bench: 'matching',
    machine: {
      cores: availableParallelism(),
      memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
      node: process.version,
    },
    peer: { name: 'HiGHS', version },
    ours: {
      max_flow_ms: flowMs,
      optimum_ms: optimumMs,
      verify_ms: verifyMs,
      matched_wh: Number(optimum.matchedWh),
    },
    theirs: { max_flow_ms: theirMs, matched_wh: theirWh },
    ratios: { max_flow: theirMs / flowMs },
  };
}

/** Maximise the sum of what the edges carry, within output, use and capacity. */
function transportProgram({ plantWh, userWh, edgePlant, edgeUser, edgeCapWh }: FlowArrays) {
  const edges = edgePlant.length;
  const rows = new Int32Array(2 * edges);
  for (let edge = 0; edge < edges; edge++) {
    rows[2 * edge] = edgePlant[edge]!;
    rows[2 * edge + 1] = plantWh.length + edgeUser[edge]!;
  }
  const points = plantWh.length + userWh.length;
  return {
    columnCost: new Float64Array(edges).fill(1),
    columnLower: new Float64Array(edges),
    columnUpper: edgeCapWh,
    rowLower: new Float64Array(points).fill(Number.NEGATIVE_INFINITY),
    rowUpper: Float64Array.from([...plantWh, ...userWh]),
    starts: Int32Array.from({ length: edges + 1 }, (_, at) => 2 * at),
    rows,
    values: new Float64Array(2 * edges).fill(1),
  };
}

/** The median of warm repeats. */
function medianMs(run: () => unknown): number {
  const times: number[] = [];
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const begun = performance.now();
    run();
    if (repeat > 0) times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
