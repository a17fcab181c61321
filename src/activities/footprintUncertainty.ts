/** Uncertainty of a footprint: draws of its background, each product in the same draw, beside first order. */

import { totalKgCo2e } from '../../schemas/documents/footprintCategories.ts';
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { FootprintUncertainty } from '../../schemas/documents/footprintResult.ts';
import { scoresAt } from '../background/categories.ts';
import { technosphereInput } from '../background/score.ts';
import type { ScoredProduct } from '../background/scoredProducts.ts';
import { factoriseSupply, solveSupply } from '../background/solver/supply.ts';
import { backgroundDraws } from '../background/uncertainty/backgroundDraws.ts';
import { firstOrderSd } from '../background/uncertainty/distribution.ts';
import { demandDraws } from '../background/uncertainty/drawRun.ts';
import { firstOrder } from '../background/uncertainty/firstOrder.ts';
import { summarise } from '../background/uncertainty/summary.ts';
import { contributionKgCo2e, contributionsOf } from '../footprint/contributionsOf.ts';
import { loadManifest, loadTable } from '../store/backgroundFiles.ts';
import { decodeUncertainty } from '../store/backgroundTables.ts';
import { drawBackground } from './drawBackground.ts';
import { catalogueOf, type ScoredVersion } from './scoreBackground.ts';

const CONTRIBUTORS_NAMED = 10;

export interface UncertaintyRequest {
  readonly seed: number;
  readonly draws: number;
  readonly progress?: (done: number) => void;
}

/**
 * Per declared unit, total category. Quantities of the input are taken as stated; what is uncertain is the background.
 * @throws Refusal `E_DRAWS_DROPPED` and those of the footprint
 */
export async function footprintUncertainty(
  home: string,
  version: ScoredVersion,
  input: FootprintInput,
  { seed, draws, progress }: UncertaintyRequest,
): Promise<FootprintUncertainty> {
  const stored = await loadManifest(home, `${version.name}@${version.version}`);
  const uncertain = decodeUncertainty(
    await loadTable(home, stored, 'uncertain.arrow'),
    await loadTable(home, stored, 'drawnParts.arrow'),
  );
  const { scored } = version;
  const system = backgroundDraws(scored, uncertain);
  const contributions = contributionsOf(input, catalogueOf(version));
  const made = input.declaredUnitsMade;
  const demand = contributions.flatMap(({ product, referenceAmount }) =>
    product ? [{ row: (product as ScoredProduct).activity, amount: referenceAmount / made }] : [],
  );
  const certain = contributions.reduce(
    (sum, one) => (one.product ? sum : sum + contributionKgCo2e(one) / made),
    0,
  );
  const run = await drawBackground(system, {
    version: version.version,
    seed,
    draws,
    ...(progress && { progress }),
  });
  const drawn = demandDraws(run, demand).map((score) => score + certain);
  const units = new Float64Array(scored.system.activities.length);
  for (const { row, amount } of demand) units[row]! += amount;
  const supply = solveSupply(factoriseSupply(technosphereInput(scored.system)), units, 1);
  const totals = Float64Array.from(scored.system.activities, (_, row) =>
    totalKgCo2e(scoresAt(scored.lambda, row)),
  );
  const sd = Float64Array.from(uncertain.exchanges, ({ distribution }) => firstOrderSd(distribution));
  const analytic = firstOrder(system, totals, supply, sd, CONTRIBUTORS_NAMED);
  const summary = summarise(drawn);
  return {
    unit: 'kgCO2e per declared unit',
    seed,
    draws: run.kept.length,
    dropped: draws - run.kept.length,
    medianKgCo2e: summary.median,
    meanKgCo2e: summary.mean,
    percentile2_5KgCo2e: summary.percentile2_5,
    percentile97_5KgCo2e: summary.percentile97_5,
    sdKgCo2e: summary.sd,
    geometricSd: summary.geometricSd,
    firstOrderSdKgCo2e: analytic.sdKgCo2e,
    sdByFirstOrder: analytic.sdKgCo2e === 0 ? null : summary.sd / analytic.sdKgCo2e,
    uncertainExchanges: uncertain.exchanges.length,
    contributors: analytic.contributors.map(({ exchange, varianceShare }) => {
      const { processId, exchangeId, basis } = uncertain.exchanges[exchange]!;
      return { process: processId, exchange: exchangeId, basis, varianceShare };
    }),
  };
}
