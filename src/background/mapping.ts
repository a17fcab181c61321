/** The mapping queue 匹配队列: for each line of a bill of materials the dataset a person chose before, or suggestions with reasons, or a gap. */
import type { BillLine, MappingChoice } from '../../schemas/documents/mappingChoice.ts';
import { placesAround, samePlace } from './geography.ts';
import type { ScoredBackground, ScoreRow } from './score.ts';
import { scoreRows } from './score.ts';
import { createSearchIndex, type SearchHit } from './search.ts';

export interface Suggestion {
  readonly process: string;
  readonly flow: string;
  readonly name: string;
  readonly nameZh: string;
  readonly flowName: string;
  readonly flowNameZh: string;
  readonly location: string;
  readonly unit: string;
  readonly totalKgCo2e: number;
  /** Product of the shares below: between 0 and 1. */
  readonly fit: number;
  readonly reasons: readonly { readonly en: string; readonly zh: string }[];
}

export type MappedLine = { readonly line: BillLine } & (
  | { readonly state: 'chosen'; readonly choice: MappingChoice; readonly totalKgCo2e: number }
  /** Chosen before, but the version has no such product or it is not usable in it. */
  | { readonly state: 'stale'; readonly choice: MappingChoice; readonly suggestions: readonly Suggestion[] }
  | { readonly state: 'open'; readonly suggestions: readonly Suggestion[] }
  /** Nothing fits, or a person said so. */
  | { readonly state: 'gap'; readonly choice: MappingChoice | undefined }
);

/** Weights of what speaks for or against a dataset; a weight is a share of the fit that is left. */
const WEIGHTS = {
  otherUnit: 0.2,
  /** By tiers from the same place outward. */
  perTier: 0.93,
  anywhere: 0.7,
  notUsable: 0.1,
  treatment: 0.3,
  incomplete: 0.9,
} as const;
const LEAST_FIT = 0.25;
const MOST_SUGGESTIONS = 5;
/** Candidates that are weighed of each search. */
const MOST_CANDIDATES = 200;

/**
 * @param choices in the order they were made
 * @param place where the product is made, for the geography tier
 */
export function mapLines(
  scored: ScoredBackground,
  lines: readonly BillLine[],
  choices: readonly MappingChoice[],
  place: string,
): MappedLine[] {
  const rows = scoreRows(scored);
  const index = createSearchIndex(scored.system);
  const units = unitsByGroup(scored);
  const rowOf = new Map(rows.map((row) => [`${row.activity.processId} ${row.activity.flowId}`, row]));
  const latest = new Map(choices.map((choice) => [lineKey(choice.line), choice]));
  return lines.map((line) => {
    const choice = latest.get(lineKey(line));
    if (choice?.product === null) return { line, state: 'gap', choice };
    const row = choice?.product && rowOf.get(`${choice.product.process} ${choice.product.flow}`);
    if (choice && row?.usable) return { line, state: 'chosen', choice, totalKgCo2e: row.totalKgCo2e };
    const suggestions = index
      .find(line.name, MOST_CANDIDATES)
      .map((hit) => weigh(hit, rows[hit.activity]!, line, place, units))
      .filter(({ fit }) => fit >= LEAST_FIT)
      .sort((a, b) => b.fit - a.fit || (a.process < b.process ? -1 : 1))
      .slice(0, MOST_SUGGESTIONS);
    if (choice) return { line, state: 'stale', choice, suggestions };
    return suggestions.length > 0
      ? { line, state: 'open', suggestions }
      : { line, state: 'gap', choice: undefined };
  });
}

/** Case, width and spaces do not make another line. */
function lineKey({ name, unit }: BillLine): string {
  const plain = (text: string) => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
  return `${plain(name)}\n${plain(unit)}`;
}

function unitsByGroup({ system }: ScoredBackground): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { groupId, unit } of system.units) {
    groups.set(groupId, (groups.get(groupId) ?? new Set()).add(unit.toLowerCase()));
  }
  return groups;
}

function weigh(
  hit: SearchHit,
  { activity, totalKgCo2e, usable, flags }: ScoreRow,
  line: BillLine,
  place: string,
  units: ReadonlyMap<string, ReadonlySet<string>>,
): Suggestion {
  const reasons: { en: string; zh: string }[] = [];
  const percent = Math.round(100 * hit.relevance);
  reasons.push({ en: `names agree by ${percent} %`, zh: `名称相符 ${percent} %` });
  let fit = hit.relevance;
  const unit = line.unit.toLowerCase();
  if (unit === activity.unit.toLowerCase() || units.get(activity.unitGroupId)?.has(unit)) {
    reasons.push({
      en: `${line.unit} converts to ${activity.unit}`,
      zh: `${line.unit} 可换算为 ${activity.unit}`,
    });
  } else {
    fit *= WEIGHTS.otherUnit;
    reasons.push({
      en: `${line.unit} is no unit of it (${activity.unit})`,
      zh: `单位不符：${line.unit} 与 ${activity.unit}`,
    });
  }
  const places = placesAround(place);
  const tier = places.findIndex((around) => samePlace(around, activity.location));
  fit *= tier < 0 ? WEIGHTS.anywhere : WEIGHTS.perTier ** tier;
  reasons.push(
    tier === 0
      ? { en: `made in ${place}`, zh: `产地 ${place}` }
      : tier > 0
        ? {
            en: `stands for ${activity.location}, which contains ${place}`,
            zh: `代表包含 ${place} 的 ${activity.location}`,
          }
        : {
            en: `from ${activity.location || 'an unknown place'}`,
            zh: `来自 ${activity.location || '未知地点'}`,
          },
  );
  if (activity.isTreatment) {
    fit *= WEIGHTS.treatment;
    reasons.push({
      en: 'a service that takes it in, not one that makes it',
      zh: '是处理该流的服务，而非生产',
    });
  }
  if (!usable) {
    fit *= WEIGHTS.notUsable;
    reasons.push({ en: `not usable: ${flags.join(', ')}`, zh: `不可用：${flags.join(', ')}` });
  } else if (flags.includes('incomplete')) {
    fit *= WEIGHTS.incomplete;
    reasons.push({ en: 'an input upstream was lost to the gate', zh: '上游有输入因闸门缺失' });
  }
  const { process, flow, name, nameZh, flowName, flowNameZh, location } = hit;
  return {
    process,
    flow,
    name,
    nameZh,
    flowName,
    flowNameZh,
    location,
    unit: activity.unit,
    totalKgCo2e,
    fit,
    reasons,
  };
}
