/** The large synthetic market month of `large.json`, drawn from its seed by portable 32-bit functions. */
import { createHash } from 'node:crypto';
import { BucketMatcher, LIMITS } from '../bucketMatch.ts';
import { bucketId } from '../buckets.ts';
import { amountFen } from '../money/amount.ts';
import { QUARTER_MS } from '../settlementCalendar.ts';

const PLANTS = 200;
const DATA_CENTERS = 100;
const INTERVALS = 2_976;
const QUARTERS_A_DAY = 96;
const PLANTS_PER_DATA_CENTER = 20;
const FIRST_START_MS = Date.UTC(2026, 1, 28, 16);
const TWO_32 = 2 ** 32;

/** One generator's whole numbers in [0, 2^32). */
export function mulberry32(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export interface LargeMonth {
  readonly plantCount: number;
  readonly userCount: number;
  readonly contracts: readonly { readonly id: string; readonly plant: number; readonly user: number }[];
  readonly quantityWh: Float64Array;
  readonly energyPrice: Float64Array;
  readonly envPrice: Float64Array;
  /** Interval-major. */
  readonly generatedWh: Float64Array;
  readonly usedWh: Float64Array;
}

/** Draws the month in the stated order of draws (data/settlement/README.md). */
export function largeMonth(seed: number, mode: 'sparse' | 'full'): LargeMonth {
  const next = mulberry32(seed);
  const below = (count: number) => Math.floor((next() * count) / TWO_32);
  const between = (low: number, high: number) => low + below(high - low + 1);
  const capWh = Float64Array.from({ length: PLANTS }, () => between(1, 8) * 1_000_000);
  const baseWh = Float64Array.from({ length: DATA_CENTERS }, () => between(1_000_000, 10_000_000));
  const drawn: { plant: number; user: number; wh: number }[] = [];
  for (let user = 0; user < DATA_CENTERS; user++) {
    if (mode === 'full') {
      for (let plant = 0; plant < PLANTS; plant++) {
        drawn.push({ plant, user, wh: Math.floor((baseWh[user]! * between(1, 20)) / 1000) });
      }
      continue;
    }
    const taken = new Set<number>();
    while (taken.size < PLANTS_PER_DATA_CENTER) {
      const plant = below(PLANTS);
      if (taken.has(plant)) continue;
      taken.add(plant);
      drawn.push({ plant, user, wh: Math.floor((baseWh[user]! * between(20, 100)) / 1000) });
    }
  }
  const energyPrice = Float64Array.from(drawn, () => between(200_000, 400_000));
  const envPrice = Float64Array.from(drawn, () => between(5_000, 40_000));
  const generatedWh = new Float64Array(INTERVALS * PLANTS);
  const usedWh = new Float64Array(INTERVALS * DATA_CENTERS);
  for (let t = 0; t < INTERVALS; t++) {
    const quarter = t % QUARTERS_A_DAY;
    for (let i = 0; i < PLANTS; i++) generatedWh[t * PLANTS + i] = output(i, capWh[i]!, quarter, next());
    for (let j = 0; j < DATA_CENTERS; j++) {
      usedWh[t * DATA_CENTERS + j] = Math.floor((baseWh[j]! * (850 + below(301))) / 1000);
    }
  }
  return {
    plantCount: PLANTS,
    userCount: DATA_CENTERS,
    contracts: drawn.map(({ plant, user }, k) => ({ id: `K${String(k).padStart(5, '0')}`, plant, user })),
    quantityWh: Float64Array.from(drawn, ({ wh }) => wh),
    energyPrice,
    envPrice,
    generatedWh,
    usedWh,
  };
}

/** Hydro, photovoltaics and wind by turns; `x` is the interval's draw. */
function output(plant: number, capWh: number, quarter: number, x: number): number {
  const scaled = (count: number) => Math.floor((x * count) / TWO_32);
  if (plant % 3 === 0) return Math.floor((capWh * (700 + scaled(301))) / 1000);
  if (plant % 3 === 2) return Math.floor((capWh * scaled(1001)) / 1000);
  if (quarter < 24 || quarter >= 76) return 0;
  return Math.floor((capWh * (quarter - 23) * (76 - quarter) * (500 + scaled(501))) / 702_000);
}

/** The meter correction of `large.json`: plants 0, 7, 14 … halved at local quarter 40 of every day. */
export function correctedGeneration(month: LargeMonth): LargeMonth {
  const generatedWh = month.generatedWh.slice();
  for (let t = 40; t < INTERVALS; t += QUARTERS_A_DAY) {
    for (let i = 0; i < PLANTS; i += 7) {
      generatedWh[t * PLANTS + i] = Math.floor(generatedWh[t * PLANTS + i]! / 2);
    }
  }
  return { ...month, generatedWh };
}

/** Contracted Wh of an interval: all of the quantity by day (08:00 to 20:00), three quarters of it by night. */
export function contractWhAt(month: LargeMonth, t: number): Float64Array {
  const quarter = t % QUARTERS_A_DAY;
  const isDay = 32 <= quarter && quarter < 80;
  return isDay ? month.quantityWh : month.quantityWh.map((wh) => Math.floor((wh * 3) / 4));
}

/** SHA-256 of the month's arrays as little-endian int64, in the stated order. */
export function inputSha256(month: LargeMonth): string {
  const hash = createHash('sha256');
  const lists = [
    Float64Array.from(month.contracts, ({ plant }) => plant),
    Float64Array.from(month.contracts, ({ user }) => user),
    month.quantityWh,
    month.energyPrice,
    month.envPrice,
    month.generatedWh,
    month.usedWh,
  ];
  for (const list of lists) hash.update(littleEndian64(list));
  return hash.digest('hex');
}

export interface LargeMatch {
  readonly generatedWh: number;
  readonly usedWh: number;
  readonly contractedWh: number;
  readonly matchedWh: number;
  readonly quantitySha256: string;
  readonly limitCounts: Readonly<Record<string, number>>;
  readonly guardSkips: number;
  readonly unplacedWh: number;
  readonly monthByContractWh: Float64Array;
}

/** Settles the month interval by interval; memory does not grow with the number of intervals. */
export function matchLargeMonth(month: LargeMonth): LargeMatch {
  const count = month.contracts.length;
  const matcher = new BucketMatcher({
    plantCount: PLANTS,
    userCount: DATA_CENTERS,
    contracts: month.contracts,
  });
  const hash = createHash('sha256');
  const limits = new Float64Array(LIMITS.length);
  const monthByContractWh = new Float64Array(count);
  const sums = { generatedWh: 0, usedWh: 0, contractedWh: 0, matchedWh: 0, guardSkips: 0, unplacedWh: 0 };
  for (let t = 0; t < INTERVALS; t++) {
    const energy = {
      generatedWh: month.generatedWh.subarray(t * PLANTS, (t + 1) * PLANTS),
      usedWh: month.usedWh.subarray(t * DATA_CENTERS, (t + 1) * DATA_CENTERS),
      contractWh: contractWhAt(month, t),
    };
    matcher.match(bucketId(FIRST_START_MS + t * QUARTER_MS, '15min'), energy);
    hash.update(littleEndian64(matcher.qWh));
    for (let k = 0; k < count; k++) {
      monthByContractWh[k]! += matcher.qWh[k]!;
      limits[matcher.limit[k]!]!++;
    }
    sums.generatedWh += total(energy.generatedWh);
    sums.usedWh += total(energy.usedWh);
    sums.contractedWh += total(energy.contractWh);
    sums.matchedWh += matcher.totalWh;
    sums.guardSkips += matcher.skipped.length;
    sums.unplacedWh += matcher.unplacedWh;
  }
  const limitCounts = { contract: limits[0]!, generation: limits[1]!, use: limits[2]! };
  return { ...sums, limitCounts, monthByContractWh, quantitySha256: hash.digest('hex') };
}

/** Fen of every contract-month, rounded once each. */
export function contractMonthFen(monthByContractWh: Float64Array, price: Float64Array): bigint[] {
  return Array.from(monthByContractWh, (wh, k) => amountFen(BigInt(wh), BigInt(price[k]!)));
}

/** Whole numbers >= 0 below 2^53 as little-endian int64. */
export function littleEndian64(values: Float64Array): Uint8Array {
  const words = new Uint32Array(values.length * 2);
  for (let at = 0; at < values.length; at++) {
    words[at * 2] = values[at]! % TWO_32;
    words[at * 2 + 1] = values[at]! / TWO_32;
  }
  return new Uint8Array(words.buffer);
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
