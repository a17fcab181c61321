/** One figure of a report, with at most 20 of its sources named. */
import type { FigureDraft } from '../report/sealReport.ts';

export type FigureInput = Omit<FigureDraft, 'sourceCount' | 'reason' | 'sources'> & {
  /** All of them. */
  readonly sources: readonly string[];
  /** Why there is no value; left out of a figure that has one. */
  readonly reason?: string;
};

const NAMED_SOURCES = 20;

export function figure({ sources, value, reason = '', origin, ...rest }: FigureInput): FigureDraft {
  const known = value !== null && Number.isFinite(value);
  return {
    ...rest,
    value: known ? value : null,
    reason: known ? '' : reason || 'unknown',
    origin: known ? origin : 'none',
    lowerBound: known && rest.lowerBound,
    sources: sources.slice(0, NAMED_SOURCES),
    sourceCount: sources.length,
  };
}

/** Null where any part is unknown, and for no parts at all. */
export const sumOrNull = (values: readonly (number | null)[]): number | null =>
  values.length === 0
    ? null
    : values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
