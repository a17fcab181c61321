/** The head of a segment: QN, ST, CN, PW, MN, Flag, PNUM, PNO, up to the data area. */
import {
  type DialectRules,
  dialectRulesOf,
  type Hj212Dialect,
  hj212Dialects,
} from '../../../schemas/reference/hj212.ts';
import type { Findings } from './badFrame.ts';
import { parseCivilTime } from './civilTime.ts';

export interface FlagBits {
  readonly version: number;
  /** D: the message is split, PNUM and PNO are present. */
  readonly split: boolean;
  /** A: an acknowledgement is wanted. */
  readonly acknowledge: boolean;
}

export interface FrameHeader {
  readonly qn?: string;
  readonly st?: string;
  readonly cn?: string;
  readonly mn?: string;
  readonly flag?: FlagBits;
  readonly pnum?: number;
  readonly pno?: number;
  /** Whether a password was sent; the password itself goes nowhere. */
  readonly password: 'absent' | 'empty' | 'present';
}

const NAMES = new Set(['QN', 'ST', 'CN', 'PW', 'MN', 'Flag', 'PNUM', 'PNO']);

/** Splits a segment into its head and the text of `CP=`. The head ends where `CP=` begins an item. */
export function splitSegment(segment: string, findings: Findings): { head: string; dataArea?: string } {
  const at = segment.startsWith('CP=') ? 0 : segment.indexOf(';CP=') + 1;
  if (at === 0 && !segment.startsWith('CP=')) {
    const reason = segment.includes('CP=') ? 'bad_header' : 'bad_cp';
    findings.fault(reason, 'no item CP= after the head');
    return { head: segment.split('CP=', 1)[0]! };
  }
  const head = segment.slice(0, Math.max(0, at - 1));
  const area = segment.slice(at + 'CP='.length);
  if (area.length < 4 || !area.startsWith('&&') || !area.endsWith('&&')) {
    findings.fault('bad_cp', 'the data area must stand between && and &&');
    return { head };
  }
  const dataArea = area.slice(2, -2);
  if (dataArea.includes('&&')) findings.fault('bad_cp', '&& within the data area');
  return { head, dataArea };
}

/** Reads and judges the head. `dialect` is the register's; without one, Flag's version stands in and a warning says so. */
export function readHeader(
  head: string,
  dialect: Hj212Dialect | undefined,
  findings: Findings,
): { header: FrameHeader; dialect: Hj212Dialect } {
  const items = readItems(head, findings);
  const flag = readFlag(items.get('Flag'), findings);
  const used = dialect ?? dialectOf(flag, findings);
  const rules = dialectRulesOf(used);
  if (flag !== undefined && flag.version !== rules.flagVersion) findings.warn('flag_version_differs');
  requireItems(items, rules, findings);

  const qn = items.get('QN');
  if (qn !== undefined && (qn.length !== 17 || parseCivilTime(qn) === undefined)) {
    findings.fault(/^\d{17}$/.test(qn) ? 'bad_time' : 'bad_header', `QN=${qn}`);
  }
  const [st, cn, mn] = [items.get('ST'), items.get('CN'), items.get('MN')];
  if (st !== undefined && !/^[0-9A-Z]{2}$/.test(st)) findings.fault('bad_header', `ST=${st}`);
  if (cn !== undefined && !/^\d{4}$/.test(cn)) findings.fault('bad_header', `CN=${cn}`);
  if (mn !== undefined) judgeMn(mn, rules, findings);
  const password = items.get('PW');
  if (password === '') findings.warn('empty_password');
  return {
    dialect: used,
    header: {
      ...(qn !== undefined && { qn }),
      ...(st !== undefined && { st }),
      ...(cn !== undefined && { cn }),
      ...(mn !== undefined && { mn }),
      ...(flag !== undefined && { flag }),
      ...readSplit(items, flag, findings),
      password: password === undefined ? 'absent' : password === '' ? 'empty' : 'present',
    },
  };
}

function readItems(head: string, findings: Findings): Map<string, string> {
  const items = new Map<string, string>();
  for (const item of head.split(';')) {
    const at = item.indexOf('=');
    const name = item.slice(0, Math.max(0, at));
    if (!NAMES.has(name)) findings.fault('bad_header', `"${item}" is no item of the head`);
    else if (items.has(name)) findings.fault('bad_header', `${name} stands twice`);
    else items.set(name, item.slice(at + 1));
  }
  return items;
}

function requireItems(items: ReadonlyMap<string, string>, rules: DialectRules, findings: Findings): void {
  for (const name of ['QN', 'ST', 'CN', 'PW', 'MN', 'Flag'] as const) {
    if (items.has(name)) continue;
    if (rules.requiredHeader.includes(name)) findings.fault('bad_header', `${name} is missing`);
    else findings.warn(`no_${name.toLowerCase()}`);
  }
}

function judgeMn(mn: string, rules: DialectRules, findings: Findings): void {
  if (mn.length > rules.maxMnLength || !/^[\x21-\x7e]+$/.test(mn) || /[,=&#]/.test(mn)) {
    findings.fault('bad_header', `MN=${mn}`);
  } else if (!/^[0-9A-F]{24}$/.test(mn)) findings.warn('mn_not_standard');
}

/** Flag is one byte in decimal: V5..V0, D, A. */
function readFlag(text: string | undefined, findings: Findings): FlagBits | undefined {
  if (text === undefined) return undefined;
  const bits = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  const version = bits >> 2;
  if (!(bits <= 255) || !hj212Dialects.some(({ flagVersion }) => flagVersion === version)) {
    findings.fault('bad_flag_bits', `Flag=${text}`);
    return undefined;
  }
  return { version, split: (bits & 2) !== 0, acknowledge: (bits & 1) !== 0 };
}

function dialectOf(flag: FlagBits | undefined, findings: Findings): Hj212Dialect {
  findings.warn('dialect_assumed');
  return hj212Dialects.find(({ flagVersion }) => flagVersion === (flag?.version ?? 0))!.dialect;
}

/** PNUM and PNO are there exactly when D says so, and 1 <= PNO <= PNUM. */
function readSplit(
  items: ReadonlyMap<string, string>,
  flag: FlagBits | undefined,
  findings: Findings,
): { pnum: number; pno: number } | Record<string, never> {
  const texts = [items.get('PNUM'), items.get('PNO')];
  const present = texts.some((text) => text !== undefined);
  if (!present && flag?.split !== true) return {};
  const [pnum, pno] = texts.map((text) =>
    text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN,
  );
  const possible = pno! >= 1 && pno! <= pnum!;
  // Without Flag (2005) there is no D bit that could contradict.
  if (!possible || flag?.split === false) {
    findings.fault(
      'bad_split',
      `D=${Number(flag?.split ?? false)}, PNUM=${texts[0] ?? ''}, PNO=${texts[1] ?? ''}`,
    );
    return {};
  }
  return { pnum: pnum!, pno: pno! };
}
