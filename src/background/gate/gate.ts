/**
 * The data-quality gate 数据质量闸: links, looks, decides, and links anew until nothing changes. What it decides only grows
 * (a dataset quarantined, a product that supplies nobody, an input cut), so it ends. Nothing is repaired.
 */
import type { GateThresholds } from '../../../schemas/reference/gateThresholds.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { type AllocatedProcess, type Assembly, assemble } from '../assembly.ts';
import { type Finding, finding } from '../findings.ts';
import { type GateDecisions, type NamedProviders, productKey } from '../market.ts';
import type { Accepted } from '../normalise.ts';
import { technosphereInput } from '../score.ts';
import type { FlowFactor, GateProof } from '../technosphere.ts';
import { incompleteLevels } from './completeness.ts';
import { type CutCounts, loopCuts } from './loopCuts.ts';
import { proofVectorLeast } from './proof.ts';
import { checkScores, culprits, type ScoreCheck, type Suspect, suspects } from './scoreChecks.ts';

export interface GateInput {
  readonly thresholds: GateThresholds;
  /** Datasets that were quarantined before anything was linked. */
  readonly quarantined: ReadonlySet<string>;
  readonly lostFlows: ReadonlySet<string>;
  /** Products (`productKey`) that a look at the dataset alone has barred from supplying. */
  readonly implausible: ReadonlySet<string>;
  readonly providers: NamedProviders;
  readonly accepted: Accepted;
  /** Factors of the package's own climate method. Without one, scores flag products but decide on no link. */
  readonly flowFactors: readonly FlowFactor[] | undefined;
}

export interface GateResult {
  readonly assembly: Assembly;
  readonly findings: readonly Finding[];
  readonly proof: GateProof;
}

/** Rounds are bounded by what there is to decide; this only stops a fault of the program. */
const MAX_ROUNDS = 10_000;

/** @throws Refusal `E_PROOF` when the proof vector falls below 1; of the solver when the system is singular */
export function runGate(allocated: readonly AllocatedProcess[], input: GateInput): GateResult {
  const { thresholds } = input;
  const decisions: GateDecisions = {
    quarantined: new Set(input.quarantined),
    barred: new Map([...input.implausible].map((key) => [key, 'provider_outlier'])),
    cut: new Set(),
    lostFlows: new Set(input.lostFlows),
  };
  const findings: Finding[] = [];
  const counts: CutCounts = new Map();
  let rounds = 0;
  let assembly = assemble(allocated, decisions, input.providers);
  while (decideOnce(assembly, input, decisions, counts, findings)) {
    if (++rounds > MAX_ROUNDS) throw new RangeError('the gate does not end');
    assembly = assemble(allocated, decisions, input.providers);
  }
  const least = assembly.activities.length === 0 ? 1 : proofVectorLeast(technosphereInput(assembly));
  if (!(least >= 1 - thresholds.proofTolerance)) {
    throw new Refusal(`the gate left a loop that feeds itself: the proof vector falls to ${least}`, {
      code: 'E_PROOF',
      remedy: `every entry at least ${1 - thresholds.proofTolerance}`,
    });
  }
  return {
    assembly,
    findings: [...assembly.findings, ...findings, ...incompleteLevels(assembly)],
    proof: { thresholds: thresholds.id, least, rounds },
  };
}

/** The first step that has anything to say; true when something was decided. */
function decideOnce(
  assembly: Assembly,
  input: GateInput,
  decisions: GateDecisions,
  counts: CutCounts,
  findings: Finding[],
): boolean {
  const { thresholds, flowFactors, accepted } = input;
  if (quarantinePivots(assembly, decisions, findings)) return true;
  const { cut, quarantined, findings: loops } = loopCuts(assembly, thresholds, counts);
  for (const key of cut) decisions.cut.add(key);
  for (const id of quarantined) lose(assembly, decisions, id);
  findings.push(...loops);
  if (loops.length > 0) return true;
  if (!flowFactors) return false;
  const check = checkScores(assembly, flowFactors);
  if (barWithoutContent(assembly, check, decisions, findings)) return true;
  return barOutliers(assembly, check, input, decisions, findings, accepted);
}

function lose(assembly: Assembly, decisions: GateDecisions, processId: string): void {
  decisions.quarantined.add(processId);
  for (const activity of assembly.activities) {
    if (activity.processId === processId) decisions.lostFlows.add(activity.flowId);
  }
}

/** A pivot that own use has brought to zero or below. */
function quarantinePivots(assembly: Assembly, decisions: GateDecisions, findings: Finding[]): boolean {
  const { start, index, value } = assembly.technosphere;
  let any = false;
  assembly.activities.forEach(({ processId, output }, at) => {
    let net = 0;
    for (let p = start[at]!; p < start[at + 1]!; p++) if (index[p] === at) net = value[p]!;
    if (net > 0 || decisions.quarantined.has(processId)) return;
    lose(assembly, decisions, processId);
    findings.push(finding('pivot_sign', processId, '', 'quarantined', { made: output, net }));
    any = true;
  });
  return any;
}

/** Products with nothing to weigh in them or upstream supply nobody: their zero is missing data. */
function barWithoutContent(
  assembly: Assembly,
  { content, potential }: ScoreCheck,
  decisions: GateDecisions,
  findings: Finding[],
): boolean {
  const bar = (has: Uint8Array) => {
    let any = false;
    assembly.activities.forEach(({ processId, flowId }, at) => {
      const key = productKey(processId, flowId);
      if (has[at] || decisions.barred.has(key)) return;
      decisions.barred.set(key, 'provider_no_content');
      findings.push(finding('no_climate_content', processId, '', 'not_usable', { flowId }));
      any = true;
    });
    return any;
  };
  // What has content once its suppliers are chosen anew is not barred before they are.
  return bar(potential) || bar(content);
}

function barOutliers(
  assembly: Assembly,
  { totals }: ScoreCheck,
  { thresholds }: GateInput,
  decisions: GateDecisions,
  findings: Finding[],
  accepted: Accepted,
): boolean {
  const { activities } = assembly;
  const keyOf = (at: number) => productKey(activities[at]!.processId, activities[at]!.flowId);
  const bar = (
    code: 'score_outlier' | 'energy_implausible',
    { activity, score, against, againstZh }: Suspect,
  ) => {
    const { processId, flowId, flowName: flow, referenceUnit: unit } = activities[activity]!;
    if (accepted(processId, code)) return false;
    decisions.barred.set(keyOf(activity), 'provider_outlier');
    const facts = { score, unit, flow, flowId, against, againstZh };
    const text = {
      what: `${score} kgCO2e per ${unit} of ${flow}: ${against}`,
      whatZh: `每 ${unit} ${flow} 为 ${score} kgCO2e：${againstZh}`,
    };
    const action = code === 'score_outlier' ? 'not_usable' : 'no_provider';
    findings.push(
      finding(code, processId, '', action, code === 'score_outlier' ? facts : { ...facts, ...text }),
    );
    return true;
  };
  const excluded = (at: number) => decisions.barred.get(keyOf(at)) === 'provider_outlier';
  const many = { least: thresholds.othersForMedian, most: Number.POSITIVE_INFINITY };
  const outliers = suspects(assembly, totals, excluded, thresholds, many);
  const own = culprits(assembly, totals, outliers, thresholds.supplierShare);
  if (own.filter((one) => bar('score_outlier', one)).length > 0) return true;
  const few = { least: 1, most: thresholds.othersForMedian - 1 };
  const unlike = suspects(assembly, totals, excluded, thresholds, few);
  return unlike.filter((one) => bar('energy_implausible', one)).length > 0;
}
