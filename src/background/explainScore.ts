/** Walks one score back: to every exchange of its dataset, the factor or the supplier that weighs it, and how that was chosen. */
import { CATEGORY_COUNT } from '../../schemas/documents/footprintCategories.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { Finding } from './findings.ts';
import { type ScoredBackground, TOTAL_CATEGORIES } from './score.ts';
import type { Activity, ExchangeRecord, LinkRecord } from './technosphere.ts';

export interface ScoreExplanation {
  readonly process: string;
  readonly flow: string;
  readonly name: string;
  /** kgCO2e per reference unit. */
  readonly totalKgCo2e: number;
  readonly unit: string;
  /** Output of one run and what it nets after own use: parts are divided by it. */
  readonly output: number;
  readonly pivot: number;
  readonly allocation: { readonly rule: string; readonly share: number };
  readonly parts: readonly ExplainedPart[];
  /** Sum of the parts: the total, to rounding. */
  readonly sumKgCo2e: number;
  readonly findings: readonly Finding[];
}

export interface ExplainedPart {
  readonly exchange: string;
  readonly flow: string;
  readonly flowName: string;
  readonly role: ExchangeRecord['role'];
  readonly stated: { readonly amount: number; readonly unit: string };
  /** Signed by its role, reference units, of the whole process. */
  readonly amount: number;
  readonly kgCo2e: number;
  /** How an elementary flow is weighed; absent for what is no elementary flow. */
  readonly factor?: { readonly kgCo2ePerUnit: number; readonly source: string };
  /** How a product input or waste output was linked; absent for elementary flows. */
  readonly link?: {
    readonly rule: string;
    readonly tier: string;
    readonly reason: string;
    readonly candidates: number;
    readonly suppliers: readonly {
      readonly process: string;
      readonly flow: string;
      readonly name: string;
      readonly share: number;
      readonly kgCo2ePerUnit: number;
    }[];
  };
}

/**
 * @param exchanges all of the version, or those of the process
 * @throws Refusal `E_PRODUCT_UNKNOWN`
 */
export function explainScore(
  scored: ScoredBackground,
  exchanges: readonly ExchangeRecord[],
  { process, flow }: { readonly process: string; readonly flow: string | undefined },
): ScoreExplanation {
  const { system, lambda } = scored;
  const at = system.activities.findIndex(
    (a) => a.processId === process && (flow === undefined ? a.isReference : a.flowId === flow),
  );
  const activity = system.activities[at];
  if (!activity) {
    throw new Refusal('the background makes no such product', {
      code: 'E_PRODUCT_UNKNOWN',
      place: `process ${process}${flow === undefined ? '' : ` flow ${flow}`}`,
      remedy: 'process and flow of a line of `tanliu background search`',
    });
  }
  const pivot = pivotOf(scored, at);
  const links = new Map(
    system.links.filter(({ processId }) => processId === process).map((link) => [link.exchangeId, link]),
  );
  const parts = exchanges
    .filter(({ processId, role }) => processId === process && role !== 'product')
    .map((exchange) => partOf(scored, exchange, activity, links.get(exchange.exchangeId), at, pivot));
  return {
    process,
    flow: activity.flowId,
    name: activity.processName,
    totalKgCo2e: totalAt(lambda, at),
    unit: activity.referenceUnit,
    output: activity.output,
    pivot,
    allocation: { rule: activity.allocationRule, share: activity.allocationShare },
    parts: parts.sort((a, b) => Math.abs(b.kgCo2e) - Math.abs(a.kgCo2e)),
    sumKgCo2e: parts.reduce((sum, { kgCo2e }) => sum + kgCo2e, 0),
    findings: system.findings.filter(({ processId }) => processId === process),
  };
}

function totalAt(values: Float64Array, row: number): number {
  let total = 0;
  for (let c = 0; c < TOTAL_CATEGORIES; c++) total += values[row * CATEGORY_COUNT + c]!;
  return total;
}

function pivotOf({ system: { technosphere } }: ScoredBackground, at: number): number {
  for (let p = technosphere.start[at]!; p < technosphere.start[at + 1]!; p++) {
    if (technosphere.index[p] === at) return technosphere.value[p]!;
  }
  return 0;
}

function partOf(
  { system, characterisation, lambda }: ScoredBackground,
  exchange: ExchangeRecord,
  { allocationShare }: Activity,
  link: LinkRecord | undefined,
  at: number,
  pivot: number,
): ExplainedPart {
  const { exchangeId, flowId, role, statedAmount, unit, amount } = exchange;
  const base = { exchange: exchangeId, flow: flowId, role, stated: { amount: statedAmount, unit }, amount };
  const perRun = (amount * allocationShare) / pivot;
  if (role === 'nature') {
    const row = system.natureFlows.findIndex(({ id }) => id === flowId);
    const kgCo2ePerUnit = totalAt(characterisation.factors, row);
    const matched = system.flowFactors.find((factor) => factor.flowId === flowId)?.matchedBy;
    const source =
      kgCo2ePerUnit === 0 ? 'no factor' : `${characterisation.gwpSet.id}, ${matched ?? 'by species'}`;
    const flowName = system.natureFlows[row]?.name ?? flowId;
    return { ...base, flowName, kgCo2e: perRun * kgCo2ePerUnit, factor: { kgCo2ePerUnit, source } };
  }
  const suppliers = (link?.suppliers ?? []).map(({ activity, share }) => {
    const { processId, flowId: supplied, processName } = system.activities[activity]!;
    return {
      activity,
      process: processId,
      flow: supplied,
      name: processName,
      share,
      kgCo2ePerUnit: totalAt(lambda, activity),
    };
  });
  // Own use is taken off the pivot and is no part of its own.
  const others = suppliers.filter(({ activity }) => activity !== at);
  const flowName = system.names.find(({ kind, id }) => kind === 'flow' && id === flowId)?.name ?? flowId;
  return {
    ...base,
    flowName,
    kgCo2e: others.reduce((sum, { share, kgCo2ePerUnit }) => sum + perRun * share * kgCo2ePerUnit, 0),
    link: {
      rule: link?.rule ?? '',
      tier: link?.tier ?? '',
      reason: link?.reason ?? '',
      candidates: link?.candidates ?? 0,
      suppliers: suppliers.map(({ activity: _activity, ...supplier }) => supplier),
    },
  };
}
