/**
 * Monte Carlo on the whole background: each draw samples every uncertain exchange, solves for the scores of all
 * products again (a warm start from the stated amounts' scores), and checks the forward error. A draw is a function
 * of (background version, seed, draw) alone, so any number of threads gives the same bytes.
 */
import { type FeedbackForm, feedbackForm } from '../solver/feedbackForm.ts';
import { GmresSpace, solveByGmres } from '../solver/feedbackGmres.ts';
import { loopGains } from '../solver/loopGain.ts';
import { type ScaledSystem, scaleByPivots } from '../solver/scaledSystem.ts';
import { strongComponents } from '../solver/strongComponents.ts';
import { valuesAt } from './distribution.ts';
import type { DrawnParts, DrawnSystem } from './drawnSystem.ts';
import { drawKey, type Key, uniformsOf } from './keyedRandom.ts';

const DRAW_LIMITS = {
  tolerance: 1e-11,
  correctionTolerance: 1e-2,
  forwardError: 1e-9,
  scoreFloor: 1e-12,
  maxSweeps: 300,
  refinements: 4,
  /** A correction this small leaves nothing to refine. */
  settled: 1e-10,
} as const;

export interface DrawName {
  readonly version: string;
  readonly seed: number;
  readonly draw: number;
}

export type DrawOutcome =
  | { readonly dropped: false; readonly forwardError: number; readonly sweeps: number }
  | {
      readonly dropped: true;
      readonly reason: 'pivot changed sign' | 'did not converge' | 'forward error above the limit';
    };

/** Draws of one system in one thread; keeps its work space between draws. */
export class DrawScores {
  readonly #system: DrawnSystem;
  readonly #scaled: ScaledSystem;
  readonly #form: FeedbackForm;
  readonly #weight: Float64Array;
  /** Positions of the form's entries and of the places' pivots in `technosphere.value`. */
  readonly #entrySource: Int32Array;
  readonly #entryPlace: Int32Array;
  readonly #base: Float64Array;
  readonly #uniforms: Float64Array;
  readonly #amounts: Float64Array;
  readonly #entries: Float64Array;
  readonly #direct: Float64Array;
  readonly #pivot: Float64Array;
  readonly #value: Float64Array;
  readonly #space: GmresSpace;
  readonly #rightHandSides: Float64Array;
  readonly #scores: Float64Array;

  /** @throws Refusal of `scaleByPivots` */
  constructor(system: DrawnSystem) {
    this.#system = system;
    const scaled = scaleByPivots(system.base);
    this.#scaled = scaled;
    const { n, dependencies } = scaled;
    const components = strongComponents(dependencies.start, dependencies.index);
    this.#form = feedbackForm(scaled, components.order, new Int32Array(n).fill(-1));
    const { order, origin, start } = this.#form;
    // Places of the form are members of `components.order`; from here on they are activities.
    for (let k = 0; k < n; k++) order[k] = components.order[order[k]!]!;
    const weight = new Float64Array(n).fill(1);
    for (const { component, vector } of loopGains(scaled, components, {
      decide: 0.999,
      tolerance: Infinity,
    })) {
      const first = components.start[component]!;
      vector.forEach((size, at) => {
        weight[components.order[first + at]!] = size;
      });
    }
    this.#weight = Float64Array.from(order, (activity) => weight[activity]!);
    this.#entrySource = origin.map((p) => scaled.dependencySource[p]!);
    this.#entryPlace = new Int32Array(origin.length);
    for (let k = 0; k < n; k++) this.#entryPlace.fill(k, start[k], start[k + 1]);
    this.#uniforms = new Float64Array(system.exchanges.keyLow.length);
    this.#amounts = new Float64Array(system.exchanges.keyLow.length);
    this.#entries = new Float64Array(system.certainTechnosphere.length);
    this.#direct = new Float64Array(n);
    this.#pivot = new Float64Array(n);
    this.#value = new Float64Array(origin.length);
    this.#space = new GmresSpace(this.#form, 1);
    this.#rightHandSides = new Float64Array(n);
    this.#scores = new Float64Array(n);
    this.#base = this.#solveBase();
  }

  get products(): number {
    return this.#scaled.n;
  }

  /**
   * Draws and solves.
   * @param out n scores by product row; written only where the draw is not dropped
   */
  draw({ version, seed, draw }: DrawName, out: Float64Array): DrawOutcome {
    this.#sample(drawKey(version, seed, draw));
    if (!this.#scale()) return { dropped: true, reason: 'pivot changed sign' };
    this.#scores.set(this.#base);
    const solved = this.#solve();
    if (!solved) return { dropped: true, reason: 'did not converge' };
    if (!(solved.forwardError <= DRAW_LIMITS.forwardError)) {
      return { dropped: true, reason: 'forward error above the limit' };
    }
    const { maker } = this.#scaled;
    const placeOf = this.#placeOf;
    for (let i = 0; i < out.length; i++) out[i] = this.#scores[placeOf[maker[i]!]!]!;
    return { dropped: false, ...solved };
  }

  #placesByActivity: Int32Array | undefined;

  get #placeOf(): Int32Array {
    if (!this.#placesByActivity) {
      const places = new Int32Array(this.#scaled.n);
      this.#form.order.forEach((activity, place) => {
        places[activity] = place;
      });
      this.#placesByActivity = places;
    }
    return this.#placesByActivity;
  }

  /** Scores at the stated amounts, from which every draw starts. */
  #solveBase(): Float64Array {
    this.#entries.set(this.#system.base.technosphere.value);
    this.#direct.set(this.#system.direct);
    this.#scale();
    this.#scores.fill(0);
    this.#solve();
    return this.#scores.slice();
  }

  #sample(key: Key): void {
    const { exchanges, certainTechnosphere, certainDirect, technosphereParts, directParts } = this.#system;
    const amounts = this.#amounts;
    uniformsOf(key, exchanges.keyLow, exchanges.keyHigh, this.#uniforms);
    valuesAt(exchanges.distribution, this.#uniforms, amounts);
    addParts(technosphereParts, amounts, certainTechnosphere, this.#entries);
    addParts(directParts, amounts, certainDirect, this.#direct);
  }

  /** False where a drawn pivot is 0 or has another sign than the output it stands for. */
  #scale(): boolean {
    const { pivotSource, n } = this.#scaled;
    const { output } = this.#system.base;
    const { order } = this.#form;
    for (let k = 0; k < n; k++) {
      const activity = order[k]!;
      const pivot = this.#entries[pivotSource[activity]!]!;
      if (!(pivot * output[activity]! > 0)) return false;
      this.#pivot[k] = pivot;
      this.#rightHandSides[k] = this.#direct[activity]! / pivot;
    }
    const value = this.#value;
    for (let p = 0; p < value.length; p++) {
      value[p] = -this.#entries[this.#entrySource[p]!]! / this.#pivot[this.#entryPlace[p]!]!;
    }
    return true;
  }

  /** Solves from `#scores` on, then once more for the residual: that correction beside the score is the error. */
  #solve(): { forwardError: number; sweeps: number } | undefined {
    const { tolerance, correctionTolerance, maxSweeps, scoreFloor, refinements, settled } = DRAW_LIMITS;
    const scores = this.#scores;
    const run = (unknown: Float64Array, rightHandSides: Float64Array, share: number) =>
      solveByGmres(this.#space, this.#value, unknown, rightHandSides, this.#weight, {
        tolerance: share,
        maxSweeps,
      });
    const first = run(scores, this.#rightHandSides, tolerance);
    if (first === undefined) return undefined;
    let sweeps = first;
    let forwardError = Number.POSITIVE_INFINITY;
    for (let refinement = 0; refinement < refinements && !(forwardError <= settled); refinement++) {
      const residual = this.#residual();
      const correction = new Float64Array(scores.length);
      const more = run(correction, residual, correctionTolerance);
      if (more === undefined) return undefined;
      sweeps += more;
      const before = forwardError;
      forwardError = 0;
      for (let k = 0; k < scores.length; k++) {
        scores[k]! += correction[k]!;
        const size = Math.abs(scores[k]!);
        if (size <= scoreFloor) continue;
        const relative = Math.abs(correction[k]!) / size;
        if (!(relative <= forwardError)) forwardError = relative;
      }
      if (forwardError >= before / 2) break;
    }
    return { forwardError, sweeps };
  }

  /** Right-hand side plus what each place depends on, less what it has: all as they stand. */
  #residual(): Float64Array {
    const { size, start, index } = this.#form;
    const out = new Float64Array(size);
    for (let k = 0, p = 0; k < size; k++) {
      let sum = this.#rightHandSides[k]! - this.#scores[k]!;
      for (const end = start[k + 1]!; p < end; p++) sum += this.#value[p]! * this.#scores[index[p]!]!;
      out[k] = sum;
    }
    return out;
  }
}

function addParts(
  { place, exchange, coefficient }: DrawnParts,
  amounts: Float64Array,
  certain: Float64Array,
  out: Float64Array,
): void {
  out.set(certain);
  for (let p = 0; p < place.length; p++) out[place[p]!]! += coefficient[p]! * amounts[exchange[p]!]!;
}
