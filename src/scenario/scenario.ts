/** What a scenario is: readings for the streams, and which zone, product and data centre the main job answers for. */
import type { FootprintQuestion } from '../../schemas/documents/footprintQuestion.ts';
import type { Quality } from '../../schemas/fields.ts';

/** `mixed`: measured and simulated readings stand side by side, each with its own quality. */
export type ScenarioOrigin = 'measured' | 'mixed' | 'simulated';

export type Reading = Record<string, unknown>;

export interface Scenario {
  readonly name: string;
  readonly origin: ScenarioOrigin;
  /** Topics that have readings, in the order in which they are best produced (who there is comes first). */
  readonly topics: readonly string[];
  /** The readings of a topic in a fixed order; the same every time it is called. Empty for a topic it has not. */
  readings(topic: string): Iterable<Reading>;
  readonly answers: ScenarioAnswers;
  /** What a reader of the answers must know: what is measured, what simulated, what was left out and why. */
  readonly notes: readonly string[];
}

export interface ScenarioAnswers {
  readonly zone: ZoneQuestion;
  readonly product: ProductQuestion;
  readonly dataCenter: DataCenterQuestion;
}

/** Half-open, UTC instants. */
export interface Period {
  readonly start: string;
  readonly end: string;
}

export interface ZoneQuestion {
  readonly id: string;
  readonly name: string;
  readonly period: Period;
  readonly stepS: number;
  /** Id in `schemas/reference/fuelFactors.ts`. */
  readonly factorSet: string;
  readonly quality: Quality;
}

export type ProductQuestion = FootprintQuestion & { readonly quality: Quality };

export interface DataCenterQuestion {
  readonly id: string;
  readonly name: string;
  /** Settlement month, a civil month of Asia/Shanghai, `YYYY-MM`. */
  readonly month: string;
  readonly period: Period;
  /** Meters whose energies add up to the metered use: none of them feeds another. */
  readonly useMeters: readonly string[];
  readonly quality: Quality;
}
