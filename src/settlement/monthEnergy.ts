/** Energy of a month by price band: what each contract is paid for, what each data centre takes from the market. */
import type { BucketMatcher } from './bucketMatch.ts';
import { type SpotEnergy, SpotTally } from './money/spotEnergy.ts';
import type { SortedMonth } from './monthMarket.ts';
import { matchPeriod, type PeriodMatch } from './periodMatch.ts';

export interface DataCenterEnergy {
  /** Quarter-hour match of every interval, whole Wh. */
  readonly matchedWh: Float64Array;
  readonly useWh: bigint;
  readonly missingQuarters: number;
  /** Use less paid green energy, by band; quarters without a reading are left out. Negative where the contracts exceed the use. */
  readonly gridWhByBand: ReadonlyMap<string, bigint>;
  /** The same at spot prices, where the site is priced by them. */
  readonly gridSpot?: SpotEnergy;
  readonly peakQuarterWh: bigint;
}

export interface EnergyByBand {
  /** Per contract, in the order of the month: energy to be paid under the market's energy basis. */
  readonly contracts: readonly ReadonlyMap<string, bigint>[];
  /** Per contract: the same energy at spot prices, where it is priced by them. */
  readonly contractSpot: readonly (SpotEnergy | undefined)[];
  readonly dataCenters: readonly DataCenterEnergy[];
}

/** The quarter-hour match folded into local days, day after day; whole Wh. */
export interface DailyEnergy {
  readonly days: number;
  /** By day, then contract, plant or user in the order of the month. */
  readonly matchedWh: Float64Array;
  readonly surplusWh: Float64Array;
  readonly residualWh: Float64Array;
}

const QUARTERS_PER_DAY = 96;

class DailyTally implements DailyEnergy {
  readonly days: number;
  readonly matchedWh: Float64Array;
  readonly surplusWh: Float64Array;
  readonly residualWh: Float64Array;
  readonly #sorted: SortedMonth;

  constructor(sorted: SortedMonth) {
    this.#sorted = sorted;
    this.days = sorted.month.count / QUARTERS_PER_DAY;
    this.matchedWh = new Float64Array(this.days * sorted.contracts.length);
    this.surplusWh = new Float64Array(this.days * sorted.plants.length);
    this.residualWh = new Float64Array(this.days * sorted.users.length);
  }

  add(interval: number, matcher: BucketMatcher): void {
    const day = Math.floor(interval / QUARTERS_PER_DAY);
    const { contracts, plants, users } = this.#sorted;
    for (let k = 0; k < contracts.length; k++) {
      this.matchedWh[day * contracts.length + k]! += matcher.qWh[k]!;
    }
    for (let i = 0; i < plants.length; i++) {
      this.surplusWh[day * plants.length + i]! += plants[i]!.wh[interval]! - matcher.plantMatched[i]!;
    }
    for (let j = 0; j < users.length; j++) {
      this.residualWh[day * users.length + j]! += users[j]!.wh[interval]! - matcher.userMatched[j]!;
    }
  }
}

/** Runs the quarter-hour match and folds energy into the bands of the intervals. @param bands band of every interval */
export function tallyEnergy(
  sorted: SortedMonth,
  bands: readonly string[],
): { energy: EnergyByBand; analysis: PeriodMatch; plantMatchedWh: Float64Array; daily: DailyEnergy } {
  const daily = new DailyTally(sorted);
  const names = [...new Set(bands)];
  const bandAt = bands.map((band) => names.indexOf(band));
  const tally = new BandTally(sorted, names.length, sorted.input.ruleSet.energyBasis);
  const matchedWh = sorted.users.map(() => new Float64Array(sorted.month.count));
  const plantMatchedWh = new Float64Array(sorted.plants.length);
  const { analysis: rule } = sorted.input.ruleSet;
  const noTails = sorted.contracts.map(() => 0n);
  const analysis = matchPeriod(
    sorted,
    { ...rule, granularity: '15min' },
    noTails,
    ({ firstInterval }, matcher) => {
      matcher.userMatched.forEach((wh, user) => {
        matchedWh[user]![firstInterval] = wh;
      });
      for (let i = 0; i < plantMatchedWh.length; i++) plantMatchedWh[i]! += matcher.plantMatched[i]!;
      tally.add(firstInterval, bandAt[firstInterval]!, matcher);
      daily.add(firstInterval, matcher);
    },
  );
  const contracts = sorted.contracts.map((_, k) => byName(names, tally.paidWh, k));
  const dataCenters = sorted.users.map((user, at) => ({
    matchedWh: matchedWh[at]!,
    useWh: BigInt(user.wh.reduce((sum, wh) => sum + wh, 0)),
    missingQuarters: user.missing.reduce((sum, flag) => sum + flag, 0),
    gridWhByBand: byName(names, tally.gridWh, at),
    ...(tally.gridSpot[at] !== undefined && { gridSpot: tally.gridSpot[at].energy }),
    peakQuarterWh: BigInt(user.wh.reduce((most, wh) => Math.max(most, wh), 0)),
  }));
  const contractSpot = tally.paidSpot.map((spot) => spot?.energy);
  return { energy: { contracts, contractSpot, dataCenters }, analysis, plantMatchedWh, daily };
}

/** Sums by (contract, band) and (data centre, band). */
class BandTally {
  readonly paidWh: Float64Array;
  readonly gridWh: Float64Array;
  readonly paidSpot: readonly (SpotTally | undefined)[];
  readonly gridSpot: readonly (SpotTally | undefined)[];
  readonly #sorted: SortedMonth;
  readonly #bands: number;
  readonly #basis: 'contract' | 'matched';
  readonly #contractWh: Float64Array;

  constructor(sorted: SortedMonth, bands: number, basis: 'contract' | 'matched') {
    this.#sorted = sorted;
    this.#bands = bands;
    this.#basis = basis;
    this.paidWh = new Float64Array(sorted.contracts.length * bands);
    this.gridWh = new Float64Array(sorted.users.length * bands);
    this.#contractWh = new Float64Array(sorted.contracts.length);
    const prices = sorted.input.spotPrices ?? [];
    this.paidSpot = sorted.terms.map(({ energyPrice }) =>
      'spotPlus' in energyPrice ? new SpotTally(prices, energyPrice.spotPlus) : undefined,
    );
    this.gridSpot = sorted.dataCenters.map(({ site }) =>
      site.gridPricing === 'spot' ? new SpotTally(prices, 0n) : undefined,
    );
  }

  add(interval: number, band: number, matcher: { qWh: Float64Array; limit: Uint8Array }): void {
    const { contracts, users, curves } = this.#sorted;
    for (let user = 0; user < users.length; user++) {
      this.gridWh[user * this.#bands + band]! += users[user]!.wh[interval]!;
      this.gridSpot[user]?.add(interval, users[user]!.wh[interval]!);
    }
    curves.fill(interval, this.#contractWh);
    for (let k = 0; k < contracts.length; k++) {
      const { user } = contracts[k]!;
      const paidWh = this.#basis === 'contract' ? this.#contractWh[k]! : matcher.qWh[k]!;
      this.paidWh[k * this.#bands + band]! += paidWh;
      // Without a meter reading the difference to the meter is unknown, not minus the contract.
      if (users[user]!.missing[interval] === 0) {
        this.gridWh[user * this.#bands + band]! -= paidWh;
        this.gridSpot[user]?.add(interval, -paidWh);
      }
      this.paidSpot[k]?.add(interval, paidWh);
    }
  }
}

function byName(names: readonly string[], sums: Float64Array, row: number): Map<string, bigint> {
  return new Map(names.map((name, band) => [name, BigInt(sums[row * names.length + band]!)]));
}
