/**
 * A short way for JSON readings of flat streams: parses bytes straight into columns, without objects or strings.
 * It takes only what the contract's zod schema accepts with the same values; whatever it is not sure of (escapes,
 * letters beyond ASCII, unknown or repeated keys, long numbers, other offsets than Z) it leaves to that schema.
 */
import { ID_PATTERN, INSTANT_LIMITS_MS, type NamedField } from '../../schemas/fields.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import type { Columns } from './columnSet.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SPACE = 0x20;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_N = 0x6e;

/** ASCII bytes that may stand in an id. */
const ID_BYTE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 128 && ID_PATTERN.test(String.fromCharCode(byte)) ? 1 : 0,
);
/** Powers of ten that are exact in float64. */
const POWER_OF_TEN = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const ASCII = new TextEncoder();

interface FastField {
  readonly index: number;
  readonly kind: NamedField['kind'];
  /** `"name"` as bytes. */
  readonly key: Uint8Array;
  readonly nullable: boolean;
  readonly fallback: number | undefined;
  readonly values: readonly Uint8Array[];
  readonly minimum: number;
  readonly maximum: number;
}

/** Decoder for one contract, or `undefined` where the contract has fields of other kinds. */
export function fastJsonFor(contract: StreamContract): FastJson | undefined {
  const simple = contract.fields.every((field) =>
    ['id', 'text', 'enum', 'timestamp', 'uint32', 'int64', 'float64'].includes(field.kind),
  );
  return contract.shape === 'readings' && simple && contract.fields.length <= 30
    ? new FastJson(contract)
    : undefined;
}

export class FastJson {
  private readonly fields: readonly FastField[];
  private readonly rules: readonly { atMostOne: boolean; first: number; second: number }[];
  /** Order of the fields in the last message: the next one is likely the same. */
  private order: Int32Array;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;

  constructor(contract: StreamContract) {
    this.fields = contract.fields.map((field, index) => ({
      index,
      kind: field.kind,
      key: ASCII.encode(`"${field.name}"`),
      nullable: field.nullable,
      fallback: field.fallback,
      values: (field.values ?? []).map((value) => ASCII.encode(value)),
      minimum: field.minimum ?? Number.MIN_SAFE_INTEGER,
      maximum: field.maximum ?? Number.MAX_SAFE_INTEGER,
    }));
    const indexOf = (name: string) => contract.fields.findIndex((field) => field.name === name);
    this.rules = contract.rules.map((rule) => ({
      atMostOne: rule.kind === 'atMostOne',
      first: indexOf(rule.fields[0]),
      second: indexOf(rule.fields[1]),
    }));
    this.order = Int32Array.from(this.fields, (_, index) => index);
  }

  /** Appends the readings in `bytes[begin, end)`. `false`: nothing was appended, the schema must judge. */
  decode(bytes: Uint8Array, begin: number, end: number, into: Columns): boolean {
    this.bytes = bytes;
    this.at = begin;
    this.end = end;
    while (this.end > begin && isBlank(bytes[this.end - 1])) this.end--;
    const before = into.rows;
    if (this.document(into) && this.at === this.end) return true;
    into.rewind(before);
    return false;
  }

  private document(into: Columns): boolean {
    if (this.bytes[this.at] !== OPEN_LIST) return this.reading(into);
    do {
      this.at++;
      this.skipSpace();
      if (!this.reading(into)) return false;
    } while (this.bytes[this.at] === COMMA);
    return this.bytes[this.at++] === CLOSE_LIST;
  }

  private skipSpace(): void {
    if (this.bytes[this.at] === SPACE) this.at++;
  }

  private reading(into: Columns): boolean {
    const { bytes, fields, order } = this;
    if (bytes[this.at] !== OPEN) return false;
    const row = into.openRow();
    let seen = 0;
    let position = 0;
    do {
      this.at++;
      this.skipSpace();
      const field = this.key(position);
      if (field === undefined || seen & (1 << field.index)) return false;
      if (bytes[this.at] !== COLON) return false;
      this.at++;
      this.skipSpace();
      if (!this.value(field, row, into)) return false;
      seen |= 1 << field.index;
      order[position++] = field.index;
    } while (bytes[this.at] === COMMA);
    if (bytes[this.at] !== CLOSE || this.at >= this.end) return false;
    this.at++;
    if (position < fields.length && !this.absent(seen, row, into)) return false;
    if (!this.rulesHold(row, into)) return false;
    into.endRow();
    return true;
  }

  /** The field whose key stands here, tried first where it stood in the last message. */
  private key(position: number): FastField | undefined {
    const likely = this.fields[this.order[position] as number];
    if (likely && this.matches(likely.key)) return likely;
    return this.fields.find((field) => this.matches(field.key));
  }

  private matches(text: Uint8Array): boolean {
    const { bytes, at } = this;
    const length = text.length;
    if (at + length > this.end) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false;
    this.at = at + length;
    return true;
  }

  private value(field: FastField, row: number, into: Columns): boolean {
    if (this.bytes[this.at] === LETTER_N) return field.nullable && this.nullValue(field, row, into);
    switch (field.kind) {
      case 'id':
        return this.id(field, row, into);
      case 'text':
        return this.text(field, row, into);
      case 'enum':
        return this.oneOf(field, row, into);
      case 'timestamp':
        return this.instant(field, row, into);
      case 'float64':
        return this.real(field, row, into);
      default:
        return this.integer(field, row, into);
    }
  }

  private nullValue(field: FastField, row: number, into: Columns): boolean {
    const { bytes, at } = this;
    if (bytes[at + 1] !== 0x75 || bytes[at + 2] !== 0x6c || bytes[at + 3] !== 0x6c) return false;
    this.at = at + 4;
    into.setNull(field.index, row);
    return true;
  }

  private id(field: FastField, row: number, into: Columns): boolean {
    const { bytes } = this;
    if (bytes[this.at] !== QUOTE) return false;
    const begin = this.at + 1;
    let at = begin;
    while (ID_BYTE[bytes[at] as number] === 1) at++;
    if (bytes[at] !== QUOTE || at === begin || at - begin > 128) return false;
    into.setBytes(field.index, row, bytes, begin, at);
    this.at = at + 1;
    return true;
  }

  private text(field: FastField, row: number, into: Columns): boolean {
    const { bytes } = this;
    if (bytes[this.at] !== QUOTE) return false;
    const begin = this.at + 1;
    let at = begin;
    for (
      let byte = bytes[at] as number;
      byte >= SPACE && byte < 127 && byte !== QUOTE && byte !== 0x5c;
      byte = bytes[++at] as number
    );
    if (bytes[at] !== QUOTE || at === begin || at - begin > 4096) return false;
    into.setBytes(field.index, row, bytes, begin, at);
    this.at = at + 1;
    return true;
  }

  private oneOf(field: FastField, row: number, into: Columns): boolean {
    const { bytes, at } = this;
    if (bytes[at] !== QUOTE) return false;
    this.at = at + 1;
    for (const value of field.values) {
      if (bytes[at + 1 + value.length] !== QUOTE || !this.matches(value)) continue;
      into.setBytes(field.index, row, value, 0, value.length);
      this.at++;
      return true;
    }
    return false;
  }

  /** `"yyyy-MM-ddTHH:mm:ss[.fff]Z"`. */
  private instant(field: FastField, row: number, into: Columns): boolean {
    const { bytes, at } = this;
    if (bytes[at] !== QUOTE || bytes[at + 5] !== MINUS || bytes[at + 8] !== MINUS || bytes[at + 11] !== 0x54)
      return false;
    if (bytes[at + 14] !== COLON || bytes[at + 17] !== COLON) return false;
    const year = this.digits(at + 1, 4);
    const month = this.digits(at + 6, 2);
    const day = this.digits(at + 9, 2);
    const hour = this.digits(at + 12, 2);
    const minute = this.digits(at + 15, 2);
    const second = this.digits(at + 18, 2);
    let next = at + 20;
    let milliseconds = 0;
    if (bytes[next] === DOT) {
      milliseconds = this.digits(next + 1, 3);
      next += 4;
    }
    if (bytes[next] !== 0x5a || bytes[next + 1] !== QUOTE) return false;
    if (
      !(
        month >= 1 &&
        month <= 12 &&
        day >= 1 &&
        hour <= 23 &&
        minute <= 59 &&
        second <= 59 &&
        milliseconds >= 0
      )
    )
      return false;
    if (!(year >= 0 && hour >= 0 && minute >= 0 && second >= 0) || day > daysOf(year, month)) return false;
    const ms =
      daysSince1970(year, month, day) * 86_400_000 +
      ((hour * 60 + minute) * 60 + second) * 1000 +
      milliseconds;
    if (ms < INSTANT_LIMITS_MS.earliest || ms >= INSTANT_LIMITS_MS.latest) return false;
    into.setNumber(field.index, row, ms);
    this.at = next + 2;
    return true;
  }

  /** Number of `count` digits, or NaN. */
  private digits(at: number, count: number): number {
    let value = 0;
    for (let i = at; i < at + count; i++) {
      const byte = this.bytes[i] as number;
      if (!(byte >= ZERO && byte <= NINE)) return Number.NaN;
      value = value * 10 + byte - ZERO;
    }
    return value;
  }

  private integer(field: FastField, row: number, into: Columns): boolean {
    const { bytes } = this;
    const negative = bytes[this.at] === MINUS;
    const begin = negative ? this.at + 1 : this.at;
    let at = begin;
    let value = 0;
    for (let byte = bytes[at] as number; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number)
      value = value * 10 + byte - ZERO;
    const length = at - begin;
    if (
      length === 0 ||
      length > 15 ||
      (bytes[begin] === ZERO && (length > 1 || negative)) ||
      !endsValue(bytes[at])
    )
      return false;
    if (negative) value = -value;
    if (value < field.minimum || value > field.maximum) return false;
    into.setNumber(field.index, row, value);
    this.at = at;
    return true;
  }

  /** A decimal of at most 15 digits: its mantissa and power of ten are exact, so one division rounds as `JSON.parse` does. */
  private real(field: FastField, row: number, into: Columns): boolean {
    const { bytes } = this;
    const negative = bytes[this.at] === MINUS;
    const begin = negative ? this.at + 1 : this.at;
    let at = begin;
    let mantissa = 0;
    for (let byte = bytes[at] as number; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number)
      mantissa = mantissa * 10 + byte - ZERO;
    const whole = at - begin;
    let fraction = 0;
    if (bytes[at] === DOT) {
      const dot = at;
      for (let byte = bytes[++at] as number; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number)
        mantissa = mantissa * 10 + byte - ZERO;
      fraction = at - dot - 1;
      if (fraction === 0) return false;
    }
    if (whole === 0 || whole + fraction > 15 || (bytes[begin] === ZERO && whole > 1) || !endsValue(bytes[at]))
      return false;
    if (negative && mantissa === 0) return false;
    const value = (negative ? -mantissa : mantissa) / (POWER_OF_TEN[fraction] as number);
    if (value < field.minimum || value > field.maximum) return false;
    into.setNumber(field.index, row, value);
    this.at = at;
    return true;
  }

  private absent(seen: number, row: number, into: Columns): boolean {
    for (const field of this.fields) {
      if (seen & (1 << field.index)) continue;
      if (field.nullable) into.setNull(field.index, row);
      else if (field.fallback !== undefined) into.setNumber(field.index, row, field.fallback);
      else return false;
    }
    return true;
  }

  private rulesHold(row: number, into: Columns): boolean {
    for (const { atMostOne, first, second } of this.rules) {
      if (
        atMostOne ? !into.isNull(first, row) && !into.isNull(second, row) : into.sameText(first, second, row)
      )
        return false;
    }
    return true;
  }
}

const endsValue = (byte: number | undefined): boolean => byte === COMMA || byte === CLOSE;

const isBlank = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d || byte === SPACE;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (DAYS[month - 1] as number);
}

/** Days of the proleptic Gregorian calendar from 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms"). */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
