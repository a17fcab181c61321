/** What a score is made of upstream: paths through the supply chain, best first, and the Sankey of its flows. */
import type { ScaledSystem } from '../solver/scaledSystem.ts';

/** One category: scores by activity's product unit and direct scores by run. */
export interface ChainModel {
  readonly scaled: ScaledSystem;
  /** Score of one unit of each activity's product, by activity. */
  readonly scores: Float64Array;
  /** Direct score of one run of each activity. */
  readonly direct: Float64Array;
}

export interface PathNode {
  /** From the demand down. */
  readonly path: readonly number[];
  /** Product units of the last activity that this path takes. */
  readonly amount: number;
  /** What the last activity itself emits on this path. */
  readonly directKgCo2e: number;
  /** All that lies on and behind it. */
  readonly totalKgCo2e: number;
}

export interface StructuralPaths {
  readonly totalKgCo2e: number;
  readonly nodes: readonly PathNode[];
  /** What lies behind the nodes that were not expanded, exactly: total − sum of the nodes' direct shares. */
  readonly remainderKgCo2e: number;
  readonly expanded: number;
}

/**
 * Structural paths 结构路径: the node with the most behind it is opened first, until `most` nodes are open or nothing
 * above `leastShare` of the total is left. Whatever is left is known exactly from the scores, so a cut tree adds up.
 * @param demand units of `activity`'s product
 */
export function structuralPaths(
  { scaled, scores, direct }: ChainModel,
  activity: number,
  demand: number,
  { most, leastShare }: { most: number; leastShare: number },
): StructuralPaths {
  const { dependencies, pivot } = scaled;
  const total = demand * scores[activity]!;
  const open = new LargestFirst();
  open.push({ path: [activity], amount: demand, total });
  const nodes: PathNode[] = [];
  let remainder = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    if (nodes.length >= most || Math.abs(next.total) < leastShare * Math.abs(total)) {
      remainder += next.total;
      continue;
    }
    const last = next.path[next.path.length - 1]!;
    nodes.push({
      path: next.path,
      amount: next.amount,
      directKgCo2e: (next.amount * direct[last]!) / pivot[last]!,
      totalKgCo2e: next.total,
    });
    for (let p = dependencies.start[last]!; p < dependencies.start[last + 1]!; p++) {
      const supplier = dependencies.index[p]!;
      const amount = next.amount * dependencies.value[p]!;
      const behind = amount * scores[supplier]!;
      if (behind !== 0) open.push({ path: [...next.path, supplier], amount, total: behind });
    }
  }
  return { totalKgCo2e: total, nodes, remainderKgCo2e: remainder, expanded: nodes.length };
}

interface OpenNode {
  readonly path: readonly number[];
  readonly amount: number;
  readonly total: number;
}

/** A binary heap by size; ties in the order of arrival, so that the same system gives the same list. */
class LargestFirst {
  readonly #heap: { node: OpenNode; size: number; order: number }[] = [];
  #order = 0;

  push(node: OpenNode): void {
    const heap = this.#heap;
    heap.push({ node, size: Math.abs(node.total), order: this.#order++ });
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): OpenNode | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last) return undefined;
    if (heap.length === 0) return top.node;
    heap[0] = last;
    for (let at = 0; ; ) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#before(child, best)) best = child;
      }
      if (best === at) return top.node;
      this.#swap(at, best);
      at = best;
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a]!, this.#heap[b]!];
    return x.size > y.size || (x.size === y.size && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}

export interface SankeyLink {
  readonly supplier: number;
  readonly user: number;
  /** Score that goes with what the user takes of the supplier. */
  readonly kgCo2e: number;
}

export interface Sankey {
  readonly nodes: readonly {
    readonly activity: number;
    readonly directKgCo2e: number;
    readonly throughputKgCo2e: number;
  }[];
  readonly links: readonly SankeyLink[];
}

/**
 * Sankey 桑基图 of a demand: every activity as often as it runs, loops included. What enters a node (its own emissions
 * and its inputs) leaves it (to its users and to the demand).
 * @param runs of each activity for the demand
 * @param leastShare of the whole score: thinner links and nodes are left out
 */
export function sankey(
  { scaled, scores, direct }: ChainModel,
  runs: Float64Array,
  totalKgCo2e: number,
  leastShare: number,
): Sankey {
  const { dependencies, pivot, n } = scaled;
  const least = leastShare * Math.abs(totalKgCo2e);
  const nodes: { activity: number; directKgCo2e: number; throughputKgCo2e: number }[] = [];
  const links: SankeyLink[] = [];
  for (let user = 0; user < n; user++) {
    if (runs[user] === 0) continue;
    const made = runs[user]! * pivot[user]!;
    const throughputKgCo2e = made * scores[user]!;
    if (Math.abs(throughputKgCo2e) < least) continue;
    nodes.push({ activity: user, directKgCo2e: runs[user]! * direct[user]!, throughputKgCo2e });
    for (let p = dependencies.start[user]!; p < dependencies.start[user + 1]!; p++) {
      const supplier = dependencies.index[p]!;
      const kgCo2e = made * dependencies.value[p]! * scores[supplier]!;
      if (kgCo2e !== 0 && Math.abs(kgCo2e) >= least) links.push({ supplier, user, kgCo2e });
    }
  }
  return { nodes, links };
}
