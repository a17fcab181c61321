/** Energies and PUE of a facility's quarter hours from the energies of its points. */

import type { FacilityModel } from './facilityModel.ts';
import {
  type FacilityEvent,
  MARK,
  type PointEnergies,
  QUARTER_MS,
  type QuarterSpan,
} from './intervalGrid.ts';
import { type MeterTree, placeKey } from './meterTree.ts';
import { type IntervalTotals, intervalTotals, OWN_FLOWS, usedPoints } from './nodeTotals.ts';
import { intervalFindings } from './residuals.ts';

/** `valid`: both energies known and consistent. Only valid intervals count in published indicators. */
export type IntervalStatus = 'valid' | 'unknown' | 'inconsistent';
export type IntervalReason =
  | ''
  | 'no_total_meter'
  | 'no_it_meter'
  | 'total_unknown'
  | 'it_unknown'
  | 'negative_residual'
  | 'pue_below_one'
  | 'storage_or_generator';

export interface FacilityInterval {
  readonly startMs: number;
  readonly status: IntervalStatus;
  /** Why there is no PUE; empty where there is one. */
  readonly reason: IntervalReason;
  /** Electricity used on site, PV included; null is unknown. Fuel and bought cooling are added by the window. */
  readonly eDcWh: number | null;
  readonly eItWh: number | null;
  readonly coolingWh: number | null;
  /** Heat that is used outside; null where it is metered and unknown, 0 where nothing of the kind is declared. */
  readonly reuseWh: number | null;
  /** PV used on site, fed back left out. */
  readonly pvUsedWh: number | null;
  readonly pueInterval: number | null;
  /** Limits of what the interval can have been; null where no capacity is known. */
  readonly eDcLoWh: number;
  readonly eDcHiWh: number | null;
  readonly eItLoWh: number;
  readonly eItHiWh: number | null;
  /** The total was added up from below: losses that nobody measures are missing from it. */
  readonly totalDerived: boolean;
  readonly marks: number;
  /** Index into `usedSets`. */
  readonly usedSet: number;
}

/** Ids of the points behind a sum of totals and of IT energy; each list is an antichain of the tree. */
export interface UsedSet {
  readonly total: readonly string[];
  readonly it: readonly string[];
}

export interface FacilitySpan {
  readonly intervals: readonly FacilityInterval[];
  readonly usedSets: readonly UsedSet[];
  readonly events: readonly FacilityEvent[];
}

/** PUE may fall short of 1 by rounding of whole Wh. */
const ROUNDING = 1e-12;
const QUARTER_H = 0.25;

/** @param energies in the order of `model.tree.points` */
export function facilityIntervals(
  model: FacilityModel,
  energies: readonly PointEnergies[],
  span: QuarterSpan,
): FacilitySpan {
  const sets = new Map<string, number>();
  const usedSets: UsedSet[] = [];
  const events: FacilityEvent[] = [];
  const intervals: FacilityInterval[] = [];
  for (let at = 0; at < span.count; at++) {
    const quarter = new Quarter(model, energies, at);
    const used = quarter.usedPoints();
    const key = JSON.stringify(used);
    if (!sets.has(key)) {
      sets.set(key, usedSets.length);
      const ids = (points: readonly number[]) => points.map((point) => model.tree.points[point]!.id);
      usedSets.push({ total: ids(used.total), it: ids(used.it) });
    }
    const startMs = span.startMs + at * QUARTER_MS;
    const interval = quarter.interval(startMs, sets.get(key)!);
    intervals.push(interval);
    for (const finding of quarter.findings) events.push({ ...finding, startMs, endMs: startMs + QUARTER_MS });
    if (interval.reason === 'pue_below_one') {
      const found = interval.eDcWh! / interval.eItWh!;
      events.push({
        code: 'pue_below_one',
        at: model.id,
        startMs,
        endMs: startMs + QUARTER_MS,
        found,
        limit: 1,
      });
    }
  }
  return { intervals, usedSets, events };
}

/** One quarter hour of the tree. */
class Quarter {
  readonly findings: ReturnType<typeof intervalFindings>;
  private readonly model: FacilityModel;
  private readonly tree: MeterTree;
  private readonly energies: readonly PointEnergies[];
  private readonly at: number;
  private readonly totals: IntervalTotals;

  constructor(model: FacilityModel, energies: readonly PointEnergies[], at: number) {
    this.model = model;
    this.tree = model.tree;
    this.energies = energies;
    this.at = at;
    const energyOf = (point: number): number => energies[point]!.energyWh[at]!;
    this.totals = intervalTotals(model.tree, energyOf);
    this.findings = intervalFindings(model.tree, this.totals, energyOf);
  }

  interval(startMs: number, usedSet: number): FacilityInterval {
    const eDcWh = this.eDc();
    const eItWh = this.model.itPlaces.length === 0 ? Number.NaN : this.sum(this.model.itPlaces);
    const coolingWh = this.model.coolingPlaces.length === 0 ? Number.NaN : this.sum(this.model.coolingPlaces);
    const [status, reason] = this.judge(eDcWh, eItWh);
    const [eDcLoWh, eDcHiWh, eItLoWh, eItHiWh] = this.bounds(status, eDcWh, eItWh);
    return {
      startMs,
      status,
      reason,
      eDcWh: orNull(eDcWh),
      eItWh: orNull(eItWh),
      coolingWh: orNull(coolingWh),
      reuseWh: orNull(this.sum(this.sources(['heat_export']))),
      pvUsedWh: orNull(this.pvUsed()),
      pueInterval: reason === '' && eItWh > 0 ? eDcWh / eItWh : null,
      eDcLoWh,
      eDcHiWh: orNull(eDcHiWh),
      eItLoWh,
      eItHiWh: orNull(eItHiWh),
      totalDerived: this.roots().some((place) => this.isDerived(place)) && !Number.isNaN(eDcWh),
      marks: this.marks(),
      usedSet,
    };
  }

  usedPoints(): { total: number[]; it: number[] } {
    const measured = this.roots().every((root) => !this.isDerived(root));
    const pv = measured ? this.sources(['pv']) : [];
    return {
      total: usedPoints(this.tree, this.totals, [...this.roots(), ...pv]),
      it: usedPoints(this.tree, this.totals, this.model.itPlaces),
    };
  }

  private judge(eDcWh: number, eItWh: number): [IntervalStatus, IntervalReason] {
    if (this.findings.some(({ code }) => code === 'negative_residual'))
      return ['inconsistent', 'negative_residual'];
    if (this.tree.roots.length === 0) return ['unknown', 'no_total_meter'];
    if (this.model.itPlaces.length === 0) return ['unknown', 'no_it_meter'];
    if (Number.isNaN(eDcWh)) return ['unknown', 'total_unknown'];
    if (Number.isNaN(eItWh)) return ['unknown', 'it_unknown'];
    if (eDcWh >= eItWh * (1 - ROUNDING)) return ['valid', ''];
    // A mains failure: what discharges now was counted when it was charged, and fuel is counted by the window.
    const supplied = this.sum(this.sources(['storage', 'generator']));
    return supplied > 0 ? ['valid', 'storage_or_generator'] : ['inconsistent', 'pue_below_one'];
  }

  /** Electricity used: intake and PV that is not fed back; from below, less what storage and generators supply. */
  private eDc(): number {
    let sum = this.tree.roots.length === 0 ? Number.NaN : 0;
    let derived = false;
    for (const root of this.roots()) {
      sum += this.totals.energyWh[root]!;
      derived ||= this.isDerived(root);
    }
    if (derived) return sum - this.sum(this.sources(['storage', 'generator']));
    return sum + this.pvUsed();
  }

  private pvUsed(): number {
    const exportWh = this.tree.exports.reduce(
      (all, point) => all + this.energies[point]!.energyWh[this.at]!,
      0,
    );
    return Math.max(0, this.sum(this.sources(['pv'])) - exportWh);
  }

  private roots(): number[] {
    return this.tree.roots.map((root) => this.tree.placeOf.get(placeKey(root, 'in'))!);
  }

  private isDerived(place: number): boolean {
    return this.totals.way[place] !== OWN_FLOWS;
  }

  private sources(purposes: readonly string[]): number[] {
    return [...this.tree.nodes.values()]
      .filter(({ purpose }) => purpose !== undefined && purposes.includes(purpose))
      .map(({ id }) => this.tree.placeOf.get(placeKey(id, 'out'))!)
      .filter((place) => this.tree.places[place]!.flows.length > 0);
  }

  private sum(places: readonly number[]): number {
    let sum = 0;
    for (const place of places) sum += this.totals.energyWh[place]!;
    return sum;
  }

  private marks(): number {
    const { total, it } = this.usedPoints();
    let marks = 0;
    for (const point of [...total, ...it]) marks |= this.energies[point]!.marks[this.at]!;
    return marks & ~MARK.partial;
  }

  /** Known energies bound themselves; an unknown one lies between what is known of it and what its rating allows. */
  private bounds(status: IntervalStatus, eDcWh: number, eItWh: number): [number, number, number, number] {
    if (status === 'valid') return [eDcWh, eDcWh, eItWh, eItWh];
    const doubtful = status === 'inconsistent';
    const limitWh = (this.model.capacityW ?? Number.NaN) * QUARTER_H;
    const upper = (places: readonly number[]) => places.reduce((sum, place) => sum + this.upperWh(place), 0);
    const lower = (places: readonly number[]) => places.reduce((sum, place) => sum + this.lowerWh(place), 0);
    const pv = this.sources(['pv']);
    const dcKnown = !doubtful && !Number.isNaN(eDcWh);
    const itKnown = !doubtful && !Number.isNaN(eItWh);
    const roots = this.roots();
    const ratedWh = roots.length === 0 ? Number.NaN : upper(roots);
    const drawnHi = Number.isNaN(ratedWh) ? limitWh : ratedWh;
    const dcHi = dcKnown ? eDcWh : drawnHi + upper(pv);
    const itHi = itKnown ? eItWh : leastKnown(upper(this.model.itPlaces), dcHi);
    const itLo = itKnown ? eItWh : doubtful ? 0 : lower(this.model.itPlaces);
    const dcLo = dcKnown ? eDcWh : Math.max(doubtful ? 0 : lower(roots), itLo);
    return [dcLo, dcHi, itLo, itHi];
  }

  private lowerWh(place: number): number {
    const known = this.totals.energyWh[place]!;
    if (!Number.isNaN(known)) return known;
    const { flows, ways } = this.tree.places[place]!;
    const own = flows.reduce(
      (sum, { primary }) => sum + (primary === undefined ? 0 : this.energies[primary]!.knownWh[this.at]!),
      0,
    );
    return Math.max(own, ...ways.map((way) => way.reduce((sum, part) => sum + this.lowerWh(part), 0)));
  }

  private upperWh(place: number): number {
    const known = this.totals.energyWh[place]!;
    if (!Number.isNaN(known)) return known;
    const { flows, ways } = this.tree.places[place]!;
    if (flows.length === 0) {
      const [first = []] = ways;
      const feeds = first.length > 0 && first.every((part) => this.tree.places[part]!.at === 'feed');
      return feeds ? first.reduce((sum, part) => sum + this.upperWh(part), 0) : Number.NaN;
    }
    return flows.reduce((sum, { primary }) => {
      const rated = primary === undefined ? undefined : this.tree.points[primary]!.ratedPowerW;
      return sum + (rated ?? Number.NaN) * QUARTER_H;
    }, 0);
  }
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const leastKnown = (a: number, b: number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);
