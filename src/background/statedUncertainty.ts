/** Uncertainty as the formats state it, in one notation: kinds and parameters of olca-schema, geometric sd = exp(sigma). */
import type { StatedUncertainty } from './inventory.ts';

/** What a format says; a parameter that it does not give is absent, and then the distribution is judged impossible later. */
export interface StatedParameters {
  readonly geomSd?: number | undefined;
  readonly sd?: number | undefined;
  readonly minimum?: number | undefined;
  readonly mode?: number | undefined;
  readonly maximum?: number | undefined;
}

/** @param kind name as the format writes it, in any case: log-normal, lognormal, normal, triangular, uniform */
export function statedUncertainty(kind: string, parameters: StatedParameters): StatedUncertainty {
  const known: Record<string, number> = {};
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) known[name] = value;
  return { kind: KINDS.find(([test]) => test.test(kind))?.[1] ?? kind, parameters: known };
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^log-?normal$/i, 'LOG_NORMAL_DISTRIBUTION'],
  [/^normal$/i, 'NORMAL_DISTRIBUTION'],
  [/^triang/i, 'TRIANGLE_DISTRIBUTION'],
  [/^uniform$/i, 'UNIFORM_DISTRIBUTION'],
];

/** Number of a text that may be absent. */
export const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text.trim() === '' ? undefined : Number(text);

/** ILCD and ecoSpold 1 state exp(2 sigma) for a lognormal: the square root is the geometric standard deviation. */
export const geomSdOf95 = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.sqrt(value);
