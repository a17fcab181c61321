/**
 * Guarded largest remainder: gives the whole watt-hours that the floors left over to the
 * contracts with the largest fractions, never beyond what a plant generated or a user used.
 */
import { compareProducts } from './exactProduct.ts';
import { tieKey } from './tieKey.ts';

/** What the walk reads and changes; one entry a contract unless said otherwise. */
export interface RemainderState {
  /** Floors of the exact quantities; raised in place. */
  readonly qWh: Float64Array;
  /** Fraction of the exact quantity = remainder / denominator. */
  readonly remainder: Float64Array;
  readonly denominator: Float64Array;
  readonly plantOf: Int32Array;
  readonly userOf: Int32Array;
  readonly idHash: Uint32Array;
  /** Rank of the contract's id by UTF-8 bytes: decides where even the tie keys are equal. */
  readonly idRank: Int32Array;
  /** Per plant and per user: matched so far (raised in place) and the bound. */
  readonly plantMatched: Float64Array;
  readonly userMatched: Float64Array;
  readonly generatedWh: Float64Array;
  readonly usedWh: Float64Array;
}

/** Reusable memory of the walk, so that a month allocates nothing per interval. */
export class RemainderWalk {
  readonly #order: Int32Array;
  readonly #fraction: Float64Array;
  readonly #slotEnd: Int32Array;
  /** Contracts that the guard passed over in the last walk, in walking order. */
  readonly skipped: number[] = [];

  constructor(contractCount: number) {
    this.#order = new Int32Array(contractCount);
    this.#fraction = new Float64Array(contractCount);
    this.#slotEnd = new Int32Array(contractCount + 2);
  }

  /**
   * Places up to `leftWh` watt-hours on the first `candidates.length` contracts by fraction descending, tie key
   * ascending, id ascending. @returns what could not be placed
   */
  place(state: RemainderState, candidates: Int32Array, bucketHash: number, leftWh: number): number {
    this.skipped.length = 0;
    if (leftWh <= 0 || candidates.length === 0) return leftWh;
    this.#spread(state, candidates);
    let left = leftWh;
    let from = 0;
    // Slots stand in descending order of fraction; only those that the walk reaches are put in exact order.
    for (let slot = 0; slot < candidates.length && left > 0; slot++) {
      const to = this.#slotEnd[slot]!;
      if (to > from) {
        this.#sortSlot(state, from, to, bucketHash);
        left = this.#walk(state, from, to, left);
        from = to;
      }
    }
    return left;
  }

  /** Counting sort into as many slots as candidates: equal fractions share a slot, larger ones come first. */
  #spread(state: RemainderState, candidates: Int32Array): void {
    const slots = candidates.length;
    this.#slotEnd.fill(0, 0, slots + 2);
    for (let at = 0; at < slots; at++) {
      const k = candidates[at]!;
      const fraction = state.remainder[k]! / state.denominator[k]!;
      this.#fraction[k] = fraction;
      this.#slotEnd[slotOf(fraction, slots) + 1]!++;
    }
    for (let slot = 1; slot <= slots; slot++) this.#slotEnd[slot]! += this.#slotEnd[slot - 1]!;
    for (let at = 0; at < slots; at++) {
      const k = candidates[at]!;
      this.#order[this.#slotEnd[slotOf(this.#fraction[k]!, slots)]!++] = k;
    }
  }

  #sortSlot(state: RemainderState, from: number, to: number, bucketHash: number): void {
    const order = this.#order;
    const before = (a: number, b: number): number => this.#compare(state, a, b, bucketHash);
    if (to - from > 24) {
      order.subarray(from, to).sort(before);
      return;
    }
    for (let at = from + 1; at < to; at++) {
      const k = order[at]!;
      let hole = at;
      while (hole > from && before(order[hole - 1]!, k) > 0) {
        order[hole] = order[hole - 1]!;
        hole--;
      }
      order[hole] = k;
    }
  }

  #compare(state: RemainderState, a: number, b: number, bucketHash: number): number {
    const byFloat = this.#fraction[b]! - this.#fraction[a]!;
    // Rounded quotients that differ are ordered like the exact ones; only equal ones need the cross product.
    if (byFloat !== 0) return byFloat;
    const byFraction = compareProducts(
      state.remainder[b]!,
      state.denominator[a]!,
      state.remainder[a]!,
      state.denominator[b]!,
    );
    if (byFraction !== 0) return byFraction;
    const byKey = tieKey(state.idHash[a]!, bucketHash) - tieKey(state.idHash[b]!, bucketHash);
    return byKey !== 0 ? byKey : state.idRank[a]! - state.idRank[b]!;
  }

  #walk(state: RemainderState, from: number, to: number, leftWh: number): number {
    let left = leftWh;
    for (let at = from; at < to && left > 0; at++) {
      const k = this.#order[at]!;
      const plant = state.plantOf[k]!;
      const user = state.userOf[k]!;
      const plantFull = state.plantMatched[plant]! + 1 > state.generatedWh[plant]!;
      const userFull = state.userMatched[user]! + 1 > state.usedWh[user]!;
      if (plantFull || userFull) {
        this.skipped.push(k);
        continue;
      }
      state.qWh[k]!++;
      state.plantMatched[plant]!++;
      state.userMatched[user]!++;
      left--;
    }
    return left;
  }
}

function slotOf(fraction: number, slots: number): number {
  return Math.min(slots - 1, Math.floor((1 - fraction) * slots));
}
