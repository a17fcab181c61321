/**
 * The most that plants can deliver to users in one interval, with the cut that proves it: Dinic's algorithm on the
 * two-sided graph, started from a greedy filling. Whole Wh in doubles (exact below 2^53).
 */
import type { FlowArrays } from './flowMarket.ts';

export interface MaxFlow {
  readonly matchedWh: number;
  /** By edge. */
  readonly flowWh: Float64Array;
  /** 1 where the node is on the source side of the smallest minimum cut. */
  readonly plantInCut: Uint8Array;
  readonly userInCut: Uint8Array;
}

type Graph = Pick<FlowArrays, 'plantWh' | 'userWh' | 'edgePlant' | 'edgeUser' | 'edgeCapWh'>;

/** Edges of each node as one list with offsets. */
interface Incidence {
  readonly first: Int32Array;
  readonly edges: Int32Array;
}

/**
 * Maximum flow and its min cut. The cut is the set of nodes that can still be reached from a plant with output left:
 * it is the same for every maximum flow.
 */
export function maxFlow(graph: Graph): MaxFlow {
  const state = new FlowState(graph);
  state.fillGreedily();
  while (state.level()) state.augment();
  let matchedWh = 0;
  for (const wh of state.flowWh) matchedWh += wh;
  return {
    matchedWh,
    flowWh: state.flowWh,
    plantInCut: Uint8Array.from(state.plantLevel, (level) => (level >= 0 ? 1 : 0)),
    userInCut: Uint8Array.from(state.userLevel, (level) => (level >= 0 ? 1 : 0)),
  };
}

class FlowState {
  readonly flowWh: Float64Array;
  readonly plantLevel: Int32Array;
  readonly userLevel: Int32Array;
  readonly #graph: Graph;
  readonly #plantLeft: Float64Array;
  readonly #userLeft: Float64Array;
  readonly #byPlant: Incidence;
  readonly #byUser: Incidence;
  readonly #plantNext: Int32Array;
  readonly #userNext: Int32Array;
  readonly #queue: Int32Array;
  /** Edges of the path from a plant: forward at even places, backward at odd ones. */
  readonly #path: Int32Array;

  constructor(graph: Graph) {
    const plants = graph.plantWh.length;
    const users = graph.userWh.length;
    this.#graph = graph;
    this.flowWh = new Float64Array(graph.edgePlant.length);
    this.plantLevel = new Int32Array(plants);
    this.userLevel = new Int32Array(users);
    this.#plantLeft = graph.plantWh.slice();
    this.#userLeft = graph.userWh.slice();
    this.#byPlant = incidence(graph.edgePlant, plants);
    this.#byUser = incidence(graph.edgeUser, users);
    this.#plantNext = new Int32Array(plants);
    this.#userNext = new Int32Array(users);
    this.#queue = new Int32Array(plants + users);
    this.#path = new Int32Array(plants + users + 1);
  }

  /** Users with the fewest plants first: they have the least choice. */
  fillGreedily(): void {
    const { edgePlant, edgeCapWh } = this.#graph;
    const { first, edges } = this.#byUser;
    const users = this.#userLeft.length;
    for (const degree of [1, 2, Number.POSITIVE_INFINITY]) {
      for (let user = 0; user < users; user++) {
        const count = first[user + 1]! - first[user]!;
        if (degree === Number.POSITIVE_INFINITY ? count < 3 : count !== degree) continue;
        for (let at = first[user]!; at < first[user + 1]! && this.#userLeft[user]! > 0; at++) {
          const edge = edges[at]!;
          const plant = edgePlant[edge]!;
          const wh = Math.min(edgeCapWh[edge]!, this.#plantLeft[plant]!, this.#userLeft[user]!);
          this.flowWh[edge] = wh;
          this.#plantLeft[plant]! -= wh;
          this.#userLeft[user]! -= wh;
        }
      }
    }
  }

  /** Breadth-first distances from plants with output left. @returns whether a user with need left is reached */
  level(): boolean {
    const { edgePlant, edgeUser, edgeCapWh } = this.#graph;
    const { plantLevel, userLevel, flowWh } = this;
    const queue = this.#queue;
    const plants = plantLevel.length;
    plantLevel.fill(-1);
    userLevel.fill(-1);
    this.#plantNext.set(this.#byPlant.first.subarray(0, plants));
    this.#userNext.set(this.#byUser.first.subarray(0, userLevel.length));
    let tail = 0;
    for (let plant = 0; plant < plants; plant++) {
      if (this.#plantLeft[plant]! > 0) {
        plantLevel[plant] = 0;
        queue[tail++] = plant;
      }
    }
    let reached = false;
    for (let head = 0; head < tail; head++) {
      const node = queue[head]!;
      if (node < plants) {
        for (let at = this.#byPlant.first[node]!; at < this.#byPlant.first[node + 1]!; at++) {
          const edge = this.#byPlant.edges[at]!;
          const user = edgeUser[edge]!;
          if (userLevel[user]! >= 0 || flowWh[edge]! >= edgeCapWh[edge]!) continue;
          userLevel[user] = plantLevel[node]! + 1;
          if (this.#userLeft[user]! > 0) reached = true;
          queue[tail++] = plants + user;
        }
      } else {
        const user = node - plants;
        for (let at = this.#byUser.first[user]!; at < this.#byUser.first[user + 1]!; at++) {
          const edge = this.#byUser.edges[at]!;
          const plant = edgePlant[edge]!;
          if (plantLevel[plant]! >= 0 || flowWh[edge]! <= 0) continue;
          plantLevel[plant] = userLevel[user]! + 1;
          queue[tail++] = plant;
        }
      }
    }
    return reached;
  }

  /** A blocking flow along the levels. */
  augment(): void {
    for (let plant = 0; plant < this.plantLevel.length; plant++) {
      while (this.#plantLeft[plant]! > 0 && this.plantLevel[plant] === 0) {
        const length = this.#findPath(plant);
        if (length === 0) break;
        this.#push(plant, length);
      }
    }
  }

  /** Depth-first along the levels to a user with need left. @returns edges on the path, 0 where there is none */
  #findPath(from: number): number {
    const { edgePlant, edgeUser, edgeCapWh } = this.#graph;
    const { plantLevel, userLevel, flowWh } = this;
    const path = this.#path;
    let length = 0;
    let plant = from;
    for (;;) {
      // At a plant: go on to a user.
      let user = -1;
      while (this.#plantNext[plant]! < this.#byPlant.first[plant + 1]!) {
        const edge = this.#byPlant.edges[this.#plantNext[plant]!]!;
        const candidate = edgeUser[edge]!;
        if (userLevel[candidate] === plantLevel[plant]! + 1 && flowWh[edge]! < edgeCapWh[edge]!) {
          path[length++] = edge;
          user = candidate;
          break;
        }
        this.#plantNext[plant]!++;
      }
      if (user < 0) {
        if (length === 0) return 0;
        user = edgeUser[path[--length]!]!;
        this.#userNext[user]!++;
      } else if (this.#userLeft[user]! > 0) return length;
      // At a user without need: go back along an edge that carries something, or give this user up.
      for (;;) {
        let next = -1;
        while (this.#userNext[user]! < this.#byUser.first[user + 1]!) {
          const edge = this.#byUser.edges[this.#userNext[user]!]!;
          const candidate = edgePlant[edge]!;
          if (plantLevel[candidate] === userLevel[user]! + 1 && flowWh[edge]! > 0) {
            path[length++] = edge;
            next = candidate;
            break;
          }
          this.#userNext[user]!++;
        }
        if (next >= 0) {
          plant = next;
          break;
        }
        plant = edgePlant[path[--length]!]!;
        this.#plantNext[plant]!++;
        break;
      }
    }
  }

  #push(from: number, length: number): void {
    const { edgeUser, edgeCapWh } = this.#graph;
    const path = this.#path;
    const user = edgeUser[path[length - 1]!]!;
    let wh = Math.min(this.#plantLeft[from]!, this.#userLeft[user]!);
    for (let at = 0; at < length; at++) {
      const edge = path[at]!;
      wh = Math.min(wh, at % 2 === 0 ? edgeCapWh[edge]! - this.flowWh[edge]! : this.flowWh[edge]!);
    }
    for (let at = 0; at < length; at++) this.flowWh[path[at]!]! += at % 2 === 0 ? wh : -wh;
    this.#plantLeft[from]! -= wh;
    this.#userLeft[user]! -= wh;
  }
}

function incidence(nodeOf: Int32Array, count: number): Incidence {
  const first = new Int32Array(count + 1);
  for (const node of nodeOf) first[node + 1]!++;
  for (let node = 0; node < count; node++) first[node + 1]! += first[node]!;
  const next = first.slice(0, count);
  const edges = new Int32Array(nodeOf.length);
  for (let edge = 0; edge < nodeOf.length; edge++) edges[next[nodeOf[edge]!]!++] = edge;
  return { first, edges };
}
