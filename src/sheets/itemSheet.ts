/** A sheet that holds the elements of a list, each row naming the reading that it belongs to. */
import { type NamedField, parseInstantMs } from '../../schemas/fields.ts';
import { type Candidate, unreadable } from './candidate.ts';
import type { CellContext } from './cellValue.ts';
import { expectationOf } from './expectation.ts';
import { isRequired } from './fieldsOf.ts';
import type { SheetFault } from './sheetFault.ts';
import { type Table, tableReadings } from './tableReadings.ts';

const MAX_ROWS = 1_000_000;

interface Element {
  readonly value: Record<string, unknown>;
  readonly source: Candidate;
}

export class ItemSheet {
  /** Name of the list. */
  readonly list: string;
  /** Rows of this sheet that could not be read or that name no reading. */
  readonly problems: Candidate[] = [];
  private readonly keys: readonly NamedField[];
  private readonly elements = new Map<string, Element[]>();
  private readonly joined = new Set<string>();

  private constructor(list: NamedField, keys: readonly NamedField[]) {
    this.list = list.name;
    this.keys = keys;
  }

  /** Reads all rows. `keys` are the fields that together name a reading. */
  static async read(table: Table, list: NamedField, keys: readonly NamedField[], context: CellContext) {
    const sheet = new ItemSheet(list, keys);
    const fields = [
      ...keys,
      ...(list.items ?? []).filter((item) => !keys.some((key) => key.name === item.name)),
    ];
    let rows = 0;
    for await (const candidate of tableReadings(table, { ...context, fields })) {
      if (candidate.faults.some((fault) => fault.code === 'TL_SHEET_EMPTY')) break;
      if (++rows > MAX_ROWS) {
        const [wrong, right] = [`more than ${MAX_ROWS} rows`, 'the readings in several files'];
        sheet.problems.push(
          unreadable([{ ...candidate.place, code: 'TL_SHEET_NOT_READABLE', wrong, right }]),
        );
        break;
      }
      sheet.take(candidate);
    }
    return sheet;
  }

  private take(candidate: Candidate): void {
    const { value } = candidate;
    const faults = value ? [...candidate.faults, ...this.missingKeys(candidate, value)] : candidate.faults;
    if (!value || faults.length > 0) {
      this.problems.push(unreadable(faults as [SheetFault, ...SheetFault[]]));
      return;
    }
    const key = this.keyOf(value);
    const element = Object.fromEntries(
      Object.entries(value).filter(([name]) => !this.keys.some((field) => field.name === name)),
    );
    const present = this.elements.get(key);
    if (present) present.push({ value: element, source: candidate });
    else this.elements.set(key, [{ value: element, source: candidate }]);
  }

  private missingKeys(candidate: Candidate, value: Record<string, unknown>): SheetFault[] {
    return this.keys
      .filter((field) => isRequired(field) && value[field.name] === undefined)
      .map((field) => ({
        ...candidate.locate([field.name]),
        code: 'TL_SHEET_MISSING',
        wrong: 'empty, but it names the reading that the row belongs to',
        right: expectationOf(field),
      }));
  }

  private keyOf(value: Record<string, unknown>): string {
    return JSON.stringify(
      this.keys.map((field) => {
        const given = value[field.name] ?? field.fallback ?? null;
        return field.kind === 'timestamp' ? (parseInstantMs(String(given)) ?? given) : given;
      }),
    );
  }

  /** The candidate with its elements of this sheet. */
  join(candidate: Candidate): Candidate {
    if (candidate.value === undefined) return candidate;
    const key = this.keyOf(candidate.value);
    const elements = this.elements.get(key) ?? [];
    this.joined.add(key);
    const inRow = (candidate.value[this.list] as unknown[] | undefined) ?? [];
    return {
      ...candidate,
      value: { ...candidate.value, [this.list]: [...inRow, ...elements.map((element) => element.value)] },
      locate: (path) => {
        const element = path[0] === this.list ? elements[Number(path[1]) - inRow.length] : undefined;
        return element ? element.source.locate(path.slice(2)) : candidate.locate(path);
      },
    };
  }

  /** Rows whose reading is nowhere. */
  *orphans(): Generator<Candidate> {
    for (const [key, elements] of this.elements) {
      if (this.joined.has(key)) continue;
      const names = this.keys.map((field) => field.name).join(', ');
      for (const { source } of elements) {
        const [wrong, right] = ['no reading has these values', `${names} as in a row of the readings' sheet`];
        yield unreadable([{ ...source.place, code: 'TL_SHEET_ITEM_ORPHAN', wrong, right }]);
      }
    }
  }
}
