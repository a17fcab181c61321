/** Strongly connected parts 强连通分量 of a dependency graph, suppliers first (Tarjan 1972, without recursion). */

export interface Components {
  /** Node numbers, component after component; each component after every other it depends on. */
  readonly order: Int32Array;
  /** `count + 1` offsets into `order`. */
  readonly start: Int32Array;
  readonly count: number;
}

/**
 * @param start,index for each node the nodes it depends on (offsets and targets); itself may be among them
 */
export function strongComponents(start: Int32Array, index: Int32Array): Components {
  const n = start.length - 1;
  const visit = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const onStack = new Uint8Array(n);
  const next = start.slice(0, n);
  const stack = new Int32Array(n);
  const path = new Int32Array(n);
  const order = new Int32Array(n);
  const offsets = [0];
  let stackSize = 0;
  let done = 0;
  let clock = 0;

  for (let root = 0; root < n; root++) {
    if (visit[root] !== -1) continue;
    let depth = 0;
    path[0] = root;
    while (depth >= 0) {
      const node = path[depth]!;
      if (visit[node] === -1) {
        visit[node] = low[node] = clock++;
        stack[stackSize++] = node;
        onStack[node] = 1;
      }
      let descended = false;
      while (next[node]! < start[node + 1]!) {
        const target = index[next[node]!++]!;
        if (visit[target] === -1) {
          path[++depth] = target;
          descended = true;
          break;
        }
        if (onStack[target] && low[target]! < low[node]!) low[node] = low[target]!;
      }
      if (descended) continue;
      if (low[node] === visit[node]) {
        const from = done;
        for (;;) {
          const member = stack[--stackSize]!;
          onStack[member] = 0;
          order[done++] = member;
          if (member === node) break;
        }
        order.subarray(from, done).sort();
        offsets.push(done);
      }
      depth--;
      if (depth >= 0 && low[node]! < low[path[depth]!]!) low[path[depth]!] = low[node]!;
    }
  }
  return { order, start: Int32Array.from(offsets), count: offsets.length - 1 };
}
