/** A cell as a table file holds it, before a contract has said what it ought to be. */

export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  /** A date of a spreadsheet: wall-clock time without a zone, in ms as if it were UTC. */
  | { readonly kind: 'date'; readonly wallMs: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `#DIV/0!` and the like. */
  | { readonly kind: 'error'; readonly text: string }
  /** A formula that no spreadsheet program has computed yet. */
  | { readonly kind: 'uncomputed' };

export interface TableRow {
  /** 1-based, as a spreadsheet program shows it. */
  readonly row: number;
  /** Sparse: `undefined` is a blank cell. */
  readonly cells: readonly (Cell | undefined)[];
}

/** Text of a cell, or `undefined` where nothing but blanks stands in it. */
export function textCell(text: string): Cell | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : { kind: 'text', text: trimmed };
}

/** Column letter of a 0-based index: 0 → A, 26 → AA. */
export function columnLetter(index: number): string {
  const rest = String.fromCharCode(65 + (index % 26));
  return index < 26 ? rest : columnLetter(Math.floor(index / 26) - 1) + rest;
}

/** Text of a cell as a person sees it, for headers and messages. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) return '';
  switch (cell.kind) {
    case 'text':
    case 'error':
      return cell.text;
    case 'number':
      return String(cell.value);
    case 'boolean':
      return cell.value ? 'TRUE' : 'FALSE';
    case 'date':
      return new Date(cell.wallMs).toISOString().replace('T', ' ').replace('.000Z', '').replace('Z', '');
    case 'uncomputed':
      return '';
  }
}
