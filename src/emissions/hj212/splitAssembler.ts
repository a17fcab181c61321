/** Puts the parts of split messages together: key (MN, ST, CN, DataTime, PNUM), parts in any order, groups bounded in number and time. */
import type { DataArea, FactorItem } from './dataArea.ts';
import type { DecodedFrame } from './decode.ts';

export type Assembly =
  /** Not split, or the last missing part has come: all items together. */
  | { readonly kind: 'complete'; readonly message: DecodedFrame }
  /** A new part; its items may be used at once, marked as incomplete. */
  | { readonly kind: 'part'; readonly message: DecodedFrame; readonly missing: number }
  | { readonly kind: 'duplicate'; readonly message: DecodedFrame }
  /** The part differs from one of the same number, or gives a field another value. */
  | { readonly kind: 'conflict'; readonly message: DecodedFrame; readonly detail: string };

export interface IncompleteGroup {
  readonly key: string;
  readonly parts: readonly DecodedFrame[];
  readonly missing: number;
}

export interface AssemblerSettings {
  /** A group that is not complete after this time is given up (ms). */
  readonly timeoutMs: number;
  /** Groups held at once; the oldest is given up for a new one beyond this. */
  readonly maxGroups: number;
}

const defaultAssemblerSettings: AssemblerSettings = { timeoutMs: 60_000, maxGroups: 10_000 };

interface Group {
  readonly startedMs: number;
  readonly pnum: number;
  readonly parts: Map<number, DecodedFrame>;
}

/** An assembler for any number of devices. Time is handed in; nothing here reads a clock. */
export class SplitAssembler {
  readonly #settings: AssemblerSettings;
  readonly #groups = new Map<string, Group>();
  /** Keys by all but their DataTime, so that a part without one does not search all groups. */
  readonly #keysOf = new Map<string, Set<string>>();

  constructor(settings: AssemblerSettings = defaultAssemblerSettings) {
    this.#settings = settings;
  }

  /** Takes a valid message. A part without DataTime joins the only open group of its device, command and PNUM. */
  add(message: DecodedFrame, nowMs: number): Assembly {
    const { pnum, pno } = message;
    if (pnum === undefined || pno === undefined || pnum === 1) return { kind: 'complete', message };
    const key = this.#keyOf(message);
    const group = this.#groups.get(key) ?? { startedMs: nowMs, pnum, parts: new Map<number, DecodedFrame>() };
    const before = group.parts.get(pno);
    if (before !== undefined) {
      return sameContent(before, message)
        ? { kind: 'duplicate', message }
        : { kind: 'conflict', message, detail: `part ${pno} of ${pnum} came with other content before` };
    }
    const conflict = conflictOf([...group.parts.values(), message]);
    if (conflict !== undefined) return { kind: 'conflict', message, detail: conflict };
    group.parts.set(pno, message);
    this.#remember(key, group);
    if (group.parts.size < pnum) return { kind: 'part', message, missing: pnum - group.parts.size };
    this.#forget(key);
    return { kind: 'complete', message: united(group) };
  }

  /** DataTime of the only open group that a part without one can belong to. */
  openTimeOf({ mn, st, cn, pnum }: DecodedFrame): { dataTime: string; dataTimeMs: number } | undefined {
    const open = this.#openOf(mn, st, cn, pnum);
    if (open.length !== 1) return undefined;
    const timed = [...this.#groups.get(open[0]!)!.parts.values()].find(
      ({ dataTimeMs }) => dataTimeMs !== undefined,
    );
    return timed && { dataTime: timed.fields!.DataTime!, dataTimeMs: timed.dataTimeMs! };
  }

  /** Groups that wait for parts. */
  get open(): number {
    return this.#groups.size;
  }

  /** Gives up groups that have waited too long or are too many; their parts stay as they were stored (`split_incomplete`). */
  expire(nowMs: number): IncompleteGroup[] {
    const given: IncompleteGroup[] = [];
    for (const [key, group] of this.#groups) {
      const tooOld = nowMs - group.startedMs >= this.#settings.timeoutMs;
      if (!tooOld && this.#groups.size <= this.#settings.maxGroups) break;
      this.#forget(key);
      given.push({ key, parts: [...group.parts.values()], missing: group.pnum - group.parts.size });
    }
    return given;
  }

  #keyOf({ mn, st, cn, fields, pnum }: DecodedFrame): string {
    const dataTime = fields?.DataTime;
    if (dataTime !== undefined) return JSON.stringify([mn, st, cn, pnum, dataTime]);
    const open = this.#openOf(mn, st, cn, pnum);
    return open.length === 1 ? open[0]! : `${prefixOf(mn, st, cn, pnum)},null]`;
  }

  #openOf(...about: Parameters<typeof prefixOf>): readonly string[] {
    return [...(this.#keysOf.get(prefixOf(...about)) ?? [])];
  }

  #remember(key: string, group: Group): void {
    this.#groups.set(key, group);
    const prefix = key.slice(0, key.lastIndexOf(','));
    const keys = this.#keysOf.get(prefix) ?? new Set<string>();
    this.#keysOf.set(prefix, keys.add(key));
  }

  #forget(key: string): void {
    this.#groups.delete(key);
    const prefix = key.slice(0, key.lastIndexOf(','));
    const keys = this.#keysOf.get(prefix);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOf.delete(prefix);
  }
}

function prefixOf(mn?: string, st?: string, cn?: string, pnum?: number): string {
  return JSON.stringify([mn, st, cn, pnum]).slice(0, -1);
}

function sameContent(first: DecodedFrame, second: DecodedFrame): boolean {
  return JSON.stringify([first.fields, first.items]) === JSON.stringify([second.fields, second.items]);
}

/** The same field twice with different values. */
function conflictOf(parts: readonly DecodedFrame[]): string | undefined {
  const sent = new Map<string, string | number>();
  for (const { items = [] } of parts) {
    for (const item of items) {
      for (const [name, value] of fieldsOf(item)) {
        const before = sent.get(name);
        if (before !== undefined && before !== value) return `${name}=${before} and ${value}`;
        sent.set(name, value);
      }
    }
  }
  return undefined;
}

function fieldsOf({ factor, values, texts, flag }: FactorItem): Array<[string, string | number]> {
  const fields = [
    ...Object.entries(values),
    ...Object.entries(texts),
    ...(flag ? [['Flag', flag] as const] : []),
  ];
  return fields.map(([suffix, value]) => [`${factor}-${suffix}`, value]);
}

/** The first part with the union of fields and items. */
function united({ parts }: Group): DecodedFrame {
  const ordered = [...parts].sort(([a], [b]) => a - b).map(([, message]) => message);
  const items = new Map<string, FactorItem>();
  const fields: Record<string, string> = {};
  for (const part of ordered) {
    Object.assign(fields, part.fields);
    for (const item of part.items ?? []) {
      const before = items.get(item.factor);
      items.set(item.factor, before === undefined ? item : merged(before, item));
    }
  }
  const area: DataArea = { fields, items: [...items.values()] };
  const dataTimeMs = ordered.find((part) => part.dataTimeMs !== undefined)?.dataTimeMs;
  return { ...ordered[0]!, ...area, ...(dataTimeMs !== undefined && { dataTimeMs }) };
}

function merged(first: FactorItem, second: FactorItem): FactorItem {
  const flag = first.flag ?? second.flag;
  return {
    factor: first.factor,
    values: { ...first.values, ...second.values },
    ...(flag !== undefined && { flag }),
    texts: { ...first.texts, ...second.texts },
  };
}
