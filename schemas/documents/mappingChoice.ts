/** Where lines of a bill of materials meet datasets: what a person chose, and the lines that are asked about. */
import { z } from 'zod';
import { backgroundProduct } from './footprintInput.ts';

/** A line as a manufacturer writes it. */
export const billLine = z.object({
  name: z.string().trim().min(1).max(300),
  unit: z.string().trim().min(1).max(50),
});
export type BillLine = z.infer<typeof billLine>;

/** One choice; a later one for the same line replaces it and both stay readable. */
export const mappingChoice = z.strictObject({
  line: billLine,
  /** Null: a person found no dataset that fits, so that the line is a known gap. */
  product: backgroundProduct.nullable(),
  chosenBy: z.string().min(1),
  chosenAt: z.iso.datetime({ offset: true }),
  reason: z.string(),
});
export type MappingChoice = z.infer<typeof mappingChoice>;
