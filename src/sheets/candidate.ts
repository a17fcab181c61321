/** One reading as a file holds it, not judged yet, with the way back from each value to its cell. */
import type { ColumnPlace, Place, SheetFault } from './sheetFault.ts';

export interface Candidate {
  readonly place: Place;
  /** Absent where nothing could be made of the row, or the whole sheet could not be read. */
  readonly value?: Record<string, unknown>;
  /** What could not be read; the contract judges the rest. */
  readonly faults: readonly SheetFault[];
  /** Paths (joined by `.`) of the values that could not be read, so that they are not called missing too. */
  readonly failed?: ReadonlySet<string>;
  /** Place of the value at a path, for faults that the contract finds. */
  locate(path: readonly PropertyKey[]): Place & { readonly column?: ColumnPlace };
}

/** A candidate that is nothing but faults. */
export function unreadable(faults: readonly SheetFault[] & { 0: SheetFault }): Candidate {
  const place = faults[0];
  return { place, faults, locate: () => place };
}

/** `inputs[0].unit` of `['inputs', 0, 'unit']`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}
