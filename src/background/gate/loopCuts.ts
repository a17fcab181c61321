/** Loops that feed themselves: the input whose share moves the loop gain most is cut, until none is left. */
import type { GateThresholds } from '../../../schemas/reference/gateThresholds.ts';
import type { Assembly } from '../assembly.ts';
import { type Finding, finding } from '../findings.ts';
import { exchangeKey } from '../market.ts';
import { technosphereInput } from '../score.ts';
import { dominantLoop, type LoopGain, loopGains } from '../solver/loopGain.ts';
import { type ScaledSystem, scaleByPivots } from '../solver/scaledSystem.ts';
import { transpose } from '../solver/sparseColumns.ts';
import { type Components, strongComponents } from '../solver/strongComponents.ts';

export interface LoopCuts {
  /** `exchangeKey` of inputs to cut. */
  readonly cut: readonly string[];
  readonly quarantined: readonly string[];
  readonly findings: readonly Finding[];
}

/** How often each part has been cut: kept over the gate's rounds, by its first member's process. */
export type CutCounts = Map<string, number>;

/**
 * One cut for every part whose gain exceeds the limit, to be repeated after linking anew. A part that needs more cuts
 * than the limit loses whole processes instead: first one, then two, then three a round, so that it comes to an end.
 * The elasticity of the gain in an input is its share times the left and right eigenvector at its ends.
 */
export function loopCuts(assembly: Assembly, thresholds: GateThresholds, counts: CutCounts): LoopCuts {
  const scaled = scaleByPivots(technosphereInput(assembly));
  const { start, index } = scaled.dependencies;
  const parts = strongComponents(start, index);
  const gains = loopGains(scaled, parts, {
    decide: thresholds.loopGain,
    tolerance: Number.POSITIVE_INFINITY,
  });
  const feeding = gains.filter(({ upper }) => !(upper <= thresholds.loopGain));
  const cut: string[] = [];
  const quarantined: string[] = [];
  const findings: Finding[] = [];
  for (const gain of feeding) {
    const { heaviest, loop, returned } = heaviestInputs(assembly, scaled, parts, gain);
    const part = assembly.activities[parts.order[parts.start[gain.component]!]!]!.processId;
    const cuts = (counts.get(part) ?? 0) + 1;
    counts.set(part, cuts);
    const names = loop.map((at) => assembly.activities[at]!.processName);
    const facts = { loop: [...names.slice(0, 8), names[0]!].join(' → '), gain: returned };
    const beyond = cuts - thresholds.cutsPerPart;
    const lost = new Set<string>();
    for (const link of heaviest) {
      const { processId, exchangeId } = assembly.links[link]!;
      if (beyond <= 0) {
        cut.push(exchangeKey(processId, exchangeId));
        findings.push(finding('self_feeding', processId, exchangeId, 'exchange_cut', facts));
        break;
      }
      if (lost.size >= beyond) break;
      if (lost.has(processId)) continue;
      lost.add(processId);
      quarantined.push(processId);
      findings.push(finding('self_feeding', processId, exchangeId, 'quarantined', facts));
    }
  }
  return { cut, quarantined, findings };
}

/** Links of the part by elasticity, greatest first; equal ones in the order of process, then exchange. */
function heaviestInputs(
  assembly: Assembly,
  scaled: ScaledSystem,
  parts: Components,
  { component }: LoopGain,
) {
  const members = parts.order.subarray(parts.start[component]!, parts.start[component + 1]!);
  const one: Components = { order: members, start: Int32Array.from([0, members.length]), count: 1 };
  const exact = { decide: Number.POSITIVE_INFINITY, tolerance: 1e-9 };
  const right = loopGains(scaled, one, exact)[0]!;
  const backwards = { ...scaled, dependencies: transpose(scaled.dependencies) };
  const left = loopGains(backwards, one, exact)[0]!;
  const place = new Map([...members].map((activity, at) => [activity, at]));
  const elasticity = new Map<number, number>();
  for (const { row, column, value, link } of assembly.shares) {
    const consumer = place.get(column);
    const supplier = place.get(row);
    if (consumer === undefined || supplier === undefined || row === column) continue;
    const share = Math.abs(value) / scaled.pivot[column]!;
    const weight = left.vector[consumer]! * share * right.vector[supplier]!;
    elasticity.set(link, (elasticity.get(link) ?? 0) + weight);
  }
  const heaviest = [...elasticity].sort(([a, x], [b, y]) => y - x || a - b).map(([link]) => link);
  return { heaviest, loop: dominantLoop(scaled, members, right.vector), returned: right.upper };
}
