/** A reviewed file that overrules the gate and the linking policy; part of a version's identity. */
import { z } from 'zod';
import { GATE_CODES } from '../../schemas/reference/gateTexts.ts';

export const backgroundOverrides = z.strictObject({
  schema: z.literal('tanliu.background-overrides/1'),
  /** Who looked at it, and when. */
  reviewer: z.string().min(1),
  reviewedOn: z.iso.date(),
  /** Suppliers named for single inputs. */
  providers: z
    .array(
      z.strictObject({
        process: z.string().min(1),
        exchange: z.string().min(1),
        provider: z.string().min(1),
        reason: z.string().min(1),
      }),
    )
    .default([]),
  /** Findings that the gate shall not act on. */
  accept: z
    .array(
      z.strictObject({
        process: z.string().min(1),
        code: z.enum(GATE_CODES),
        reason: z.string().min(1),
      }),
    )
    .default([]),
});
export type BackgroundOverrides = z.infer<typeof backgroundOverrides>;
