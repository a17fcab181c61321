/** Fill-reducing order for a factorisation with diagonal pivots: approximate minimum degree on the pattern of T + T^T. */

/**
 * Quotient-graph minimum degree (after Amestoy, Davis and Duff 1996, without supervariables). Ties go to the lowest
 * number, so the same pattern always gives the same order.
 * @param start,index pattern of a square matrix by columns; the diagonal may be present or not
 * @returns the pivots in order
 */
export function eliminationOrder(start: Int32Array, index: Int32Array): Int32Array {
  const all = symmetricPattern(start, index);
  const hub = new Uint8Array(all.length);
  const hubDegree = Math.max(HUB_DEGREE_LEAST, HUB_DEGREE_PER_ROOT * Math.sqrt(all.length));
  all.forEach((neighbours, node) => {
    if (neighbours.length > hubDegree) hub[node] = 1;
  });
  const hubs = all.flatMap((_neighbours, node) => (hub[node] ? [node] : []));
  hubs.sort((a, b) => all[a]!.length - all[b]!.length || a - b);
  const rest = all.flatMap((_neighbours, node) => (hub[node] ? [] : [node]));
  const number = new Int32Array(all.length);
  rest.forEach((node, at) => {
    number[node] = at;
  });
  const inner = rest.map((node) => all[node]!.filter((other) => !hub[other]).map((other) => number[other]!));
  return Int32Array.from([...minimumDegree(inner).map((at) => rest[at]!), ...hubs]);
}

/** Everybody's suppliers would be touched at every step and end up last anyway: they are put there at once (as AMD does). */
const HUB_DEGREE_LEAST = 16;
const HUB_DEGREE_PER_ROOT = 0.5;

/** Once a front holds this share of what is left, the rest is as good as full and no order helps it. */
const FULL_SHARE = 0.7;

/** @param variables neighbours of each node; taken over and changed */
function minimumDegree(variables: number[][]): number[] {
  const graph = new EliminationGraph(variables);
  const order: number[] = [];
  while (order.length < variables.length) {
    const pivot = graph.lowest();
    order.push(pivot);
    const front = graph.eliminate(pivot);
    const left = variables.length - order.length;
    if (left > 0 && front.length > FULL_SHARE * left) {
      const outside = graph.remaining(front);
      return [
        ...order,
        ...outside,
        ...front.toSorted((a, b) => graph.degree[a]! - graph.degree[b]! || a - b),
      ];
    }
  }
  return order;
}

/** Variables that are left and the fronts of those that are gone: fill is never written out. */
class EliminationGraph {
  readonly degree: Int32Array;
  readonly #variables: number[][];
  /** Per node the eliminated pivots whose fronts it belongs to. */
  readonly #elements: number[][];
  /** Members of a front; undefined once another has absorbed it. */
  readonly #fronts: (number[] | undefined)[];
  readonly #gone: Uint8Array;
  readonly #queue: DegreeBuckets;
  readonly #mark: Int32Array;
  readonly #outside: Int32Array;
  readonly #counted: Int32Array;

  constructor(variables: number[][]) {
    const n = variables.length;
    this.degree = Int32Array.from(variables, (list) => list.length);
    this.#variables = variables;
    this.#elements = Array.from({ length: n }, () => []);
    this.#fronts = new Array(n).fill(undefined);
    this.#gone = new Uint8Array(n);
    this.#queue = new DegreeBuckets(this.degree);
    this.#mark = new Int32Array(n).fill(-1);
    this.#outside = new Int32Array(n);
    this.#counted = new Int32Array(n).fill(-1);
  }

  lowest(): number {
    return this.#queue.takeLowest();
  }

  /** Takes a node out; its front is all that it touched, directly or through earlier fronts. */
  eliminate(pivot: number): readonly number[] {
    this.#gone[pivot] = 1;
    this.#mark[pivot] = pivot;
    const front: number[] = [];
    const add = (node: number) => {
      if (this.#gone[node] || this.#mark[node] === pivot) return;
      this.#mark[node] = pivot;
      front.push(node);
    };
    for (const node of this.#variables[pivot]!) add(node);
    for (const element of this.#elements[pivot]!) {
      for (const node of this.#fronts[element] ?? []) add(node);
      this.#fronts[element] = undefined;
    }
    this.#fronts[pivot] = front;
    this.#variables[pivot] = [];
    this.#elements[pivot] = [];
    this.#countOutside(front, pivot);
    for (const node of front) this.#update(node, front.length, pivot);
    return front;
  }

  /** What is left and not in the front, ascending. */
  remaining(front: readonly number[]): number[] {
    const within = new Set(front);
    return [...this.#gone.keys()].filter((node) => !this.#gone[node] && !within.has(node));
  }

  /** |front(e) \ front(pivot)| for every earlier front e that shares a member. */
  #countOutside(front: readonly number[], pivot: number): void {
    for (const node of front) {
      for (const element of this.#elements[node]!) {
        const list = this.#fronts[element];
        if (!list) continue;
        if (this.#counted[element] !== pivot) {
          this.#counted[element] = pivot;
          this.#outside[element] = list.length;
        }
        this.#outside[element]!--;
      }
    }
  }

  /** A member's fronts, neighbours and degree bound after the pivot is gone. */
  #update(node: number, frontSize: number, pivot: number): void {
    const kept: number[] = [];
    let bound = frontSize - 1;
    for (const element of this.#elements[node]!) {
      if (!this.#fronts[element]) continue;
      // A front that lies within the new one is absorbed by it.
      if (this.#outside[element]! <= 0) this.#fronts[element] = undefined;
      else {
        kept.push(element);
        bound += this.#outside[element]!;
      }
    }
    kept.push(pivot);
    this.#elements[node] = kept;
    const direct = this.#variables[node]!.filter(
      (other) => this.#mark[other] !== pivot && !this.#gone[other],
    );
    this.#variables[node] = direct;
    this.#queue.move(node, Math.min(bound + direct.length, this.degree[node]! + frontSize - 1));
  }
}

function symmetricPattern(start: Int32Array, index: Int32Array): number[][] {
  const n = start.length - 1;
  const neighbours = Array.from({ length: n }, () => new Set<number>());
  for (let j = 0; j < n; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      const i = index[p]!;
      if (i === j) continue;
      neighbours[i]!.add(j);
      neighbours[j]!.add(i);
    }
  }
  return neighbours.map((set) => [...set].sort((a, b) => a - b));
}

/** Nodes by degree; the lowest degree and in it the lowest number comes first. */
class DegreeBuckets {
  readonly #degree: Int32Array;
  readonly #buckets: number[][] = [];
  #lowest = 0;

  constructor(degree: Int32Array) {
    this.#degree = degree;
    degree.forEach((d, node) => {
      this.#push(node, d);
    });
  }

  move(node: number, degree: number): void {
    const to = Math.max(0, degree);
    if (this.#degree[node] === to) return;
    this.#degree[node] = to;
    this.#push(node, to);
    if (to < this.#lowest) this.#lowest = to;
  }

  /** Stale entries (moved or taken since) are skipped when they come up. */
  takeLowest(): number {
    for (;;) {
      const bucket = this.#buckets[this.#lowest];
      const node = bucket && popLowest(bucket);
      if (node === undefined) this.#lowest++;
      else if (this.#degree[node] === this.#lowest) {
        this.#degree[node] = -1;
        return node;
      }
    }
  }

  #push(node: number, degree: number): void {
    this.#buckets[degree] ??= [];
    pushHeap(this.#buckets[degree], node);
  }
}

function pushHeap(heap: number[], node: number): void {
  let at = heap.push(node) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= node) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = node;
}

function popLowest(heap: number[]): number | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= last) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}
