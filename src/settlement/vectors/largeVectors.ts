/** Vectors of scale: the large interval and the large months, drawn from their seeds. */
import { createHash } from 'node:crypto';
import { largeVector } from '../../../schemas/documents/settlementVectors.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { maxFlow } from '../optimiser/maxFlow.ts';
import { cheapestFlow } from '../optimiser/networkSimplex.ts';
import { optimise } from '../optimiser/optimise.ts';
import { faultsOfOptimum } from '../optimiser/verifyOptimum.ts';
import { fmix32 } from '../tieKey.ts';
import { type CaseAnswer, readInput } from './answerSuite.ts';
import { intervalSha256, largeInterval, TIER_WEIGHTS } from './largeInterval.ts';
import {
  contractMonthFen,
  contractWhAt,
  correctedGeneration,
  inputSha256,
  type LargeMatch,
  type LargeMonth,
  largeMonth,
  littleEndian64,
  matchLargeMonth,
} from './largeMarket.ts';

export const answerLarge: CaseAnswer = (input, name) => {
  const vector = readInput(largeVector, input, name);
  if (!('mode' in vector.generator)) return answerInterval(vector.generator.seed, vector.input_sha256, name);
  const month = largeMonth(vector.generator.seed, vector.generator.mode);
  checkHash(inputSha256(month), vector.input_sha256, name);
  const settled = matchLargeMonth(month);
  const flow = 'expected_flow' in vector ? vector.expected_flow : undefined;
  const correction = 'correction' in vector ? vector.correction : undefined;
  return {
    totals: {
      generated_wh: settled.generatedWh,
      used_wh: settled.usedWh,
      contracted_wh: settled.contractedWh,
    },
    expected_legal: {
      matched_wh: settled.matchedWh,
      q_sha256_le64_interval_major: settled.quantitySha256,
      limit_counts: settled.limitCounts,
      guard_skips: settled.guardSkips,
      unplaced_wh: settled.unplacedWh,
      month_by_contract_sha256_le64: sha256(littleEndian64(settled.monthByContractWh)),
      energy_fen: total(contractMonthFen(settled.monthByContractWh, month.energyPrice)),
      environment_fen: total(contractMonthFen(settled.monthByContractWh, month.envPrice)),
    },
    ...(correction !== undefined && {
      correction: { ...ruleOf(correction, 'rule'), ...answerCorrection(month, settled) },
    }),
    ...(flow !== undefined && { expected_flow: { ...ruleOf(flow, 'edges'), ...answerFlows(month) } }),
  };
};

function answerInterval(seed: number, sha: string, name: string) {
  const market = largeInterval(seed);
  checkHash(intervalSha256(market), sha, name);
  const optimum = optimise(market);
  const faults = faultsOfOptimum(market, optimum);
  if (faults.length > 0) throw new Error(`the optimum of ${name} is not proved: ${faults[0]}`);
  return {
    matched_wh: optimum.matchedWh,
    tier_cost: optimum.tierCost,
    price_cost: optimum.priceCost,
  };
}

/** The changed generation settled again, and what changes in money. */
function answerCorrection(month: LargeMonth, first: LargeMatch) {
  const settled = matchLargeMonth(correctedGeneration(month));
  const deltas = (price: Float64Array) => {
    const before = contractMonthFen(first.monthByContractWh, price);
    return contractMonthFen(settled.monthByContractWh, price).map((fen, k) => fen - before[k]!);
  };
  const [energy, environment] = [deltas(month.energyPrice), deltas(month.envPrice)];
  const changed = (lines: readonly bigint[]) => lines.filter((fen) => fen !== 0n).length;
  return {
    matched_wh: settled.matchedWh,
    q_sha256_le64_interval_major: settled.quantitySha256,
    energy_fen: total(contractMonthFen(settled.monthByContractWh, month.energyPrice)),
    environment_fen: total(contractMonthFen(settled.monthByContractWh, month.envPrice)),
    changed_energy_lines: changed(energy),
    changed_environment_lines: changed(environment),
    delta_energy_fen: total(energy),
    delta_environment_fen: total(environment),
  };
}

/** The optimiser over the whole month: contracts as edges, tiers by a hash, no prices. */
function answerFlows(month: LargeMonth) {
  const { plantCount, userCount, contracts } = month;
  const tier = contracts.map(({ plant, user }) => fmix32(plant * 1_000 + user) % TIER_WEIGHTS.length);
  const edgeWeight = Float64Array.from(tier, (one) => TIER_WEIGHTS[one]!);
  const edgePlant = Int32Array.from(contracts, ({ plant }) => plant);
  const edgeUser = Int32Array.from(contracts, ({ user }) => user);
  let matchedWh = 0n;
  let tierCost = 0n;
  for (let t = 0; t * plantCount < month.generatedWh.length; t++) {
    const plantWh = month.generatedWh.subarray(t * plantCount, (t + 1) * plantCount);
    const userWh = month.usedWh.subarray(t * userCount, (t + 1) * userCount);
    const contractWh = contractWhAt(month, t);
    const arrays = {
      plantWh,
      userWh,
      edgePlant,
      edgeUser,
      edgeCapWh: contractWh.map((wh, k) => Math.min(wh, plantWh[edgePlant[k]!]!, userWh[edgeUser[k]!]!)),
      edgeWeight,
      edgePrice: new Float64Array(contracts.length),
    };
    const { flowWh } = cheapestFlow(arrays);
    let interval = 0n;
    flowWh.forEach((wh, k) => {
      if (wh === 0) return;
      interval += BigInt(wh);
      tierCost += BigInt(wh) * BigInt(edgeWeight[k]!);
    });
    if (interval !== BigInt(maxFlow(arrays).matchedWh)) throw new Error(`interval ${t}: two maxima`);
    matchedWh += interval;
  }
  return { matched_wh: matchedWh, tier_cost: tierCost };
}

function checkHash(ours: string, stated: string, name: string): void {
  if (ours === stated) return;
  throw new Refusal('the generated input is not the one of the vector', {
    code: 'E_INPUT_HASH',
    place: `case ${name}`,
    remedy: stated,
  });
}

/** The words in which the vector states what is to be done, handed back beside the figures. */
function ruleOf(stated: Readonly<Record<string, unknown>>, key: string) {
  return key in stated ? { [key]: stated[key] } : {};
}

function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
