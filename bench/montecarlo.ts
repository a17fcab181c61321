/**
 * `tanliu bench montecarlo`: draws a second that score every product, forward error checked and sampling included,
 * beside bw2calc's iterations a second for one demand, the fastest of its classes, on the same uncertain matrices.
 */
import { drawBackground } from '../src/activities/drawBackground.ts';
import { demandDraws } from '../src/background/uncertainty/drawRun.ts';
import { summarise } from '../src/background/uncertainty/summary.ts';
import { entryUncertainty } from './entryUncertainty.ts';
import { PEER_VERSION, type PeerSystem, peerMonteCarlo, peerPython } from './peer/bw2calc.ts';
import { machine, synthetic, totalFactors, uslciSystem } from './scoredSystems.ts';

const SIGMA = 0.1;
const SYNTHETIC_DRAWS = 400;
const USLCI_DRAWS = 4_000;
const PEER_SECONDS = 12;
const DEMAND = 42;

export async function benchMonteCarlo(progress: (message: string) => void = () => undefined) {
  const found = await peerPython(progress);
  const python = 'python' in found ? found.python : undefined;
  progress('USLCI');
  const real = await uslciSystem();
  const uslci = real && (await compare(real, totalFactors(real, false), USLCI_DRAWS, python));
  progress('synthetic system: 23,523 activities, every entry of A and B drawn');
  const system = synthetic();
  const made = await compare(system, totalFactors(system, true), SYNTHETIC_DRAWS, python);
  const theirs = made.theirs && {
    iterations_per_s: uslci?.theirs?.iterations_per_s ?? null,
    synthetic_iterations_per_s: made.theirs.iterations_per_s,
    solvers: [uslci?.theirs?.solver ?? null, made.theirs.solver],
  };
  return {
    bench: 'montecarlo',
    machine: machine(),
    peer: {
      name: 'bw2calc',
      version: made.theirs?.version ?? PEER_VERSION,
      ...('missing' in found && { missing: found.missing }),
    },
    ours: {
      draws_per_s: uslci?.drawsPerS ?? null,
      synthetic_draws_per_s: made.drawsPerS,
      threads: machine().cores,
      forward_error: made.forwardError,
      dropped: made.dropped,
    },
    theirs: theirs ?? null,
    ratios: {
      draws: uslci?.theirs ? uslci.drawsPerS / uslci.theirs.iterations_per_s : null,
      synthetic_draws: made.theirs ? made.drawsPerS / made.theirs.iterations_per_s : null,
    },
    /** The same demand in both: means and percentiles, which agree within sampling error. */
    demand: { ...(uslci && { uslci: uslci.demand }), synthetic: made.demand },
  };
}

async function compare(system: PeerSystem, factors: Float64Array, draws: number, python: string | undefined) {
  const drawn = entryUncertainty(system.base, system.biosphere, factors, SIGMA);
  await drawBackground(drawn, { version: 'bench', seed: 1, draws: 4 });
  const started = performance.now();
  const run = await drawBackground(drawn, { version: 'bench', seed: 1, draws });
  const drawsPerS = (1000 * draws) / (performance.now() - started);
  const single: PeerSystem = { ...system, factors, categories: 1 };
  const theirs = python
    ? await peerMonteCarlo(python, single, { demand: DEMAND, seconds: PEER_SECONDS })
    : undefined;
  const demanded = demandDraws(run, [{ row: system.base.referenceRow[DEMAND]!, amount: 1 }]);
  return {
    drawsPerS,
    forwardError: run.forwardError,
    dropped: draws - run.kept.length,
    theirs,
    demand: {
      ours: summarise(demanded),
      theirs: theirs ? summarise(Float64Array.from(theirs.scores)) : null,
    },
  };
}
