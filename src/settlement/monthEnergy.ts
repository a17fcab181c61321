/** Energy of a month by price band: what each contract is paid for, what each data centre takes from the market. */
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

/** Runs the quarter-hour match and folds energy into the bands of the intervals. @param bands band of every interval */
export function tallyEnergy(
  sorted: SortedMonth,
  bands: readonly string[],
): { energy: EnergyByBand; analysis: PeriodMatch; plantMatchedWh: Float64Array } {
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
  return { energy: { contracts, contractSpot, dataCenters }, analysis, plantMatchedWh };
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
