/** What a background version is made of, in numbers: how inputs were linked, what was cut off, what was found. */
import type { ScoredBackground, ScoreRow } from './score.ts';
import { technosphereInput } from './score.ts';
import { type LoopGain, loopGains } from './solver/loopGain.ts';
import { scaleByPivots } from './solver/scaledSystem.ts';
import { strongComponents } from './solver/strongComponents.ts';
import type { BackgroundSystem } from './technosphere.ts';

export interface BackgroundProfile {
  readonly processes: number;
  readonly activities: number;
  readonly natureFlows: number;
  readonly technosphereEntries: number;
  readonly biosphereEntries: number;
  readonly linked: { readonly unique: number; readonly shared: number; readonly cutOff: number };
  /** Inputs by the rule that chose their suppliers. */
  readonly linkRules: Readonly<Record<string, number>>;
  readonly wasteOutputs: { readonly treated: number; readonly cutOff: number };
  /** Processes by allocation rule. */
  readonly allocation: Readonly<Record<string, number>>;
  readonly findings: Readonly<Record<string, number>>;
  /** Loop gain of the strongest loop: the spectral radius of |I − A D⁻¹|. */
  readonly spectralRadius: number;
  readonly loops: number;
}

/** @throws Refusal of `scaleByPivots` when the pivots are not usable */
export function profileOf(system: BackgroundSystem): BackgroundProfile {
  const uses = system.links.filter((link) => link.kind === 'use');
  const wastes = system.links.filter((link) => link.kind === 'waste');
  const cutOff = uses.filter((link) => link.suppliers.length === 0).length;
  const unique = uses.filter((link) => link.suppliers.length === 1).length;
  const treated = wastes.filter((link) => link.suppliers.length > 0).length;
  const gains = gainsOf(system);
  const ruleByProcess = new Map(system.activities.map((a) => [a.processId, a.allocationRule]));
  return {
    processes: ruleByProcess.size,
    activities: system.activities.length,
    natureFlows: system.natureFlows.length,
    technosphereEntries: system.technosphere.index.length,
    biosphereEntries: system.biosphere.index.length,
    linked: { unique, shared: uses.length - unique - cutOff, cutOff },
    linkRules: counted(uses.map((link) => link.rule)),
    wasteOutputs: { treated, cutOff: wastes.length - treated },
    allocation: counted(ruleByProcess.values()),
    findings: counted(system.findings.map((finding) => finding.code)),
    spectralRadius: gains.reduce((most, gain) => Math.max(most, gain.upper), 0),
    loops: gains.length,
  };
}

export interface ScoreProfile {
  readonly gwpSet: string;
  readonly characterisedFlows: number;
  /** Mapped flows without a factor in the set. */
  readonly unknownFlows: readonly string[];
  readonly usable: number;
  readonly flags: Readonly<Record<string, number>>;
  readonly forwardError: number;
}

export function scoreProfileOf(scored: ScoredBackground, rows: readonly ScoreRow[]): ScoreProfile {
  const { characterisation, report } = scored;
  return {
    gwpSet: characterisation.gwpSet.id,
    characterisedFlows: characterisation.characterised,
    unknownFlows: characterisation.unknown.map(({ flowId, reason }) => `${flowId}: ${reason}`),
    usable: rows.filter((row) => row.usable).length,
    flags: counted(rows.flatMap((row) => row.flags)),
    forwardError: report.forwardError,
  };
}

function gainsOf(system: BackgroundSystem): LoopGain[] {
  const scaled = scaleByPivots(technosphereInput(system));
  const { start, index } = scaled.dependencies;
  return loopGains(scaled, strongComponents(start, index), { decide: 1, tolerance: 1e-9 });
}

function counted(codes: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of [...codes].sort()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
