/** Vectors of indicators: hourly CFE, REF, emissions, 绿电直连 ratios. A case is told by its keys. */
import { reportVector } from '../../../schemas/documents/settlementVectors.ts';
import { hourlyMatching } from '../report/hourlyMatching.ts';
import { directSupplyRatios, renewableEnergyFactorPpm, siteEmissions } from '../report/siteIndicators.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';

export const answerReport: CaseAnswer = (input, name) => {
  const vector = readInput(reportVector, input, name);
  if ('available_gen_wh' in vector) {
    const { rule } = vector;
    const ratios = directSupplyRatios({
      availableGenerationWh: vector.available_gen_wh,
      selfUseWh: vector.self_use_wh,
      totalUseWh: vector.total_use_wh,
      feedInWh: vector.feed_in_wh,
      rule: {
        minSelfOfGenerationPpm: rule.min_self_of_gen_ppm,
        minSelfOfUsePpm: rule.min_self_of_use_ppm,
        maxFeedInPpm: rule.max_feed_in_ppm,
      },
    });
    return {
      self_of_gen_ppm: ratios.selfOfGeneration.ppm,
      self_of_use_ppm: ratios.selfOfUse.ppm,
      feed_in_ppm: ratios.feedIn.ppm,
      self_of_gen_ok: ratios.selfOfGeneration.ok,
      self_of_use_ok: ratios.selfOfUse.ok,
      feed_in_ok: ratios.feedIn.ok,
    };
  }
  if ('intervals' in vector) {
    const grid = vector.grid_cfe_ppm;
    const { hours, contractedPpm, scorePpm } = hourlyMatching({
      intervals: vector.intervals,
      useWh: vector.use_wh,
      matchedWh: vector.matched_wh,
      gridCfePpm: typeof grid === 'bigint' ? grid : new Map(Object.entries(grid)),
    });
    return {
      hours: hours.map(({ hour, useWh, matchedWh, cfePpm }) => ({
        hour,
        use_wh: useWh,
        matched_wh: matchedWh,
        cfe_ppm: cfePpm,
      })),
      contracted_ppm: contractedPpm,
      score_ppm: scorePpm,
    };
  }
  if ('retired_wh' in vector) return { ref_ppm: renewableEnergyFactorPpm(vector.retired_wh, vector.use_wh) };
  const { marketBasedG, locationBasedG } = siteEmissions({
    useWh: vector.use_wh,
    claimedWh: vector.claimed_wh,
    residualGPerMwh: vector.residual_g_per_mwh,
    locationGPerMwh: vector.location_g_per_mwh,
    ...(vector.supplier_g_per_mwh !== undefined && { supplierGPerMwh: vector.supplier_g_per_mwh }),
  });
  return { market_based_g: marketBasedG, location_based_g: locationBasedG };
};
