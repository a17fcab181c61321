/** Fill-reducing order for a factorisation with diagonal pivots: approximate minimum degree on the pattern of T + T^T. */

/**
 * Quotient-graph minimum degree (after Amestoy, Davis and Duff 1996, without supervariables). Ties go to the lowest
 * number, so the same pattern always gives the same order.
 * @param start,index pattern of a square matrix by columns; the diagonal may be present or not
 * @returns the pivots in order
 */
export function eliminationOrder(start: Int32Array, index: Int32Array): Int32Array {
  const n = start.length - 1;
  const variables = symmetricPattern(start, index);
  const elements: number[][] = Array.from({ length: n }, () => []);
  /** Members of an element (an eliminated pivot's front); undefined once absorbed. */
  const front: (number[] | undefined)[] = new Array(n).fill(undefined);
  const eliminated = new Uint8Array(n);
  const degree = Int32Array.from(variables, (list) => list.length);
  const queue = new DegreeBuckets(degree);
  const mark = new Int32Array(n).fill(-1);
  const outside = new Int32Array(n);
  const outsideStamp = new Int32Array(n).fill(-1);
  const order = new Int32Array(n);

  for (let step = 0; step < n; step++) {
    const pivot = queue.takeLowest();
    order[step] = pivot;
    eliminated[pivot] = 1;
    mark[pivot] = step;
    const members: number[] = [];
    const add = (node: number) => {
      if (eliminated[node] || mark[node] === step) return;
      mark[node] = step;
      members.push(node);
    };
    for (const node of variables[pivot]!) add(node);
    for (const element of elements[pivot]!) {
      for (const node of front[element] ?? []) add(node);
      front[element] = undefined;
    }
    front[pivot] = members;
    variables[pivot] = [];
    elements[pivot] = [];
    // |front(e) \ front(pivot)| for every element that touches a member.
    for (const node of members) {
      for (const element of elements[node]!) {
        const list = front[element];
        if (!list) continue;
        if (outsideStamp[element] !== step) {
          outsideStamp[element] = step;
          outside[element] = list.length;
        }
        outside[element]!--;
      }
    }
    for (const node of members) {
      const kept: number[] = [];
      let bound = members.length - 1;
      for (const element of elements[node]!) {
        if (!front[element]) continue;
        // A front that lies within the new one is absorbed by it.
        if (outside[element]! <= 0) front[element] = undefined;
        else {
          kept.push(element);
          bound += outside[element]!;
        }
      }
      kept.push(pivot);
      elements[node] = kept;
      const direct = variables[node]!.filter((other) => mark[other] !== step && !eliminated[other]);
      variables[node] = direct;
      bound += direct.length;
      queue.move(node, Math.min(bound, n - step - 2, degree[node]! + members.length - 1));
    }
  }
  return order;
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
