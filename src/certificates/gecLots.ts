/**
 * Lots of green electricity certificates: inclusive ranges of numbers with one owner and one state. Splitting keeps
 * every vintage an exact partition of 1..n.
 */

export type GecState = 'active' | 'cancelled' | 'expired';

export interface GecLot {
  readonly from: number;
  readonly to: number;
  readonly owner: string;
  readonly state: GecState;
  readonly beneficiary?: string;
  readonly purposeMonth?: string;
}

/** Lots of one vintage in ascending order; lots that touch are never merged. */
export type Vintage = readonly GecLot[];

/** The lots that hold at least one number of `[from, to]`, in order. */
export function lotsInRange(lots: Vintage, from: number, to: number): GecLot[] {
  return lots.filter((lot) => lot.from <= to && from <= lot.to);
}

/**
 * Cuts lots at the ends of `[from, to]` and changes what lies inside. A part that ends before `from` ends at
 * `from - 1`, one number short of the next: ranges are inclusive on both ends.
 */
export function changeRange(
  lots: Vintage,
  from: number,
  to: number,
  change: (lot: GecLot) => GecLot,
): GecLot[] {
  return lots.flatMap((lot) => {
    if (lot.to < from || to < lot.from) return [lot];
    const parts: GecLot[] = [];
    if (lot.from < from) parts.push({ ...lot, to: from - 1 });
    parts.push(change({ ...lot, from: Math.max(lot.from, from), to: Math.min(lot.to, to) }));
    if (to < lot.to) parts.push({ ...lot, from: to + 1 });
    return parts;
  });
}

/** The first fault of a partition of 1..n, or undefined where it is exact. */
export function partitionFault(lots: Vintage): string | undefined {
  let next = 1;
  for (const { from, to } of lots) {
    if (from !== next) return `a lot begins at ${from}, ${next} was due`;
    if (to < from) return `a lot ends at ${to}, before it begins at ${from}`;
    next = to + 1;
  }
  return undefined;
}
