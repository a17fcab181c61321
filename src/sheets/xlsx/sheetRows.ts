/** Gathers the rows of a worksheet part from its XML events. */
import { type Cell, type TableRow, textCell } from '../cell.ts';
import { wallMsOfSerial } from './dateFormat.ts';
import type { XmlHandler } from './xmlEvents.ts';

export interface WorkbookContext {
  readonly shared: readonly string[];
  /** For each style whether it shows a date. */
  readonly dateStyles: readonly boolean[];
  readonly date1904: boolean;
}

/** Widest sheet of Excel. */
const MAX_COLUMNS = 16_384;

export class SheetRows implements XmlHandler {
  private readonly context: WorkbookContext;
  private rows: TableRow[] = [];
  private row = 0;
  private column = 0;
  private cells: (Cell | undefined)[] = [];
  private type = 'n';
  private style = 0;
  private value: string | undefined;
  private inline: string | undefined;
  private formula = false;
  private inside: 'v' | 't' | undefined;
  private inPhonetic = false;

  constructor(context: WorkbookContext) {
    this.context = context;
  }

  /** Rows finished since the last call. */
  taken(): TableRow[] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  open(name: string, attribute: (name: string) => string | undefined): void {
    switch (name) {
      case 'row':
        this.row = Number(attribute('r') ?? this.row + 1);
        this.column = 0;
        this.cells = [];
        break;
      case 'c':
        this.column = columnIndex(attribute('r')) ?? this.column;
        this.type = attribute('t') ?? 'n';
        this.style = Number(attribute('s') ?? 0);
        this.value = undefined;
        this.inline = undefined;
        this.formula = false;
        break;
      case 'f':
        this.formula = true;
        break;
      case 'rPh':
        this.inPhonetic = true;
        break;
      case 'v':
      case 't':
        this.inside = name;
    }
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.inside = undefined;
        break;
      case 'rPh':
        this.inPhonetic = false;
        break;
      case 'c': {
        const cell = this.cell();
        if (cell && this.column < MAX_COLUMNS) this.cells[this.column] = cell;
        this.column++;
        break;
      }
      case 'row':
        this.rows.push({ row: this.row, cells: Array.from(this.cells) });
    }
  }

  text(text: string): void {
    if (this.inside === 'v') this.value = (this.value ?? '') + text;
    else if (this.inside === 't' && !this.inPhonetic) this.inline = (this.inline ?? '') + text;
  }

  private cell(): Cell | undefined {
    const { type, value } = this;
    if (type === 'inlineStr') return textCell(controlsOf(this.inline ?? ''));
    if (value === undefined) return this.formula && type !== 'str' ? { kind: 'uncomputed' } : undefined;
    switch (type) {
      case 's':
        return textCell(controlsOf(this.context.shared[Number(value)] ?? ''));
      case 'str':
        return textCell(controlsOf(value));
      case 'b':
        return { kind: 'boolean', value: value === '1' };
      case 'e':
        return { kind: 'error', text: value };
      case 'd':
        return textCell(value);
      default:
        return this.number(value);
    }
  }

  private number(text: string): Cell | undefined {
    if (text.trim() === '') return undefined;
    const value = Number(text);
    if (Number.isNaN(value)) return { kind: 'error', text };
    if (!this.context.dateStyles[this.style]) return { kind: 'number', value };
    return { kind: 'date', wallMs: wallMsOfSerial(value, this.context.date1904) };
  }
}

/** 0-based column of `AB12`. */
function columnIndex(reference: string | undefined): number | undefined {
  if (reference === undefined) return undefined;
  let index = 0;
  for (const letter of reference.toUpperCase()) {
    const code = letter.charCodeAt(0) - 64;
    if (code < 1 || code > 26) break;
    index = index * 26 + code;
  }
  return index > 0 ? index - 1 : undefined;
}

/** Excel writes characters that XML cannot hold as `_x000D_`. */
function controlsOf(text: string): string {
  return text.replace(/_x([\da-f]{4})_/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
