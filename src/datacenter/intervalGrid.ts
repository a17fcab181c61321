/** The 15-min grid on which the energies of a facility stand, and the marks that an energy carries. */

export const QUARTER_S = 900;
export const QUARTER_MS = QUARTER_S * 1_000;

/** Half-open span of whole quarter hours (ms since 1970). */
export interface QuarterSpan {
  readonly startMs: number;
  readonly count: number;
}

/** How an interval's energy came about; several marks may stand on one. */
export const MARK = {
  /** A boundary of the interval was interpolated between two register readings. */
  interpolated: 1,
  /** A longer interval was divided, or an interval that lies across the boundary. */
  resampled: 2,
  /** Only a part of the interval is known; the energy of the whole is unknown. */
  partial: 4,
  estimated: 8,
  simulated: 16,
  suspect: 32,
  /** The register passed its largest value. */
  wrapped: 64,
} as const;

/** Energies of one point, one a quarter; NaN is unknown, never 0. */
export interface PointEnergies {
  readonly energyWh: Float64Array;
  /** What is known of the interval, also where the whole is not: a lower bound. */
  readonly knownWh: Float64Array;
  /** Share of the interval's time that `knownWh` covers, 0 to 1. */
  readonly knownShare: Float64Array;
  readonly marks: Uint8Array;
}

export const emptyEnergies = (count: number): PointEnergies => ({
  energyWh: new Float64Array(count).fill(Number.NaN),
  knownWh: new Float64Array(count),
  knownShare: new Float64Array(count),
  marks: new Uint8Array(count),
});

/** Codes of what is odd about a facility's data; nothing is repaired because of one. */
export type EventCode =
  | 'counter_reset'
  | 'counter_wrap'
  | 'overlap'
  | 'kind_mismatch'
  | 'group_mismatch'
  | 'negative_residual'
  | 'ups_efficiency'
  | 'pue_below_one'
  | 'silent';

/** Something odd at a point or node of the tree over a span of time. */
export interface FacilityEvent {
  readonly code: EventCode;
  /** Point or node. */
  readonly at: string;
  readonly startMs: number;
  readonly endMs: number;
  /** What was found and what would be right, in numbers of the field's unit. */
  readonly found: number;
  readonly limit: number;
}
