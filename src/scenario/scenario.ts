/** What a scenario is: readings for the streams, and which zone, product and data centre the main job answers for. */
import type { Category } from '../../schemas/documents/footprintCategories.ts';
import type { BackgroundProductRef, FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { Quality } from '../../schemas/fields.ts';
import type { GwpSetId } from '../../schemas/reference/gwp.ts';

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

/** Where the background comes from: a file in the data folder with its flow map, or the built-in example. */
export type BackgroundChoice =
  | { readonly kind: 'file'; readonly path: string; readonly flowMapPath: string; readonly name: string }
  | { readonly kind: 'example'; readonly name: string };

/** An input of `production.activity` by its item and unit there, and what it counts as in the footprint. */
export type InputLink = {
  readonly item: string;
  /** As in the readings. */
  readonly unit: string;
} & (
  | { readonly kind: 'background'; readonly product: BackgroundProductRef; readonly backgroundUnit: string }
  /** Metered kilowatt hours by the announced footprint factor. */
  | { readonly kind: 'official_electricity'; readonly zone: string; readonly year: number }
  /** Metered kilowatt hours by a background product. */
  | { readonly kind: 'background_electricity'; readonly product: BackgroundProductRef }
  /** Kilograms of a gas that the site itself emits. */
  | { readonly kind: 'direct_emission'; readonly species: string; readonly category: Category }
);

export interface ProductQuestion {
  /** `product` and `site` as the activity readings name them. */
  readonly id: string;
  readonly site: string;
  readonly name: string;
  readonly period: Period;
  /** What one unit of `output`, in `outputUnit`, is declared as. */
  readonly declaredUnit: FootprintInput['declaredUnit'];
  readonly outputUnit: string;
  readonly inputs: readonly InputLink[];
  readonly background: BackgroundChoice;
  readonly gwpSet: GwpSetId;
  readonly quality: Quality;
}

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
