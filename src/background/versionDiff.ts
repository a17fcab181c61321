/** What differs between two versions of a background: datasets, links, and the scores that moved most. */
import type { ScoredBackground } from './score.ts';
import { scoreRows } from './score.ts';
import type { Activity, BackgroundSystem } from './technosphere.ts';

export interface ScoreChange {
  readonly process: string;
  readonly flow: string;
  readonly name: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** `after / before − 1`; null where there was nothing before. */
  readonly relative: number | null;
}

export interface VersionDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Same id, other exchanges, links or codes. */
  readonly changed: readonly string[];
  readonly unchanged: number;
  /** Largest relative changes of the total, per reference unit, of products that are in both. */
  readonly largestChanges: readonly ScoreChange[];
}

/** @param most how many of the largest changes are listed */
export function diffVersions(before: ScoredBackground, after: ScoredBackground, most = 50): VersionDiff {
  const old = fingerprints(before.system);
  const now = fingerprints(after.system);
  const both = [...now.keys()].filter((id) => old.has(id));
  const changed = both.filter((id) => old.get(id) !== now.get(id));
  return {
    added: [...now.keys()].filter((id) => !old.has(id)).sort(),
    removed: [...old.keys()].filter((id) => !now.has(id)).sort(),
    changed: changed.sort(),
    unchanged: both.length - changed.length,
    largestChanges: scoreChanges(before, after).slice(0, most),
  };
}

/** All that a version says of a process: products, what it takes from whom and gives to nature, and the gate's codes. */
function fingerprints({
  activities,
  technosphere,
  biosphere,
  natureFlows,
  findings,
}: BackgroundSystem): Map<string, string> {
  const texts = new Map<string, string[]>();
  activities.forEach((activity, at) => {
    const own = texts.get(activity.processId) ?? [];
    own.push(
      JSON.stringify([
        activity.processName,
        activity.location,
        activity.flowId,
        activity.unit,
        activity.allocationRule,
      ]),
    );
    for (let p = technosphere.start[at]!; p < technosphere.start[at + 1]!; p++) {
      own.push(`${keyOf(activities[technosphere.index[p]!]!)} ${technosphere.value[p]}`);
    }
    for (let p = biosphere.start[at]!; p < biosphere.start[at + 1]!; p++) {
      own.push(`${natureFlows[biosphere.index[p]!]!.id} ${biosphere.value[p]}`);
    }
    texts.set(activity.processId, own);
  });
  for (const { processId, code, exchangeId, action } of findings) {
    texts.get(processId)?.push(`${code} ${exchangeId} ${action}`);
  }
  return new Map([...texts].map(([id, lines]) => [id, lines.sort().join('\n')]));
}

const keyOf = ({ processId, flowId }: Activity) => `${processId} ${flowId}`;

function scoreChanges(before: ScoredBackground, after: ScoredBackground): ScoreChange[] {
  const old = new Map(scoreRows(before).map((row) => [keyOf(row.activity), row]));
  return scoreRows(after)
    .flatMap((row) => {
      const was = old.get(keyOf(row.activity));
      if (!was) return [];
      const { processId, flowId, processName, referenceUnit, unitInReferenceUnits } = row.activity;
      const previous = was.totalKgCo2e / was.activity.unitInReferenceUnits;
      const current = row.totalKgCo2e / unitInReferenceUnits;
      if (previous === current) return [];
      const relative = previous === 0 ? null : current / previous - 1;
      return {
        process: processId,
        flow: flowId,
        name: processName,
        unit: referenceUnit,
        before: previous,
        after: current,
        relative,
      };
    })
    .sort((a, b) => sizeOf(b) - sizeOf(a) || (a.process < b.process ? -1 : 1));
}

const sizeOf = ({ relative }: ScoreChange) => (relative === null ? Number.MAX_VALUE : Math.abs(relative));
