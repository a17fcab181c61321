/** The basis of the network simplex: a tree over plants, users and the root, with potentials along it. */

export class SpanningTree {
  readonly parent: Int32Array;
  /** Arc to the parent. */
  readonly arc: Int32Array;
  readonly depth: Int32Array;
  readonly potential: Float64Array;
  readonly #firstChild: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** @param nodes the last one is the root */
  constructor(nodes: number) {
    const filled = () => new Int32Array(nodes).fill(-1);
    this.parent = filled();
    this.arc = filled();
    this.#firstChild = filled();
    this.#next = filled();
    this.#previous = filled();
    this.depth = new Int32Array(nodes);
    this.potential = new Float64Array(nodes);
  }

  attach(node: number, parent: number, arc: number): void {
    this.parent[node] = parent;
    this.arc[node] = arc;
    const head = this.#firstChild[parent]!;
    this.#next[node] = head;
    this.#previous[node] = -1;
    if (head >= 0) this.#previous[head] = node;
    this.#firstChild[parent] = node;
  }

  /**
   * Cuts `below` (with its subtree) from its parent and hangs the subtree by `arc` from `node`, a node of it, to
   * `parent`; every potential in it rises by `rise`.
   */
  rehang(below: number, node: number, parent: number, arc: number, rise: number): void {
    let child = node;
    let newParent = parent;
    let newArc = arc;
    for (;;) {
      const oldParent = this.parent[child]!;
      const oldArc = this.arc[child]!;
      this.#detach(child, oldParent);
      this.attach(child, newParent, newArc);
      if (child === below) break;
      newParent = child;
      newArc = oldArc;
      child = oldParent;
    }
    this.#refresh(node, rise);
  }

  /** Depths and potentials of a subtree, in preorder. */
  #refresh(top: number, rise: number): void {
    const { parent, depth, potential } = this;
    let node = top;
    for (;;) {
      depth[node] = depth[parent[node]!]! + 1;
      potential[node]! += rise;
      const child = this.#firstChild[node]!;
      if (child >= 0) {
        node = child;
        continue;
      }
      while (node !== top && this.#next[node]! < 0) node = parent[node]!;
      if (node === top) return;
      node = this.#next[node]!;
    }
  }

  #detach(node: number, parent: number): void {
    const previous = this.#previous[node]!;
    const next = this.#next[node]!;
    if (previous >= 0) this.#next[previous] = next;
    else this.#firstChild[parent] = next;
    if (next >= 0) this.#previous[next] = previous;
  }
}
