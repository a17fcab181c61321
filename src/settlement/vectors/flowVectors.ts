/** Vectors of the optimiser in one interval: answered only after the proof was judged. */
import { flowVector } from '../../../schemas/documents/settlementVectors.ts';
import type { FlowMarket } from '../optimiser/flowMarket.ts';
import { largestSmallestCover, optimise } from '../optimiser/optimise.ts';
import { faultsOfOptimum } from '../optimiser/verifyOptimum.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';

export const answerFlow: CaseAnswer = (input, name) => {
  const vector = readInput(flowVector, input, name);
  const market: FlowMarket = {
    plants: vector.plants,
    users: vector.users,
    edges: vector.edges.map(({ plant, user, cap_wh, tier, price }) => ({
      plant,
      user,
      capWh: cap_wh,
      tier,
      price,
    })),
    tierWeights: vector.tier_weights,
  };
  const optimum = optimise(market);
  const faults = faultsOfOptimum(market, optimum);
  if (faults.length > 0) throw new Error(`the optimum of ${name} is not proved: ${faults[0]}`);
  return {
    matched_wh: optimum.matchedWh,
    tier_cost: optimum.tierCost,
    price_cost: optimum.priceCost,
    matched_by_tier_example: Object.fromEntries(optimum.matchedByTierWh),
    min_cut: optimum.cut,
    max_min_cover: Number(largestSmallestCover(market).toFixed(9)),
  };
};
