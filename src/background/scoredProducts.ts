/** A scored background as a catalogue of products: what a footprint looks up. */
import type { BackgroundProductRef } from '../../schemas/documents/footprintInput.ts';
import type { GwpSet } from '../../schemas/reference/gwp.ts';
import { scoresAt } from './categories.ts';
import { cutOffByProcess, firstTier, upstreamOf } from './contributions.ts';
import { type ScoredBackground, type ScoreRow, scoreRows } from './score.ts';

export interface BackgroundIdentity {
  readonly name: string;
  readonly version: string;
  readonly sourceSha256: string;
  readonly linkingPolicy: string;
  readonly flowMap: string;
}

/** One product with its score per reference unit. */
export interface ScoredProduct {
  readonly activity: number;
  readonly ref: BackgroundProductRef;
  readonly name: string;
  readonly location: string;
  readonly referenceUnit: string;
  readonly unitFactors: ReadonlyMap<string, number>;
  readonly scores: ReturnType<typeof scoresAt>;
  readonly flags: readonly string[];
  readonly usable: boolean;
  firstTier(): ReturnType<typeof namedTier>;
}

export interface ProductCatalogue {
  readonly identity: BackgroundIdentity;
  readonly gwpSet: GwpSet;
  find(ref: BackgroundProductRef): ScoredProduct | undefined;
  cutOffInputs(products: readonly { readonly ref: BackgroundProductRef }[]): {
    own: number;
    upstream: number;
  };
}

/** Products are found by (process, flow); nothing is solved again. */
export function productCatalogue(scored: ScoredBackground, identity: BackgroundIdentity): ProductCatalogue {
  const { activities, units } = scored.system;
  const rows = scoreRows(scored);
  const numberOf = new Map(activities.map((a, at) => [keyOf({ process: a.processId, flow: a.flowId }), at]));
  const cutOffCounts = cutOffByProcess(scored.system);
  /** A process counts once, however many of its products are among the activities. */
  const cutOffs = (of: readonly number[]) => {
    const processes = new Set(of.map((activity) => activities[activity]!.processId));
    return [...processes].reduce((sum, process) => sum + (cutOffCounts.get(process) ?? 0), 0);
  };
  const factorsByGroup = new Map<string, Map<string, number>>();
  for (const { groupId, unit, factor } of units) {
    const group = factorsByGroup.get(groupId) ?? new Map<string, number>();
    factorsByGroup.set(groupId, group.set(unit, factor));
  }
  return {
    identity,
    gwpSet: scored.characterisation.gwpSet,
    find(ref) {
      const activity = numberOf.get(keyOf(ref));
      return activity === undefined
        ? undefined
        : productAt(scored, rows[activity]!, activity, factorsByGroup);
    },
    cutOffInputs(products) {
      const own = products.flatMap(({ ref }) => numberOf.get(keyOf(ref)) ?? []);
      return { own: cutOffs(own), upstream: cutOffs(upstreamOf(scored, own)) };
    },
  };
}

function productAt(
  scored: ScoredBackground,
  { activity: record, flags, usable }: ScoreRow,
  activity: number,
  factorsByGroup: ReadonlyMap<string, ReadonlyMap<string, number>>,
): ScoredProduct {
  // The dataset's own unit may be of another property than the reference one (kg beside m3): its factor stands too.
  const unitFactors = new Map(factorsByGroup.get(record.unitGroupId));
  unitFactors.set(record.unit, record.unitInReferenceUnits);
  return {
    activity,
    ref: { process: record.processId, flow: record.flowId },
    name: nameOf(scored, activity),
    location: record.location,
    referenceUnit: record.referenceUnit,
    unitFactors,
    scores: scoresAt(scored.lambda, activity),
    flags,
    usable,
    firstTier: () => namedTier(scored, activity),
  };
}

function namedTier(scored: ScoredBackground, activity: number) {
  return firstTier(scored, activity).map(({ activity: supplier, scores }) => {
    if (supplier === undefined) return { name: 'own emissions', product: undefined, scores };
    const { processId: process, flowId: flow } = scored.system.activities[supplier]!;
    return { name: nameOf(scored, supplier), product: { process, flow }, scores };
  });
}

function nameOf({ system }: ScoredBackground, activity: number): string {
  const { flowName, processName } = system.activities[activity]!;
  return flowName === processName ? flowName : `${flowName} (${processName})`;
}

const keyOf = ({ process, flow }: BackgroundProductRef) => `${process} ${flow}`;
