/** Scores one unit of every product of a background system. */

import {
  CATEGORY_COUNT,
  type CategoryScores,
  totalKgCo2e,
} from '../../schemas/documents/footprintCategories.ts';
import type { GwpSet } from '../../schemas/reference/gwp.ts';
import { scoresAt } from './categories.ts';
import { type Characterisation, characterise, directScores, type FlowMapRow } from './characterisation.ts';
import { factoriseAdjoint, type SolveReport, solveAdjoint } from './solver/adjoint.ts';
import type { TechnosphereInput } from './solver/scaledSystem.ts';
import type { Activity, BackgroundSystem } from './technosphere.ts';

/** A background whose every product has its score: a footprint needs no further solve. */
export interface ScoredBackground {
  readonly system: BackgroundSystem;
  readonly characterisation: Characterisation;
  /** n × 5, direct score of one run of each activity. */
  readonly direct: Float64Array;
  /** n × 5, score of one reference unit of each product. */
  readonly lambda: Float64Array;
  readonly report: SolveReport;
}

/** The system as the solver takes it: pivots where the datasets say their products are. */
export function technosphereInput({ activities, technosphere }: BackgroundSystem): TechnosphereInput {
  return {
    technosphere,
    referenceRow: Int32Array.from(activities, (_activity, at) => at),
    output: Float64Array.from(activities, (activity) => activity.output),
    label: (at) => labelOf(activities[at]!),
  };
}

function labelOf({ processName, processId, flowName }: Activity): string {
  return `${processName} [${processId}]${flowName === processName ? '' : ` making ${flowName}`}`;
}

/** @throws Refusal of the solver's checks, naming the datasets */
export function scoreBackground(
  system: BackgroundSystem,
  map: readonly FlowMapRow[],
  gwpSet: GwpSet,
): ScoredBackground {
  const characterisation = characterise(system, map, gwpSet);
  const direct = directScores(system, characterisation);
  const { lambda, report } = solveAdjoint(
    factoriseAdjoint(technosphereInput(system)),
    direct,
    CATEGORY_COUNT,
  );
  return { system, characterisation, direct, lambda, report };
}

/** One row of the scores file: one unit of a product, in the unit its dataset states. */
export interface ScoreRow {
  readonly activity: Activity;
  readonly scores: CategoryScores;
  readonly totalKgCo2e: number;
  readonly usable: boolean;
  readonly flags: readonly string[];
}

/** Every (process, product) with its score and what a user should know of it. */
export function scoreRows({ system, lambda, direct }: ScoredBackground): ScoreRow[] {
  const content = climateContent(system, direct);
  return system.activities.map((activity, at) => {
    const scores = scoresAt(lambda, at, activity.unitInReferenceUnits);
    const total = totalKgCo2e(scores);
    const flags: string[] = [];
    if (!content[at]) flags.push('no_climate_content');
    if (activity.allocationRule === 'equal') flags.push('allocation_undetermined');
    if (total < 0) flags.push('negative_score');
    return { activity, scores, totalKgCo2e: total, usable: content[at] === 1, flags };
  });
}

/** 1 where a characterised exchange lies in the activity or anywhere upstream of it. */
function climateContent({ technosphere }: BackgroundSystem, direct: Float64Array): Uint8Array {
  const { columns, start, index, value } = technosphere;
  const users: number[][] = Array.from({ length: columns }, () => []);
  for (let j = 0; j < columns; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) if (value[p] !== 0) users[index[p]!]!.push(j);
  }
  const content = new Uint8Array(columns);
  const open: number[] = [];
  const reach = (j: number) => {
    if (content[j]) return;
    content[j] = 1;
    open.push(j);
  };
  for (let j = 0; j < columns; j++) {
    for (let c = 0; c < CATEGORY_COUNT; c++) if (direct[j * CATEGORY_COUNT + c] !== 0) reach(j);
  }
  for (let j = open.pop(); j !== undefined; j = open.pop()) users[j]!.forEach(reach);
  return content;
}
