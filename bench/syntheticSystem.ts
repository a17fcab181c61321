/**
 * A synthetic background as large as the common commercial one, made from a seed by a stated recipe, so
 * that whoever compares solves the same thing: hubs that everybody buys from, families that mostly feed forward, loops
 * between the two, prices over ten decades.
 */
import type { TechnosphereInput } from '../src/background/solver/scaledSystem.ts';
import { fromEntries, type SparseColumns } from '../src/background/solver/sparseColumns.ts';

export interface SyntheticSystem extends TechnosphereInput {
  /** Elementary flows × activities. */
  readonly biosphere: SparseColumns;
}

const ACTIVITIES = 23_523;
const CORE = 800;
const FLOWS = 2_000;
/** Draws of inputs and of elementary flows an activity; drawing the same twice merges, so matrices hold slightly fewer. */
const INPUTS = 12.75;
const EMISSIONS = 19.9;
const VALUE_SHARE = 0.97;
const DIRICHLET = 0.35;
const PRICE_SIGMA = 2.5;
const TREATMENTS = 0.12;

interface Family {
  readonly first: number;
  /** The last member sells to the outside. */
  readonly market: number;
}

/** @param seed any 32-bit integer; the same seed gives the same system */
export function syntheticSystem(seed = 1): SyntheticSystem {
  const draw = randomSource(seed);
  const families = drawFamilies(draw);
  const price = Float64Array.from({ length: ACTIVITIES }, () => Math.exp(PRICE_SIGMA * draw.normal()));
  const sign = Float64Array.from({ length: ACTIVITIES }, () => (draw.uniform() < TREATMENTS ? -1 : 1));
  const entries: [number, number, number][] = [];
  const hub = zipfSampler(CORE, draw);
  const familyOf = new Int32Array(ACTIVITIES).fill(-1);
  for (const [f, { first, market }] of families.entries()) familyOf.fill(f, first, market + 1);
  for (let j = 0; j < ACTIVITIES; j++) {
    entries.push([j, j, sign[j]!]);
    const suppliers = new Set<number>();
    const count = Math.max(1, Math.round(INPUTS + 4 * draw.normal()));
    for (let k = 0; k < count; k++) {
      const supplier =
        familyOf[j] === -1 ? coreSupplier(draw, hub, families) : memberSupplier(j, familyOf[j]!);
      if (supplier !== j && supplier >= 0) suppliers.add(supplier);
    }
    const weights = [...suppliers].map(() => draw.gamma(DIRICHLET));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    [...suppliers].forEach((i, k) => {
      const value = (VALUE_SHARE * weights[k]!) / total;
      if (value > 0) entries.push([i, j, (-value * sign[i]! * price[j]!) / price[i]!]);
    });
  }
  const technosphere = fromEntries(ACTIVITIES, ACTIVITIES, entries);
  return {
    technosphere,
    biosphere: drawBiosphere(draw, price),
    referenceRow: Int32Array.from({ length: ACTIVITIES }, (_, j) => j),
    output: sign,
    label: (activity) => `activity ${activity}`,
  };

  function memberSupplier(j: number, family: number): number {
    const { first, market } = families[family]!;
    const kind = draw.uniform();
    if (kind < 0.6) return hub();
    if (kind < 0.92) {
      const backward = draw.uniform() < 0.07;
      if (backward && j < market) return j + 1 + draw.below(market - j);
      return j === first ? hub() : first + draw.below(j - first);
    }
    return family === 0 ? hub() : families[draw.below(family)]!.market;
  }
}

function coreSupplier(draw: RandomSource, hub: () => number, families: readonly Family[]): number {
  return draw.uniform() < 0.12 ? families[draw.below(families.length)]!.market : hub();
}

function drawFamilies(draw: RandomSource): Family[] {
  const families: Family[] = [];
  for (let first = CORE; first < ACTIVITIES; ) {
    const market = Math.min(ACTIVITIES - 1, first + 11 + draw.below(49));
    families.push({ first, market });
    first = market + 1;
  }
  return families;
}

function drawBiosphere(draw: RandomSource, price: Float64Array): SparseColumns {
  const flow = zipfSampler(FLOWS, draw);
  const entries: [number, number, number][] = [];
  for (let j = 0; j < ACTIVITIES; j++) {
    const flows = new Set<number>();
    for (let k = 0; k < EMISSIONS; k++) flows.add(draw.uniform() < 0.5 ? flow() : draw.below(FLOWS));
    for (const i of flows) entries.push([i, j, 0.01 * price[j]! * Math.exp(draw.normal())]);
  }
  return fromEntries(FLOWS, ACTIVITIES, entries);
}

/** Rank r with weight 1 / (r + 1). */
function zipfSampler(size: number, draw: RandomSource): () => number {
  const cumulative = new Float64Array(size);
  let sum = 0;
  for (let r = 0; r < size; r++) cumulative[r] = sum += 1 / (r + 1);
  return () => {
    const target = draw.uniform() * sum;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

interface RandomSource {
  uniform(): number;
  below(limit: number): number;
  normal(): number;
  gamma(shape: number): number;
}

/** mulberry32 and the textbook transforms (Box and Muller; Marsaglia and Tsang 2000). */
function randomSource(seed: number): RandomSource {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return { uniform, normal, gamma, below: (limit) => Math.floor(uniform() * limit) };
}
