/** The quality report of a version: totals, everyday products beside the literature, and one page a dataset. */
import { EVERYDAY_PRODUCTS } from '../../schemas/reference/everydayProducts.ts';
import { GATE_ACTIONS, GATE_TEXTS, type GateCode, seenText } from '../../schemas/reference/gateTexts.ts';
import type { Finding } from './findings.ts';
import type { ScoreRow } from './score.ts';
import type { BackgroundSystem } from './technosphere.ts';

export interface QualityTotals {
  readonly processes: number;
  readonly kept: number;
  readonly keptShare: number;
  readonly quarantined: number;
  /** Datasets by the code that took them out; one with several codes counts under each. */
  readonly quarantinedByCode: Readonly<Record<string, number>>;
  /** Kept, with no input lost to the gate anywhere upstream. */
  readonly complete: number;
  readonly incomplete: number;
  /** Incomplete datasets by levels between them and the lost input. */
  readonly incompleteByLevel: Readonly<Record<string, number>>;
  readonly usableProducts: number;
  /** Share of product inputs that nobody supplies, and why. */
  readonly cutOffShare: number;
  readonly cutOffByReason: Readonly<Record<string, number>>;
}

export function qualityTotals(system: BackgroundSystem, rows: readonly ScoreRow[]): QualityTotals {
  const kept = new Set(system.activities.map(({ processId }) => processId)).size;
  const processes = kept + system.leftOut.length;
  const uses = system.links.filter(({ kind }) => kind === 'use');
  const cutOff = uses.filter(({ suppliers }) => suppliers.length === 0);
  const incomplete = system.findings.filter(({ code }) => code === 'incomplete');
  const quarantined = system.findings.filter(({ action }) => action === 'quarantined');
  return {
    processes,
    kept,
    keptShare: processes === 0 ? 0 : kept / processes,
    quarantined: system.leftOut.length,
    quarantinedByCode: countedBy(quarantined, ({ code }) => code),
    complete: kept - incomplete.length,
    incomplete: incomplete.length,
    incompleteByLevel: countedBy(incomplete, ({ facts }) => String(facts.levels)),
    usableProducts: rows.filter(({ usable }) => usable).length,
    cutOffShare: uses.length === 0 ? 0 : cutOff.length / uses.length,
    cutOffByReason: countedBy(cutOff, ({ reason }) => reason),
  };
}

function countedBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of items.map(keyOf).sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

export interface EverydayCheck {
  readonly id: string;
  readonly name: { readonly en: string; readonly zh: string };
  readonly band: readonly [number, number];
  readonly unit: string;
  readonly source: string;
  readonly usable: number;
  readonly inBand: number;
  /** Usable products outside of the band, with the gate's codes of their dataset: what is known of the reason. */
  readonly outside: readonly {
    readonly process: string;
    readonly name: string;
    readonly kgCo2e: number;
    readonly why: string;
  }[];
}

/** Which everyday products lie where the literature has them, and which do not. */
export function everydayProducts(system: BackgroundSystem, rows: readonly ScoreRow[]): EverydayCheck[] {
  const cutOff = new Map<string, number>();
  for (const { processId, kind, suppliers } of system.links) {
    if (kind === 'use' && suppliers.length === 0) cutOff.set(processId, (cutOff.get(processId) ?? 0) + 1);
  }
  return EVERYDAY_PRODUCTS.flatMap(({ id, name, flow, process, referenceUnit, source, ...band }) => {
    const made = rows.filter(
      ({ usable, activity }) =>
        usable &&
        flow.test(activity.flowName) &&
        activity.referenceUnit === referenceUnit &&
        (process?.test(activity.processName) ?? true),
    );
    if (made.length === 0) return [];
    const judged = made.map(({ activity, totalKgCo2e, flags }) => {
      const kgCo2e = totalKgCo2e / activity.unitInReferenceUnits;
      return { activity, kgCo2e, flags, isIn: kgCo2e >= band.leastKgCo2e && kgCo2e <= band.mostKgCo2e };
    });
    return {
      id,
      name,
      band: [band.leastKgCo2e, band.mostKgCo2e] as const,
      unit: referenceUnit,
      source,
      usable: judged.length,
      inBand: judged.filter(({ isIn }) => isIn).length,
      outside: judged
        .filter(({ isIn }) => !isIn)
        .map(({ activity, kgCo2e, flags }) => ({
          process: activity.processId,
          name: activity.processName,
          kgCo2e,
          why: reasonOutside(
            kgCo2e < band.leastKgCo2e,
            cutOff.get(activity.processId) ?? 0,
            activity.isTreatment,
            flags,
          ),
        })),
    };
  });
}

function reasonOutside(
  isLow: boolean,
  cutOffs: number,
  isTreatment: boolean,
  flags: readonly string[],
): string {
  if (isTreatment) return 'the dataset takes the flow in: its score is that of a service, not of making it';
  const codes = flags.length > 0 ? ` (${flags.join(', ')})` : '';
  if (isLow && cutOffs > 0) return `${cutOffs} of its inputs have no supplier and count 0${codes}`;
  if (isLow) return `the dataset states few emissions of its own${codes}`;
  return `the dataset's own figures are high, or its route is another than the usual one${codes}`;
}

interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

export interface DatasetPage {
  readonly process: string;
  readonly names: Readonly<Record<string, string>>;
  readonly location: string;
  readonly state: 'kept' | 'quarantined';
  readonly isComplete: boolean;
  readonly products: readonly {
    readonly flow: string;
    readonly name: string;
    readonly unit: string;
    readonly totalKgCo2e: number;
    readonly usable: boolean;
  }[];
  readonly findings: readonly {
    readonly code: GateCode;
    readonly exchange: string;
    readonly seen: Bilingual;
    readonly why: Bilingual;
    readonly done: Bilingual;
    readonly overrule: Bilingual;
  }[];
}

/** One page a dataset of the package, ascending by process id. */
export function datasetPages(system: BackgroundSystem, rows: readonly ScoreRow[]): DatasetPage[] {
  const findings = Map.groupBy(system.findings, ({ processId }) => processId);
  const products = Map.groupBy(rows, ({ activity }) => activity.processId);
  const names = Map.groupBy(
    system.names.filter(({ kind }) => kind === 'process'),
    ({ id }) => id,
  );
  const locations = new Map([
    ...system.activities.map(({ processId, location }) => [processId, location] as const),
    ...system.leftOut.map(({ processId, location }) => [processId, location] as const),
  ]);
  return [...locations.keys()].sort().map((process) => {
    const own = findings.get(process) ?? [];
    const made = products.get(process) ?? [];
    return {
      process,
      names: Object.fromEntries(
        (names.get(process) ?? []).map(({ language, name }) => [language || 'und', name]),
      ),
      location: locations.get(process) ?? '',
      state: made.length > 0 ? ('kept' as const) : ('quarantined' as const),
      isComplete: made.length > 0 && !own.some(({ code }) => code === 'incomplete'),
      products: made.map(({ activity, totalKgCo2e, usable }) => ({
        flow: activity.flowId,
        name: activity.flowName,
        unit: activity.unit,
        totalKgCo2e,
        usable,
      })),
      findings: own.map(pageFinding),
    };
  });
}

function pageFinding({ code, exchangeId, facts, action }: Finding): DatasetPage['findings'][number] {
  const { why, overrule } = GATE_TEXTS[code];
  return {
    code,
    exchange: exchangeId,
    seen: { en: seenText(code, facts, 'en'), zh: seenText(code, facts, 'zh') },
    why,
    done: GATE_ACTIONS[action],
    overrule,
  };
}

/** A page as Markdown, Chinese first, then English. */
export function pageMarkdown(page: DatasetPage): string {
  return [
    `# ${page.names.zh ?? page.names.en ?? Object.values(page.names)[0] ?? page.process}`,
    '',
    page.names.zh && page.names.en ? `${page.names.en}\n` : '',
    `\`${page.process}\` · ${page.location}`,
    '',
    inLanguage(page, 'zh'),
    inLanguage(page, 'en'),
  ].join('\n');
}

const HEADINGS = {
  zh: {
    title: '数据质量',
    kept: '保留',
    quarantined: '已隔离',
    complete: '完整',
    incomplete: '不完整',
    usable: '可用',
    notUsable: '不可用',
    none: '未发现问题。',
    exchange: '交换',
    why: '为何重要',
    done: '处理',
    overrule: '如何推翻',
  },
  en: {
    title: 'Data quality',
    kept: 'kept',
    quarantined: 'quarantined',
    complete: 'complete',
    incomplete: 'incomplete',
    usable: 'usable',
    notUsable: 'not usable',
    none: 'Nothing was found.',
    exchange: 'exchange',
    why: 'Why it matters',
    done: 'Done',
    overrule: 'How to overrule',
  },
} as const;

function inLanguage(page: DatasetPage, language: 'zh' | 'en'): string {
  const words = HEADINGS[language];
  const state =
    page.state === 'kept'
      ? `${words.kept} · ${page.isComplete ? words.complete : words.incomplete}`
      : words.quarantined;
  const products = page.products.map(
    ({ name, unit, totalKgCo2e, usable }) =>
      `- ${name}: ${totalKgCo2e} kgCO2e / ${unit} · ${usable ? words.usable : words.notUsable}`,
  );
  const findings = page.findings.map((found) =>
    [
      `### ${found.code}${found.exchange === '' ? '' : ` · ${words.exchange} ${found.exchange}`}`,
      '',
      found.seen[language],
      '',
      `- ${words.why}: ${found.why[language]}`,
      `- ${words.done}: ${found.done[language]}`,
      `- ${words.overrule}: ${found.overrule[language]}`,
      '',
    ].join('\n'),
  );
  return [
    `## ${words.title}: ${state}`,
    '',
    ...products,
    '',
    ...(findings.length > 0 ? findings : [words.none, '']),
  ].join('\n');
}
