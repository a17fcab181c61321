/** A wide CSV in memory and the reading of its number columns. */
import { Refusal } from '../../schemas/refusal.ts';

export interface WideTable {
  /** Name of the file, for messages. */
  readonly name: string;
  readonly columnOf: ReadonlyMap<string, number>;
  readonly periodColumn: number;
  readonly rows: readonly (readonly string[])[];
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Visits every cell of a column as a number, NaN where it is empty; nothing happens when the column is absent. Throws `Refusal` with row and column. */
export function readColumn(
  table: WideTable,
  column: string,
  visit: (row: number, value: number) => void,
): void {
  const index = table.columnOf.get(column);
  if (index === undefined) return;
  table.rows.forEach((cells, row) => {
    const text = cells[index]!;
    const value = text === '' ? Number.NaN : Number(text);
    if (text !== '' && !(DECIMAL.test(text) && Number.isFinite(value))) {
      throw new Refusal(`"${text}" is not a number`, {
        code: 'TL_WIDE_NUMBER',
        place: `${table.name} row ${row + 2}, column ${column}`,
        remedy: 'a decimal number with a point, or an empty cell where it is not known',
      });
    }
    visit(row, value);
  });
}
