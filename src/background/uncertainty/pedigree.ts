/** Uncertainty from a pedigree: five scores of 1 to 5 as one lognormal sigma. */
import { PEDIGREE } from '../../../schemas/reference/pedigree.ts';

const FORM = /^\(?\s*([1-5])\s*[;,]\s*([1-5])\s*[;,]\s*([1-5])\s*[;,]\s*([1-5])\s*[;,]\s*([1-5])\s*\)?$/;

/**
 * Standard deviation of the logarithm: `sigma² = base² + sum of the variances of the scores`.
 * @param text five scores, e.g. `(1;3;2;5;1)`
 * @param baseSigma of the kind of exchange, 0 where it is not known
 * @returns undefined where the text holds no five scores
 */
export function pedigreeSigma(text: string, baseSigma = 0): number | undefined {
  const scores = FORM.exec(text)?.slice(1).map(Number);
  if (!scores) return undefined;
  const variance = scores.reduce(
    (sum, score, k) => sum + PEDIGREE.variances[k]![score - 1]!,
    baseSigma * baseSigma,
  );
  return Math.sqrt(variance);
}
