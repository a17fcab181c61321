/** The data area: items separated by `;`, fields of an item by `,`, each `name=value` or `factor-suffix=value`. */
import { type Hj212Flag, hj212Flags, hj212States, hj212Suffixes } from '../../../schemas/reference/hj212.ts';
import type { Findings } from './badFrame.ts';
import { parseCivilTime } from './civilTime.ts';

/** What was sent about one factor (or one treatment unit `SBx`). */
export interface FactorItem {
  readonly factor: string;
  /** Numbers by suffix, as sent: `{Avg: 18.3, Cou: 10.21}`. */
  readonly values: Readonly<Record<string, number>>;
  readonly flag?: Hj212Flag;
  /** Texts by suffix: EFlag, SampleTime, Info, SN. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface DataArea {
  /** Fields that belong to no factor, e.g. DataTime, RtdInterval, QnRtn; secrets are masked. */
  readonly fields: Readonly<Record<string, string>>;
  readonly items: readonly FactorItem[];
}

interface OpenItem {
  readonly factor: string;
  readonly values: Record<string, number>;
  flag?: Hj212Flag;
  readonly texts: Record<string, string>;
  /** Every field as it was sent, to see whether a second one says the same. */
  readonly sent: Map<string, string>;
}

const FACTOR = /^[A-Za-z0-9]{2,16}$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
/** A decimal number as devices print it; no exponent, no bare point, a magnitude that a meter can have. */
const DECIMAL = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const TIME_FIELDS = new Set([
  'DataTime',
  'BeginTime',
  'EndTime',
  'SystemTime',
  'SKCreateTime',
  'RestartTime',
]);
const SECRET_FIELDS = new Set(['NewSK', 'NewPW', 'PW']);
const MASK = '***';

/** Reads a data area. A bad field is a finding and is left out; its neighbours stay. */
export function readDataArea(text: string, findings: Findings): DataArea {
  const fields: Record<string, string> = {};
  const items = new Map<string, OpenItem>();
  for (const item of text === '' ? [] : splitItems(text, findings)) {
    const factors = new Set<string>();
    for (const field of item.split(',')) {
      const at = field.indexOf('=');
      const name = field.slice(0, Math.max(0, at));
      const value = field.slice(at + 1);
      const dash = name.indexOf('-');
      if (at < 1) findings.fault('bad_item', field);
      else if (dash === -1) readField(fields, name, value, findings);
      else {
        const factor = name.slice(0, dash);
        factors.add(factor);
        readFactorField(items, factor, name.slice(dash + 1), value, findings);
      }
    }
    if (factors.size > 1) findings.fault('bad_item', `${[...factors].join(' and ')} in one item`);
  }
  return {
    fields,
    items: [...items.values()].map(({ factor, values, flag, texts }) => ({
      factor,
      values,
      ...(flag !== undefined && { flag }),
      texts,
    })),
  };
}

/** A `;` after the last item is common and means nothing. */
function splitItems(text: string, findings: Findings): string[] {
  const items = text.split(';');
  if (items.length > 1 && items.at(-1) === '') {
    findings.warn('trailing_separator');
    items.pop();
  }
  return items;
}

function readField(fields: Record<string, string>, name: string, value: string, findings: Findings): void {
  if (!FIELD_NAME.test(name)) {
    findings.fault('bad_item', name);
    return;
  }
  if (TIME_FIELDS.has(name)) {
    if (parseCivilTime(value) === undefined) {
      findings.fault('bad_time', `${name}=${value}`);
      return;
    }
    if (name === 'DataTime' && value.length === 17) findings.warn('data_time_with_milliseconds');
  }
  if (Object.hasOwn(fields, name) && fields[name] !== value) {
    // One of the two would have to be chosen, and nothing says which.
    findings.fault('field_conflict', `${name}=${fields[name]} and ${value}`);
    return;
  }
  fields[name] = SECRET_FIELDS.has(name) ? MASK : value;
}

function readFactorField(
  items: Map<string, OpenItem>,
  factor: string,
  suffix: string,
  value: string,
  findings: Findings,
): void {
  const kind = Object.hasOwn(hj212Suffixes, suffix) ? hj212Suffixes[suffix] : undefined;
  if (!FACTOR.test(factor) || kind === undefined) {
    findings.fault('bad_item', `${factor}-${suffix}`);
    return;
  }
  const item = items.get(factor) ?? { factor, values: {}, texts: {}, sent: new Map<string, string>() };
  items.set(factor, item);
  const before = item.sent.get(suffix);
  if (before !== undefined) {
    if (before === value) findings.warn('field_repeated');
    else findings.fault('field_conflict', `${factor}-${suffix}=${before} and ${value}`);
    return;
  }
  item.sent.set(suffix, value);
  const sent = `${factor}-${suffix}=${value}`;
  if (kind === 'number') {
    if (DECIMAL.test(value)) item.values[suffix] = Number(value);
    else findings.fault('bad_number', sent);
  } else if (kind === 'state') {
    if ((hj212States as readonly string[]).includes(value)) item.values[suffix] = Number(value);
    else findings.fault('bad_number', sent);
  } else if (kind === 'flag') {
    const flag = hj212Flags.find((known) => known === value);
    if (flag === undefined) findings.fault('unknown_data_flag', sent);
    else item.flag = flag;
  } else if (kind === 'time') {
    if (parseCivilTime(value) === undefined) findings.fault('bad_time', sent);
    else item.texts[suffix] = value;
  } else item.texts[suffix] = value;
}
