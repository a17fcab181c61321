/**
 * Max-min fairness among the largest deliveries of one interval: the smallest cover x/min(D, reach) as large as
 * possible, then the next. Each level is the ratio of a cut, found by Newton's method on cuts (Dinkelbach).
 *
 * Needs are scaled up so far that rounding them down to whole units moves a level by less than 10^-9 of it; the levels
 * themselves are exact ratios of cuts, hence upper bounds that the scaled flow has reached.
 */
import type { FlowArrays } from './flowMarket.ts';
import { maxFlow } from './maxFlow.ts';

export interface FairCover {
  /** The first level: the largest smallest cover; 1 where nobody has a reachable need. */
  readonly smallestCover: number;
  /** Whole Wh that each user can keep at its own level, rounded down; all users together can keep them. */
  readonly floorWh: Float64Array;
}

/** What each user could get if it were alone: `min(D, sum of its edges' capacities)`. */
function reachableWh({ userWh, edgeUser, edgeCapWh }: FlowArrays): Float64Array {
  const reach = new Float64Array(userWh.length);
  for (let edge = 0; edge < edgeUser.length; edge++) reach[edgeUser[edge]!]! += edgeCapWh[edge]!;
  return reach.map((wh, user) => Math.min(wh, userWh[user]!));
}

/** The first level alone. */
export function smallestCover(arrays: FlowArrays): number {
  return new Levels(arrays).next() ?? 1;
}

/** All levels, lowest first, and the floors that they give. */
export function fairCover(arrays: FlowArrays): FairCover {
  const levels = new Levels(arrays);
  const first = levels.next();
  while (levels.next() !== undefined);
  return { smallestCover: first ?? 1, floorWh: levels.floorWh() };
}

class Levels {
  readonly #arrays: FlowArrays;
  readonly #need: Float64Array;
  /** Cover at which a user was fixed; NaN while open. */
  readonly #cover: Float64Array;
  readonly #scale: number;
  #open: number;

  constructor(arrays: FlowArrays) {
    this.#arrays = arrays;
    this.#need = reachableWh(arrays);
    this.#cover = this.#need.map((wh) => (wh > 0 ? Number.NaN : 0));
    this.#open = this.#need.reduce((count, wh) => count + (wh > 0 ? 1 : 0), 0);
    let total = 1;
    for (const wh of [arrays.plantWh, arrays.userWh, arrays.edgeCapWh]) {
      total = Math.max(
        total,
        wh.reduce((sum, value) => sum + value, 0),
      );
    }
    this.#scale = 2 ** Math.max(0, Math.floor(Math.log2(Number.MAX_SAFE_INTEGER / total)) - 1);
  }

  /** Fixes the users of the next level. @returns the level, or undefined when all are fixed */
  next(): number | undefined {
    if (this.#open === 0) return undefined;
    let level = 1;
    let tight: Uint8Array | undefined;
    for (;;) {
      const needs = this.#needsAt(level);
      const scaled = this.#scaledFlow(needs);
      if (scaled.matchedWh === needs.reduce((sum, wh) => sum + wh, 0)) break;
      const lower = this.#ratioOf(scaled);
      // The ratio falls strictly; where doubles cannot tell the two apart the level stands.
      if (!(lower < level)) break;
      level = lower;
      tight = scaled.userInCut;
    }
    for (let user = 0; user < this.#cover.length; user++) {
      // Users beyond the cut can still rise; with no cut at all everybody is fully covered.
      if (Number.isNaN(this.#cover[user]!) && (tight === undefined || tight[user] === 0)) {
        this.#cover[user] = level;
        this.#open--;
      }
    }
    return level;
  }

  floorWh(): Float64Array {
    // A level that a double rounded up must not ask for a Wh too many.
    return this.#need.map((wh, user) => Math.max(0, Math.floor(wh * this.#cover[user]! - wh * 1e-12)));
  }

  #needsAt(level: number): Float64Array {
    return this.#need.map((wh, user) => {
      const fixed = this.#cover[user]!;
      return Math.floor(wh * this.#scale * (Number.isNaN(fixed) ? level : fixed) * (1 - 2 ** -50));
    });
  }

  #scaledFlow(needs: Float64Array) {
    const { plantWh, edgePlant, edgeUser, edgeCapWh } = this.#arrays;
    const scaled = (wh: number) => wh * this.#scale;
    return maxFlow({
      plantWh: plantWh.map(scaled),
      userWh: needs,
      edgePlant,
      edgeUser,
      edgeCapWh: edgeCapWh.map(scaled),
    });
  }

  /** What the users beyond a cut can get at most, by their open need. */
  #ratioOf({ plantInCut, userInCut }: { plantInCut: Uint8Array; userInCut: Uint8Array }): number {
    const { plantWh, edgePlant, edgeUser, edgeCapWh } = this.#arrays;
    let supply = 0;
    for (let plant = 0; plant < plantWh.length; plant++)
      if (plantInCut[plant] === 0) supply += plantWh[plant]!;
    for (let edge = 0; edge < edgePlant.length; edge++) {
      if (plantInCut[edgePlant[edge]!] === 1 && userInCut[edgeUser[edge]!] === 0) supply += edgeCapWh[edge]!;
    }
    let need = 0;
    for (let user = 0; user < userInCut.length; user++) {
      if (userInCut[user] === 1) continue;
      const fixed = this.#cover[user]!;
      if (Number.isNaN(fixed)) need += this.#need[user]!;
      else supply -= this.#need[user]! * fixed;
    }
    return need === 0 ? 0 : supply / need;
  }
}
