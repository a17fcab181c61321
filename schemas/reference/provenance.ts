/** What every row of reference data carries beside its number: where it was read and how sure it is. */
import { z } from 'zod';

/**
 * `confirmed`: at least two public copies agree, or a stated change recomputes. `single-source`: one public copy.
 * `unconfirmed`: read, but doubtful. `assumed`: no public figure; chosen here, and the source says by what.
 */
export const confidence = z.enum(['confirmed', 'single-source', 'unconfirmed', 'assumed']);
export type Confidence = z.infer<typeof confidence>;

/** Fields of a sourced row. */
export const provenance = { source: z.string().min(8), confidence };
