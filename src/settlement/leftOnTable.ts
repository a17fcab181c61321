/**
 * What the legal rule left on the table: for each data centre, what the optimiser would have matched beyond the legal
 * match with the same contracts, meters and caps. Advice, never settled; the two engines meet only here, side by side.
 *
 * Every data centre keeps at least what the rule gave it in that interval (the rule's match is one possible delivery,
 * and any delivery can be raised to a largest one without taking from a user), so nothing here is won at another's cost.
 */
import { defaultLocality, type Locality, localityTier } from '../../schemas/reference/locality.ts';
import { type MonthMarket, type SortedMonth, sortMonth } from './monthMarket.ts';
import type { FlowArrays } from './optimiser/flowMarket.ts';
import { cheapestFlow } from './optimiser/networkSimplex.ts';
import { matchPeriod } from './periodMatch.ts';

export interface LeftOnTable {
  readonly dataCenter: string;
  /** Quarters with a reading. */
  readonly useWh: bigint;
  readonly legalWh: bigint;
  readonly optimumWh: bigint;
  /** `optimum - legal`, never negative. */
  readonly leftWh: bigint;
  /** Quarter hours in which something was left. */
  readonly quarters: number;
  /** Of the optimum, by locality tier. */
  readonly optimumByTierWh: readonly bigint[];
}

/**
 * Compares the engines over a month, quarter by quarter; memory does not grow with the number of quarters.
 * @param localityOf where a plant or data centre lies; pairs without a known place are the farthest tier
 * @throws Refusal with the codes of `sortMonth` and E_COST_RANGE
 */
export function leftOnTable(
  input: MonthMarket,
  localityOf: (point: string) => Locality | undefined = () => undefined,
): LeftOnTable[] {
  const sorted = sortMonth(input);
  const { contracts, users } = sorted;
  const tiers = sorted.terms.map(({ plant, user }) => localityTier(localityOf(plant), localityOf(user)));
  const tierCount = defaultLocality.weights.length;
  const legalWh = new Float64Array(users.length);
  const optimumWh = new Float64Array(users.length * tierCount);
  const quarters = new Float64Array(users.length);
  const edges = edgesOf(sorted, tiers);
  const contractWh = new Float64Array(contracts.length);
  const noTails = contracts.map(() => 0n);
  const rule = { ...input.ruleSet.analysis, granularity: '15min' as const };
  matchPeriod(sorted, rule, noTails, ({ firstInterval }, { userMatched }) => {
    sorted.curves.fill(firstInterval, contractWh);
    const arrays = intervalOf(sorted, edges, contractWh, firstInterval);
    const { flowWh } = cheapestFlow(arrays, userMatched);
    const gained = userMatched.map((wh) => -wh);
    flowWh.forEach((wh, k) => {
      const { user } = contracts[k]!;
      optimumWh[user * tierCount + tiers[k]!]! += wh;
      gained[user]! += wh;
    });
    for (let user = 0; user < users.length; user++) {
      legalWh[user]! += userMatched[user]!;
      if (gained[user]! > 0) quarters[user]!++;
    }
  });
  return users.map(({ id, wh }, user) => {
    const byTier = Array.from(optimumWh.subarray(user * tierCount, (user + 1) * tierCount), BigInt);
    const optimum = byTier.reduce((sum, part) => sum + part, 0n);
    return {
      dataCenter: id,
      useWh: BigInt(wh.reduce((sum, value) => sum + value, 0)),
      legalWh: BigInt(legalWh[user]!),
      optimumWh: optimum,
      leftWh: optimum - BigInt(legalWh[user]!),
      quarters: quarters[user]!,
      optimumByTierWh: byTier,
    };
  });
}

type Edges = Pick<FlowArrays, 'edgePlant' | 'edgeUser' | 'edgeWeight' | 'edgePrice'>;

function edgesOf({ contracts, terms }: SortedMonth, tiers: readonly number[]): Edges {
  return {
    edgePlant: Int32Array.from(contracts, ({ plant }) => plant),
    edgeUser: Int32Array.from(contracts, ({ user }) => user),
    edgeWeight: Float64Array.from(tiers, (tier) => defaultLocality.weights[tier]!),
    // Prices by band or spot differ from quarter to quarter; the environmental price decides where no single one is agreed.
    edgePrice: Float64Array.from(terms, ({ energyPrice, environmentPriceMilliYuanPerMwh }) =>
      Number(environmentPriceMilliYuanPerMwh + ('single' in energyPrice ? energyPrice.single : 0n)),
    ),
  };
}

function intervalOf(
  { plants, users }: SortedMonth,
  edges: Edges,
  contractWh: Float64Array,
  at: number,
): FlowArrays {
  const metered = ({ wh, missing }: SortedMonth['plants'][number]) => (missing[at] === 1 ? 0 : wh[at]!);
  const plantWh = Float64Array.from(plants, metered);
  const userWh = Float64Array.from(users, metered);
  return {
    ...edges,
    plantWh,
    userWh,
    edgeCapWh: contractWh.map((wh, k) =>
      Math.min(wh, plantWh[edges.edgePlant[k]!]!, userWh[edges.edgeUser[k]!]!),
    ),
  };
}
