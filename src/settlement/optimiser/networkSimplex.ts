/**
 * The cheapest of all maximum deliveries of one interval: primal network simplex on plants, users and one root.
 *
 * Every plant has a surplus arc to the root, every user an arc to the root that earns `delivery` a Wh (more than any
 * path costs), so the largest quantity comes first by itself. A user's first `floorWh` earn twice that: they go before
 * locality and price. The start is a greedy filling by cost; the tree always lets a Wh go from every node to the root
 * (strongly feasible), and the last blocking arc of a cycle leaves, so the method ends. All numbers are integers in
 * doubles, exact by `costScale`.
 */
import { costScale } from './costScale.ts';
import type { FlowArrays } from './flowMarket.ts';
import { SpanningTree } from './spanningTree.ts';

export interface CheapestFlow {
  /** By edge, whole Wh. */
  readonly flowWh: Float64Array;
  /** A Wh costs `weight * scale + price`. */
  readonly scale: number;
  /** No residual arc has `cost + potential[from] - potential[to] < 0`. */
  readonly plantPotential: Float64Array;
  readonly userPotential: Float64Array;
  readonly sourcePotential: number;
  readonly sinkPotential: number;
  readonly pivots: number;
}

/** @param floorWh by user: what goes before locality and price; must be feasible. @throws Refusal E_COST_RANGE */
export function cheapestFlow(arrays: FlowArrays, floorWh?: Float64Array): CheapestFlow {
  return new NetworkSimplex(arrays, floorWh).solve();
}

const LOWER = 1;
const TREE = 0;
const UPPER = -1;

class NetworkSimplex {
  readonly #arrays: FlowArrays;
  readonly #plants: number;
  readonly #users: number;
  readonly #root: number;
  readonly #surplusArc: number;
  readonly #sinkArc: number;
  readonly #floorArc: number;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #cap: Float64Array;
  readonly #cost: Float64Array;
  readonly #flow: Float64Array;
  readonly #state: Int8Array;
  readonly #tree: SpanningTree;
  readonly #price: ReturnType<typeof costScale>;
  #searchFrom = 0;

  constructor(arrays: FlowArrays, floorWh?: Float64Array) {
    const edges = arrays.edgePlant.length;
    this.#arrays = arrays;
    this.#price = costScale(arrays);
    this.#plants = arrays.plantWh.length;
    this.#users = arrays.userWh.length;
    this.#root = this.#plants + this.#users;
    this.#surplusArc = edges;
    this.#sinkArc = edges + this.#plants;
    this.#floorArc = this.#sinkArc + this.#users;
    const arcs = this.#floorArc + (floorWh === undefined ? 0 : this.#users);
    this.#from = new Int32Array(arcs);
    this.#to = new Int32Array(arcs).fill(this.#root);
    this.#cap = new Float64Array(arcs);
    this.#cost = new Float64Array(arcs);
    this.#flow = new Float64Array(arcs);
    this.#state = new Int8Array(arcs).fill(LOWER);
    this.#tree = new SpanningTree(this.#root + 1);
    this.#layArcs(floorWh);
  }

  solve(): CheapestFlow {
    this.#start();
    let pivots = 0;
    for (let arc = this.#enteringArc(); arc >= 0; arc = this.#enteringArc()) {
      this.#pivot(arc);
      pivots++;
    }
    const { potential } = this.#tree;
    const { scale, base, delivery } = this.#price;
    const rootPotential = potential[this.#root]!;
    return {
      flowWh: this.#flow.slice(0, this.#surplusArc),
      scale,
      plantPotential: potential.slice(0, this.#plants),
      // The simplex left `base` out of every edge's cost.
      userPotential: potential.slice(this.#plants, this.#root).map((value) => value + base),
      sourcePotential: rootPotential,
      sinkPotential: rootPotential + delivery + base,
      pivots,
    };
  }

  #layArcs(floorWh: Float64Array | undefined): void {
    const { plantWh, userWh, edgePlant, edgeUser, edgeCapWh, edgeWeight, edgePrice } = this.#arrays;
    const { scale, base, delivery } = this.#price;
    for (let edge = 0; edge < edgePlant.length; edge++) {
      this.#from[edge] = edgePlant[edge]!;
      this.#to[edge] = this.#plants + edgeUser[edge]!;
      this.#cap[edge] = edgeCapWh[edge]!;
      this.#cost[edge] = edgeWeight[edge]! * scale + edgePrice[edge]! - base;
    }
    for (let plant = 0; plant < this.#plants; plant++) {
      this.#from[this.#surplusArc + plant] = plant;
      this.#cap[this.#surplusArc + plant] = Number.POSITIVE_INFINITY;
      this.#flow[this.#surplusArc + plant] = plantWh[plant]!;
    }
    for (let user = 0; user < this.#users; user++) {
      const floor = floorWh?.[user] ?? 0;
      const arc = this.#sinkArc + user;
      this.#from[arc] = this.#plants + user;
      // A user without any need has no edge that could carry; one Wh of room keeps the tree strongly feasible.
      this.#cap[arc] = userWh[user] === 0 ? 1 : userWh[user]! - floor;
      this.#cost[arc] = -delivery;
      if (floorWh === undefined) continue;
      this.#from[this.#floorArc + user] = this.#plants + user;
      this.#cap[this.#floorArc + user] = floor;
      this.#cost[this.#floorArc + user] = -2 * delivery;
    }
  }

  /** Fills the cheapest edges first and hangs every node so that a Wh can go from it to the root. */
  #start(): void {
    const userArc = new Int32Array(this.#users).fill(-1);
    const plantArc = new Int32Array(this.#plants).fill(-1);
    const takenWh = new Float64Array(this.#users);
    const { userWh, edgePlant, edgeUser } = this.#arrays;
    for (const edge of this.#edgesByCost()) {
      const plant = edgePlant[edge]!;
      const user = edgeUser[edge]!;
      const surplus = this.#surplusArc + plant;
      const plantLeft = this.#flow[surplus]!;
      const userLeft = userWh[user]! - takenWh[user]!;
      const wh = Math.min(this.#cap[edge]!, plantLeft, userLeft);
      if (wh === 0) continue;
      this.#flow[edge] = wh;
      this.#flow[surplus] = plantLeft - wh;
      takenWh[user]! += wh;
      if (wh === userLeft) userArc[user] = edge;
      else if (wh === this.#cap[edge]) this.#state[edge] = UPPER;
      else plantArc[plant] = edge;
    }
    for (let user = 0; user < this.#users; user++) this.#startUser(user, takenWh[user]!, userArc[user]!);
    for (let plant = 0; plant < this.#plants; plant++) {
      const edge = plantArc[plant]!;
      if (edge < 0) this.#hang(plant, this.#root, this.#surplusArc + plant);
      else this.#hang(plant, this.#plants + edgeUser[edge]!, edge);
    }
    this.#settleStart();
  }

  #startUser(user: number, takenWh: number, edge: number): void {
    const hasFloors = this.#floorArc < this.#cap.length;
    const floor = hasFloors ? this.#cap[this.#floorArc + user]! : 0;
    const sink = this.#sinkArc + user;
    const node = this.#plants + user;
    if (hasFloors) this.#flow[this.#floorArc + user] = Math.min(takenWh, floor);
    this.#flow[sink] = takenWh - Math.min(takenWh, floor);
    if (takenWh < floor) {
      this.#hang(node, this.#root, this.#floorArc + user);
      return;
    }
    if (hasFloors) this.#state[this.#floorArc + user] = UPPER;
    if (edge < 0) {
      this.#hang(node, this.#root, sink);
      return;
    }
    this.#state[sink] = UPPER;
    this.#hang(node, this.#arrays.edgePlant[edge]!, edge);
  }

  #hang(node: number, parent: number, arc: number): void {
    this.#state[arc] = TREE;
    this.#tree.attach(node, parent, arc);
  }

  /** Depths and potentials of the first tree, from the root down. */
  #settleStart(): void {
    const { parent, arc, depth, potential } = this.#tree;
    const settled = new Uint8Array(this.#root + 1);
    settled[this.#root] = 1;
    const pending: number[] = [];
    for (let start = 0; start < this.#root; start++) {
      for (let node = start; settled[node] === 0; node = parent[node]!) pending.push(node);
      while (pending.length > 0) {
        const node = pending.pop()!;
        const above = parent[node]!;
        depth[node] = depth[above]! + 1;
        const cost = this.#cost[arc[node]!]!;
        potential[node] =
          this.#from[arc[node]!] === node ? potential[above]! - cost : potential[above]! + cost;
        settled[node] = 1;
      }
    }
  }

  #edgesByCost(): Int32Array {
    const cost = this.#cost;
    const edges = new Int32Array(this.#surplusArc);
    for (let edge = 0; edge < edges.length; edge++) edges[edge] = edge;
    return edges.sort((a, b) => cost[a]! - cost[b]! || a - b);
  }

  /** The most violating arc of the next block that has one; -1 where no arc violates. */
  #enteringArc(): number {
    const arcs = this.#cap.length;
    const block = Math.max(16, Math.ceil(Math.sqrt(arcs)));
    const { potential } = this.#tree;
    const [state, cost, from, to] = [this.#state, this.#cost, this.#from, this.#to];
    let best = -1;
    let worst = 0;
    let left = block;
    let arc = this.#searchFrom;
    for (let seen = 0; seen < arcs; seen++) {
      const violation = state[arc]! * (cost[arc]! + potential[from[arc]!]! - potential[to[arc]!]!);
      if (violation < worst) {
        worst = violation;
        best = arc;
      }
      arc++;
      if (arc === arcs) arc = 0;
      if (--left === 0) {
        if (best >= 0) break;
        left = block;
      }
    }
    this.#searchFrom = arc;
    return best;
  }

  #pivot(entering: number): void {
    const { parent, arc, depth, potential } = this.#tree;
    const [from, cap, flow, state] = [this.#from, this.#cap, this.#flow, this.#state];
    const forward = state[entering] === LOWER;
    const first = forward ? from[entering]! : this.#to[entering]!;
    const second = forward ? this.#to[entering]! : from[entering]!;
    // The cycle runs from the apex down to `first`, over the entering arc, and from `second` up to the apex.
    let wh = cap[entering]!;
    let leaving = -1;
    let onFirstSide = false;
    let u = first;
    let v = second;
    while (u !== v) {
      if (depth[u]! > depth[v]!) {
        const room = from[arc[u]!] === u ? flow[arc[u]!]! : cap[arc[u]!]! - flow[arc[u]!]!;
        // Ties go to the last arc along the cycle: here the first one met, and never against the second side.
        if (room < wh) {
          wh = room;
          leaving = u;
          onFirstSide = true;
        }
        u = parent[u]!;
      } else if (depth[v]! > depth[u]!) {
        const room = from[arc[v]!] === v ? cap[arc[v]!]! - flow[arc[v]!]! : flow[arc[v]!]!;
        if (room <= wh) {
          wh = room;
          leaving = v;
          onFirstSide = false;
        }
        v = parent[v]!;
      } else {
        const room = from[arc[u]!] === u ? flow[arc[u]!]! : cap[arc[u]!]! - flow[arc[u]!]!;
        if (room < wh) {
          wh = room;
          leaving = u;
          onFirstSide = true;
        }
        u = parent[u]!;
        const opposite = from[arc[v]!] === v ? cap[arc[v]!]! - flow[arc[v]!]! : flow[arc[v]!]!;
        if (opposite <= wh) {
          wh = opposite;
          leaving = v;
          onFirstSide = false;
        }
        v = parent[v]!;
      }
    }
    if (wh > 0) {
      flow[entering]! += forward ? wh : -wh;
      for (let node = first; node !== u; node = parent[node]!) {
        flow[arc[node]!]! += from[arc[node]!] === node ? -wh : wh;
      }
      for (let node = second; node !== u; node = parent[node]!) {
        flow[arc[node]!]! += from[arc[node]!] === node ? wh : -wh;
      }
    }
    if (leaving < 0) {
      state[entering] = forward ? UPPER : LOWER;
      return;
    }
    const left = arc[leaving]!;
    state[left] = flow[left] === 0 ? LOWER : UPPER;
    state[entering] = TREE;
    const reduced = this.#cost[entering]! + potential[from[entering]!]! - potential[this.#to[entering]!]!;
    const inner = onFirstSide ? first : second;
    const outer = onFirstSide ? second : first;
    this.#tree.rehang(leaving, inner, outer, entering, inner === from[entering] ? -reduced : reduced);
  }
}
