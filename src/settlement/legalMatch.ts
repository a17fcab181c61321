/**
 * Engine 1, the legal matcher 三者取小: it pays money and moves certificates. Checks the call,
 * groups intervals into buckets, settles each, brings quantities to the settled unit and carries the tails.
 * Single pass by rule: a plant's surplus is not offered again to users who still need it.
 */
import { Refusal } from '../../schemas/refusal.ts';
import { type BucketEnergy, BucketMatcher, LIMITS } from './bucketMatch.ts';
import { type Bucket, groupIntoBuckets } from './buckets.ts';
import { compareUtf8 } from './byteOrder.ts';
import type { Rational } from './exactRational.ts';
import { type CheckedRule, checkLegalInput } from './legalChecks.ts';
import { settleInUnits } from './settledUnit.ts';

/** Energy per interval in whole Wh; `null` = no reading (plants and users only). */
export interface LegalSeries {
  readonly id: string;
  readonly wh: ArrayLike<number | bigint | null>;
}

export interface LegalContract extends LegalSeries {
  readonly plant: string;
  readonly user: string;
}

export interface LegalMatchInput {
  /** Rule data of the market; unknown values are refused by name. */
  readonly rule: {
    readonly granularity: string;
    readonly missing: string;
    readonly unitWh: number | bigint;
    readonly tail: string;
    readonly passes: number;
  };
  /** UTC starts of the intervals, in any order. */
  readonly intervals: readonly string[];
  readonly plants: readonly LegalSeries[];
  readonly users: readonly LegalSeries[];
  readonly contracts: readonly LegalContract[];
  /** Tails with which the period opens, by contract. */
  readonly tailsInWh?: Readonly<Record<string, number | bigint>>;
}

export interface LegalLine {
  readonly contract: string;
  readonly plant: string;
  readonly user: string;
  readonly contractWh: bigint;
  readonly exactWh: Rational;
  readonly qWh: bigint;
  readonly limit: 'contract' | 'generation' | 'use';
  readonly tailInWh: bigint;
  readonly settledWh: bigint;
  readonly tailOutWh: bigint;
}

/** A point's metered energy (null where a reading is missing and the rule holds), what was matched and what is left. */
export interface PointBalance {
  readonly meteredWh: bigint | null;
  readonly matchedWh: bigint;
  readonly leftWh: bigint | null;
}

export interface LegalBucket {
  readonly bucket: string;
  /** By contract id; held contracts have no line. */
  readonly lines: readonly LegalLine[];
  readonly plants: ReadonlyMap<string, PointBalance>;
  readonly users: ReadonlyMap<string, PointBalance>;
  readonly totalWh: bigint;
  readonly roundingResidual: Rational;
  readonly roundingSkipped: readonly string[];
  readonly droppedWh: bigint;
  readonly heldContracts: readonly string[];
  readonly missingPoints: readonly string[];
}

export interface LegalMatchResult {
  readonly buckets: readonly LegalBucket[];
  /** Closing tail of every contract, and opening tails of contracts that this call does not know, unchanged. */
  readonly tailsOutWh: ReadonlyMap<string, bigint>;
}

/** Points and contracts sorted by id, so that no result can depend on the order of the lists. */
interface SortedMarket {
  readonly plants: readonly LegalSeries[];
  readonly users: readonly LegalSeries[];
  readonly contracts: readonly LegalContract[];
}

/**
 * Settles a market over its buckets.
 * @throws Refusal with the codes of `legalChecks.ts` (and E_RULE_GRANULARITY, E_RULE_UNIT, E_DUP_POINT, E_INSTANT,
 * E_WH_TOO_LARGE for what that list leaves open); a refused call settles nothing
 */
export function legalMatch(input: LegalMatchInput): LegalMatchResult {
  const rule = checkLegalInput(input);
  const market: SortedMarket = {
    plants: byId(input.plants),
    users: byId(input.users),
    contracts: byId(input.contracts),
  };
  const matcher = new BucketMatcher(topology(market));
  const tails = new Map(Object.entries(input.tailsInWh ?? {}).map(([id, wh]) => [id, BigInt(wh)]));
  for (const { id } of market.contracts) if (!tails.has(id)) tails.set(id, 0n);
  const buckets = groupIntoBuckets(input.intervals, rule.granularity).map((bucket) =>
    settleBucket(bucket, rule, market, matcher, tails),
  );
  const tailsOutWh = new Map([...tails].sort(([a], [b]) => compareUtf8(a, b)));
  return { buckets, tailsOutWh };
}

function settleBucket(
  bucket: Bucket,
  rule: CheckedRule,
  market: SortedMarket,
  matcher: BucketMatcher,
  tails: Map<string, bigint>,
): LegalBucket {
  const plants = sumOverBucket(market.plants, bucket);
  const users = sumOverBucket(market.users, bucket);
  const hold = rule.missing === 'hold';
  const energy: BucketEnergy = {
    generatedWh: plants.wh,
    usedWh: users.wh,
    contractWh: sumOverBucket(market.contracts, bucket).wh,
    ...(hold && { plantHeld: plants.missing, userHeld: users.missing }),
  };
  refuseTooLarge(bucket.id, energy);
  matcher.match(bucket.id, energy);
  const held = market.contracts.filter((_, k) => LIMITS[matcher.limit[k]!] === 'held');
  const { lines, droppedWh } = settleLines(market, matcher, energy, rule, tails);
  return {
    bucket: bucket.id,
    lines,
    plants: balances(market.plants, plants, matcher.plantMatched, hold),
    users: balances(market.users, users, matcher.userMatched, hold),
    totalWh: BigInt(matcher.totalWh),
    roundingResidual: matcher.exactResidual(),
    roundingSkipped: matcher.skipped.map((k) => market.contracts[k]!.id),
    droppedWh,
    heldContracts: held.map((contract) => contract.id),
    missingPoints: [...missingIds(market.plants, plants), ...missingIds(market.users, users)].sort(
      compareUtf8,
    ),
  };
}

function settleLines(
  market: SortedMarket,
  matcher: BucketMatcher,
  energy: BucketEnergy,
  rule: CheckedRule,
  tails: Map<string, bigint>,
): { lines: LegalLine[]; droppedWh: bigint } {
  const lines: LegalLine[] = [];
  let droppedWh = 0n;
  market.contracts.forEach((contract, k) => {
    const limit = LIMITS[matcher.limit[k]!]!;
    // A held contract keeps its tail for the bucket in which it settles.
    if (limit === 'held') return;
    const qWh = BigInt(matcher.qWh[k]!);
    const tailInWh = tails.get(contract.id)!;
    const settled = settleInUnits(qWh, tailInWh, rule);
    tails.set(contract.id, settled.tailOutWh);
    droppedWh += settled.droppedWh;
    lines.push({
      contract: contract.id,
      plant: contract.plant,
      user: contract.user,
      contractWh: BigInt(energy.contractWh[k]!),
      exactWh: matcher.exactQuantity(k, energy),
      qWh,
      limit,
      tailInWh,
      settledWh: settled.settledWh,
      tailOutWh: settled.tailOutWh,
    });
  });
  return { lines, droppedWh };
}

interface BucketSums {
  readonly wh: Float64Array;
  readonly missing: Uint8Array;
}

function sumOverBucket(series: readonly LegalSeries[], bucket: Bucket): BucketSums {
  const wh = new Float64Array(series.length);
  const missing = new Uint8Array(series.length);
  series.forEach((one, at) => {
    for (const interval of bucket.intervals) {
      const value = one.wh[interval]!;
      if (value === null) missing[at] = 1;
      else wh[at]! += Number(value);
    }
  });
  return { wh, missing };
}

function balances(
  series: readonly LegalSeries[],
  sums: BucketSums,
  matched: Float64Array,
  hold: boolean,
): Map<string, PointBalance> {
  return new Map(
    series.map(({ id }, at): [string, PointBalance] => {
      const matchedWh = BigInt(matched[at]!);
      if (hold && sums.missing[at] === 1) return [id, { meteredWh: null, matchedWh, leftWh: null }];
      const meteredWh = BigInt(sums.wh[at]!);
      return [id, { meteredWh, matchedWh, leftWh: meteredWh - matchedWh }];
    }),
  );
}

function missingIds(series: readonly LegalSeries[], sums: BucketSums): string[] {
  return series.filter((_, at) => sums.missing[at] === 1).map(({ id }) => id);
}

/** Sums are exact only below 2^53 Wh; no real market comes near (9,007 TWh in one bucket). */
function refuseTooLarge(bucket: string, { generatedWh, usedWh, contractWh }: BucketEnergy): void {
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  if (Math.max(total(generatedWh), total(usedWh), total(contractWh)) >= Number.MAX_SAFE_INTEGER) {
    throw new Refusal('the energy of one bucket reaches 2^53 Wh', { code: 'E_WH_TOO_LARGE', place: bucket });
  }
}

function topology(market: SortedMarket) {
  const plantAt = new Map(market.plants.map(({ id }, at) => [id, at]));
  const userAt = new Map(market.users.map(({ id }, at) => [id, at]));
  return {
    plantCount: market.plants.length,
    userCount: market.users.length,
    contracts: market.contracts.map(({ id, plant, user }) => ({
      id,
      plant: plantAt.get(plant)!,
      user: userAt.get(user)!,
    })),
  };
}

function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => compareUtf8(a.id, b.id));
}
