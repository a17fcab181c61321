/** What was read otherwise than it stands in an hour's readings: counted for the lineage, and named zone by zone. */

export const ROW_FLAGS = [
  'assumed_stock',
  'disputed',
  'inherited',
  'partial_sum',
  'quarantined',
  'resampled',
] as const;
export type RowFlag = (typeof ROW_FLAGS)[number];

export interface NoteCounts {
  /** Readings that are no part of an hour: longer than it, shorter than a minute, or not aligned with it. */
  unusable: number;
  /** Readings that were split into finer steps. */
  resampled: number;
  /** Negative production, used as missing. */
  corrected: number;
  /** Flows with two reports that differ; the source that ranks first is used. */
  disputed: number;
  /** Readings that are not plausible: quarantined, and missing from the tracing. */
  quarantined: number;
  /** Readings of a zone whose sub-zones are traced; they are not used. */
  aboveNodes: number;
}

export interface HourNotes {
  readonly counts: NoteCounts;
  flag(zones: readonly string[], flag: RowFlag): void;
  correct(zone: string, mode: string): void;
  flagsOf(zone: string): RowFlag[];
  correctedModesOf(zone: string): string[];
}

export function hourNotes(): HourNotes {
  const flags = new Map<string, Set<RowFlag>>();
  const corrected = new Map<string, Set<string>>();
  const add = <T>(map: Map<string, Set<T>>, zone: string, value: T) => {
    map.set(zone, (map.get(zone) ?? new Set()).add(value));
  };
  return {
    counts: { unusable: 0, resampled: 0, corrected: 0, disputed: 0, quarantined: 0, aboveNodes: 0 },
    flag: (zones, flag) => {
      for (const zone of zones) add(flags, zone, flag);
    },
    correct: (zone, mode) => add(corrected, zone, mode),
    flagsOf: (zone) => [...(flags.get(zone) ?? [])].sort(),
    correctedModesOf: (zone) => [...(corrected.get(zone) ?? [])].sort(),
  };
}
