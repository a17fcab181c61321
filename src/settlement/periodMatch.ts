/**
 * The legal match over a whole month, streamed interval by interval: memory holds the meters' series and one bucket,
 * never contracts x intervals. Used for the environmental value (month) and for the quarter-hour analysis alike.
 */
import type { SettlementRuleSet } from '../../schemas/reference/settlementRules.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { BucketMatcher, LIMITS, type MarketTopology } from './bucketMatch.ts';
import { bucketId } from './buckets.ts';
import type { ContractCurves, MonthQuarters } from './contractCurve.ts';
import { settleInUnits } from './settledUnit.ts';
import { QUARTER_MS } from './settlementCalendar.ts';

/** Whole Wh of every quarter hour of one point; `missing` is 1 where there is no reading (its value is then 0). */
export interface MeteredSeries {
  readonly id: string;
  readonly wh: Float64Array;
  readonly missing: Uint8Array;
}

/** A market month with everything in one order; contracts refer to positions. */
export interface MonthSeries {
  readonly month: MonthQuarters;
  readonly plants: readonly MeteredSeries[];
  readonly users: readonly MeteredSeries[];
  readonly contracts: MarketTopology['contracts'];
  readonly curves: ContractCurves;
}

/** What a contract came to over the month. */
export interface ContractOutcome {
  readonly contractWh: bigint;
  readonly qWh: bigint;
  readonly settledWh: bigint;
  readonly tailInWh: bigint;
  readonly tailOutWh: bigint;
  readonly droppedWh: bigint;
  readonly heldBuckets: number;
  /** The side on which most of the shortfall lies; `contract` where the contract was met. */
  readonly limit: 'contract' | 'generation' | 'use';
}

export interface PeriodMatch {
  readonly contracts: readonly ContractOutcome[];
  readonly buckets: number;
}

/** Sees every bucket after its match; the matcher's arrays are overwritten by the next one. */
export type OnBucket = (bucket: { firstInterval: number; intervals: number }, matcher: BucketMatcher) => void;

/**
 * Settles a month by a quantity rule, carrying each contract's tail from bucket to bucket.
 * @param tailsInWh opening tails in the order of the contracts
 * @throws Refusal E_WH_TOO_LARGE where a bucket reaches 2^53 Wh
 */
export function matchPeriod(
  series: MonthSeries,
  rule: SettlementRuleSet['environment'],
  tailsInWh: readonly bigint[],
  onBucket?: OnBucket,
): PeriodMatch {
  const matcher = new BucketMatcher({
    plantCount: series.plants.length,
    userCount: series.users.length,
    contracts: series.contracts,
  });
  const sums = new BucketSums(series);
  const tally = new ContractTally(rule, tailsInWh);
  const { firstMs, count } = series.month;
  const idAt = (interval: number) => bucketId(firstMs + interval * QUARTER_MS, rule.granularity);
  let buckets = 0;
  let from = 0;
  while (from < count) {
    const id = idAt(from);
    sums.clear();
    let to = from;
    do sums.add(to++);
    while (to < count && rule.granularity !== '15min' && idAt(to) === id);
    sums.refuseTooLarge(id);
    const held = rule.missing === 'hold' && { plantHeld: sums.plantMissing, userHeld: sums.userMissing };
    matcher.match(id, {
      generatedWh: sums.generatedWh,
      usedWh: sums.usedWh,
      contractWh: sums.contractWh,
      ...held,
    });
    tally.add(matcher, sums.contractWh);
    onBucket?.({ firstInterval: from, intervals: to - from }, matcher);
    buckets++;
    from = to;
  }
  return { contracts: tally.outcomes(), buckets };
}

/** Sums of one bucket. */
class BucketSums {
  readonly generatedWh: Float64Array;
  readonly usedWh: Float64Array;
  readonly contractWh: Float64Array;
  readonly plantMissing: Uint8Array;
  readonly userMissing: Uint8Array;
  readonly #series: MonthSeries;
  readonly #quarterWh: Float64Array;

  constructor(series: MonthSeries) {
    this.#series = series;
    this.generatedWh = new Float64Array(series.plants.length);
    this.usedWh = new Float64Array(series.users.length);
    this.contractWh = new Float64Array(series.contracts.length);
    this.plantMissing = new Uint8Array(series.plants.length);
    this.userMissing = new Uint8Array(series.users.length);
    this.#quarterWh = new Float64Array(series.contracts.length);
  }

  clear(): void {
    for (const values of [this.generatedWh, this.usedWh, this.contractWh]) values.fill(0);
    for (const flags of [this.plantMissing, this.userMissing]) flags.fill(0);
  }

  add(interval: number): void {
    addReadings(this.#series.plants, interval, this.generatedWh, this.plantMissing);
    addReadings(this.#series.users, interval, this.usedWh, this.userMissing);
    this.#series.curves.fill(interval, this.#quarterWh);
    for (let k = 0; k < this.contractWh.length; k++) this.contractWh[k]! += this.#quarterWh[k]!;
  }

  refuseTooLarge(bucket: string): void {
    for (const values of [this.generatedWh, this.usedWh, this.contractWh]) {
      let total = 0;
      for (const wh of values) total += wh;
      if (total >= Number.MAX_SAFE_INTEGER) {
        throw new Refusal('the energy of one bucket reaches 2^53 Wh', {
          code: 'E_WH_TOO_LARGE',
          place: bucket,
        });
      }
    }
  }
}

function addReadings(
  series: readonly MeteredSeries[],
  interval: number,
  sums: Float64Array,
  missing: Uint8Array,
): void {
  for (let at = 0; at < series.length; at++) {
    sums[at]! += series[at]!.wh[interval]!;
    if (series[at]!.missing[interval] === 1) missing[at] = 1;
  }
}

/** Sums per contract over the buckets. */
class ContractTally {
  readonly #rule: { unitWh: bigint; tail: 'carry' | 'drop' };
  readonly #tailsInWh: readonly bigint[];
  readonly #tailsWh: Float64Array;
  readonly #contractWh: Float64Array;
  readonly #qWh: Float64Array;
  readonly #settledWh: Float64Array;
  readonly #droppedWh: Float64Array;
  readonly #shortWh: Record<'generation' | 'use', Float64Array>;
  readonly #held: Uint32Array;

  constructor(rule: { unitWh: number; tail: 'carry' | 'drop' }, tailsInWh: readonly bigint[]) {
    const zeros = () => new Float64Array(tailsInWh.length);
    this.#rule = { unitWh: BigInt(rule.unitWh), tail: rule.tail };
    this.#tailsInWh = tailsInWh;
    this.#tailsWh = Float64Array.from(tailsInWh, Number);
    this.#contractWh = zeros();
    this.#qWh = zeros();
    this.#settledWh = zeros();
    this.#droppedWh = zeros();
    this.#shortWh = { generation: zeros(), use: zeros() };
    this.#held = new Uint32Array(tailsInWh.length);
  }

  add(matcher: BucketMatcher, contractWh: Float64Array): void {
    const wholeWh = this.#rule.unitWh === 1n;
    for (let k = 0; k < contractWh.length; k++) {
      const limit = LIMITS[matcher.limit[k]!]!;
      const qWh = matcher.qWh[k]!;
      this.#contractWh[k]! += contractWh[k]!;
      if (limit === 'held') {
        this.#held[k]!++;
        continue;
      }
      if (limit !== 'contract') this.#shortWh[limit][k]! += contractWh[k]! - qWh;
      this.#qWh[k]! += qWh;
      if (wholeWh && this.#tailsWh[k] === 0) this.#settledWh[k]! += qWh;
      else this.#settle(k, qWh);
    }
  }

  #settle(k: number, qWh: number): void {
    const settled = settleInUnits(BigInt(qWh), BigInt(this.#tailsWh[k]!), this.#rule);
    this.#settledWh[k]! += Number(settled.settledWh);
    this.#tailsWh[k] = Number(settled.tailOutWh);
    this.#droppedWh[k]! += Number(settled.droppedWh);
  }

  outcomes(): ContractOutcome[] {
    return this.#tailsInWh.map((tailInWh, k) => ({
      contractWh: BigInt(this.#contractWh[k]!),
      qWh: BigInt(this.#qWh[k]!),
      settledWh: BigInt(this.#settledWh[k]!),
      tailInWh,
      tailOutWh: BigInt(this.#tailsWh[k]!),
      droppedWh: BigInt(this.#droppedWh[k]!),
      heldBuckets: this.#held[k]!,
      limit: this.#limitOf(k),
    }));
  }

  #limitOf(k: number): ContractOutcome['limit'] {
    const byGeneration = this.#shortWh.generation[k]!;
    const byUse = this.#shortWh.use[k]!;
    if (byGeneration === 0 && byUse === 0) return 'contract';
    return byGeneration >= byUse ? 'generation' : 'use';
  }
}
