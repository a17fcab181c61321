/** The network of one tracing run: zones, the exchanges between them, and their connected components. */
import { Refusal } from '../../schemas/refusal.ts';

/** Index of everything outside the model; an import from there has an unknown origin. */
export const OUTSIDE = -1;

/** A line between two zones, by index. A positive flow leaves `from` and enters `to`. */
export interface Exchange {
  readonly from: number;
  readonly to: number;
  /** Registered capacity (MW), NaN when not known, 0 when out of service; used only where a flow is missing. */
  readonly capacityMw: number;
}

export interface GridTopology {
  readonly zoneIds: readonly string[];
  readonly exchanges: readonly Exchange[];
}

/** Throws a `Refusal` when a zone id appears twice or an exchange does not join two different places. */
export function checkTopology(topology: GridTopology): void {
  const zoneCount = topology.zoneIds.length;
  if (new Set(topology.zoneIds).size !== zoneCount) {
    throw new Refusal('a zone id appears twice', { code: 'TL_GRID_TOPOLOGY', remedy: 'one row per zone' });
  }
  topology.exchanges.forEach(({ from, to, capacityMw }, index) => {
    const known = [from, to].every((zone) => Number.isInteger(zone) && zone >= OUTSIDE && zone < zoneCount);
    if (!known || from === to || capacityMw < 0) {
      throw new Refusal('an exchange must join two different zones with a capacity that is not negative', {
        code: 'TL_GRID_TOPOLOGY',
        place: `exchange ${index} (${from} to ${to})`,
      });
    }
  });
}

/** Component number of each zone, two zones sharing one when any chain of exchanges joins them. */
export function connectedComponents(topology: GridTopology): Int32Array {
  const root = Int32Array.from(topology.zoneIds, (_id, zone) => zone);
  const find = (zone: number): number => {
    let top = zone;
    while (root[top]! !== top) top = root[top]!;
    root[zone] = top;
    return top;
  };
  for (const { from, to } of topology.exchanges) {
    if (from !== OUTSIDE && to !== OUTSIDE) root[find(from)] = find(to);
  }
  const numbers = new Map<number, number>();
  return root.map((_top, zone) => {
    const top = find(zone);
    const number = numbers.get(top) ?? numbers.size;
    numbers.set(top, number);
    return number;
  });
}
