/** What stands in the group's commit metadata while a range is being inserted. */
import { z } from 'zod';

const intentSchema = z.strictObject({
  v: z.literal(1),
  /** Life of the topic. */
  generation: z.int().min(1),
  /** Last offset of the range; the first is the committed offset. */
  last: z.int().min(0),
  /** Contract and decoder that judge the range. */
  contract: z.string(),
  /** When it was written down, ms since 1970. */
  atMs: z.int(),
  /** Other contracts that have begun to settle the range since: what the token tells of is no longer one contract's. */
  also: z.array(z.string()).max(20).optional(),
  /** The group's progress was lost once: up to this offset rows may stand that no token of today tells of. */
  knownUpTo: z.int().min(0).optional(),
});

/** What stands there between two ranges: whose progress it is, and `knownUpTo` as long as that is ahead. */
const progressSchema = z.strictObject({
  v: z.literal(1),
  generation: z.int().min(1),
  knownUpTo: z.int().min(0).optional(),
});

export type Progress = Omit<z.infer<typeof progressSchema>, 'v'>;

export type Intent = Omit<z.infer<typeof intentSchema>, 'v'>;

export const writeIntent = (intent: Intent): string => JSON.stringify({ v: 1, ...intent });

export const writeProgress = (progress: Progress): string => JSON.stringify({ v: 1, ...progress });

/** What commit metadata says, be it an intent or what stands between two; `undefined` where somebody else wrote it. */
export function readProgress(metadata: string): Progress | undefined {
  try {
    const { generation, knownUpTo } = z.union([progressSchema, intentSchema]).parse(JSON.parse(metadata));
    return { generation, ...(knownUpTo !== undefined && { knownUpTo }) };
  } catch {
    return undefined;
  }
}

/** The intent in commit metadata; `undefined` where none stands open (or somebody else wrote the metadata). */
export function readIntent(metadata: string): Intent | undefined {
  try {
    const { v: _, ...intent } = intentSchema.parse(JSON.parse(metadata));
    return intent;
  } catch {
    return undefined;
  }
}

/** The token of a range: the same for every attempt to insert it. */
export const rangeToken = (
  generation: number,
  topic: string,
  partition: number,
  first: number,
  last: number,
): string => `${generation}:${topic}:${partition}:${first}:${last}`;
