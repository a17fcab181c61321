/** Loop gain of strongly connected parts: the spectral radius of |G| on each, bounded from both sides (Collatz–Wielandt). */

import type { ScaledSystem } from './scaledSystem.ts';
import type { Components } from './strongComponents.ts';

export interface LoopGain {
  /** Component number; the members are in `components.order`. */
  readonly component: number;
  readonly lower: number;
  readonly upper: number;
  /** Positive vector near the dominant eigenvector, by position in the component. */
  readonly vector: Float64Array;
}

const MAX_ITERATIONS = 20_000;

/**
 * Bounds the gain of every part with more than one member. Iteration on |G| + I converges for periodic loops too, and
 * min and max of (|G|x)_i / x_i enclose the radius at every step, so that the answer is a proof and not a guess.
 * @param decide a limit: iteration ends once the gain is known to lie on one side of it and the bounds are within `tolerance`
 */
export function loopGains(
  system: ScaledSystem,
  components: Components,
  { decide, tolerance }: { decide: number; tolerance: number },
): LoopGain[] {
  const gains: LoopGain[] = [];
  const position = new Int32Array(system.n).fill(-1);
  for (let c = 0; c < components.count; c++) {
    const members = components.order.subarray(components.start[c]!, components.start[c + 1]!);
    if (members.length < 2) continue;
    members.forEach((activity, at) => {
      position[activity] = at;
    });
    gains.push({ component: c, ...boundGain(system, members, position, decide, tolerance) });
    for (const activity of members) position[activity] = -1;
  }
  return gains;
}

function boundGain(
  system: ScaledSystem,
  members: Int32Array,
  position: Int32Array,
  decide: number,
  tolerance: number,
) {
  const m = members.length;
  const { start, index, size } = insidePart(system, members, position);
  let x = new Float64Array(m).fill(1);
  let next = new Float64Array(m);
  let lower = 0;
  let upper = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    let largest = 0;
    for (let k = 0, p = 0; k < m; k++) {
      let sum = 0;
      for (const end = start[k + 1]!; p < end; p++) sum += size[p]! * x[index[p]!]!;
      const own = x[k]!;
      const ratio = sum / own;
      if (ratio < low) low = ratio;
      if (ratio > high) high = ratio;
      const grown = sum + own;
      next[k] = grown;
      if (grown > largest) largest = grown;
    }
    for (let k = 0; k < m; k++) next[k] = Math.max(next[k]! / largest, 1e-290);
    [x, next] = [next, x];
    lower = Math.max(lower, low);
    upper = Math.min(upper, high);
    const decided = upper < decide || lower > decide;
    if (decided && upper - lower <= tolerance) break;
  }
  return { lower, upper, vector: x };
}

/** |G| of the part alone, by positions: read twenty times and more, so it is worth laying out once. */
function insidePart(
  { dependencies: { start, index, value } }: ScaledSystem,
  members: Int32Array,
  position: Int32Array,
) {
  let most = 0;
  for (const j of members) most += start[j + 1]! - start[j]!;
  const offsets = new Int32Array(members.length + 1);
  const places = new Int32Array(most);
  const sizes = new Float64Array(most);
  let count = 0;
  for (let k = 0; k < members.length; k++) {
    const j = members[k]!;
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      const at = position[index[p]!]!;
      if (at < 0) continue;
      places[count] = at;
      sizes[count++] = Math.abs(value[p]!);
    }
    offsets[k + 1] = count;
  }
  return { start: offsets, index: places, size: sizes };
}

/** The loop that carries most: from the heaviest member along the heaviest dependency until a member comes again. */
export function dominantLoop(
  { dependencies: { start, index, value } }: ScaledSystem,
  members: Int32Array,
  vector: Float64Array,
): number[] {
  const weight = new Map<number, number>();
  members.forEach((activity, at) => {
    weight.set(activity, vector[at]!);
  });
  let at = members[0]!;
  for (const [activity, share] of weight) if (share > weight.get(at)!) at = activity;
  const path: number[] = [];
  while (!path.includes(at)) {
    path.push(at);
    let best = -1;
    let following = at;
    for (let p = start[at]!; p < start[at + 1]!; p++) {
      const share = Math.abs(value[p]!) * (weight.get(index[p]!) ?? 0);
      if (share > best) [best, following] = [share, index[p]!];
    }
    at = following;
  }
  return path.slice(path.indexOf(at));
}
