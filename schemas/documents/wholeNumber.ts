/** Whole numbers of documents: `bigint` in memory, a JSON integer on paper. */
import { z } from 'zod';

/** Accepts a JSON integer (below 2^53) or a `bigint`; gives a `bigint`. */
export const wholeNumber = z.union([z.bigint(), z.int().transform(BigInt)]);
/** The same, not below 0. */
export const wholeAmount = wholeNumber.refine((value) => value >= 0n, 'not below 0');
/** A share in ppm, 0 to 1,000,000. */
export const ppm = wholeAmount.refine((value) => value <= 1_000_000n, 'at most 1,000,000 ppm');
