/** Which product's footprint is asked for: its activity in the streams, and what each of its inputs counts as. */
import { z } from 'zod';
import { gwpSetId } from '../reference/gwp.ts';
import { category } from './footprintCategories.ts';
import { backgroundProduct, declaredUnitName } from './footprintInput.ts';

const name = z.string().min(1).max(300);
const instant = z.iso.datetime({ offset: true });

/** Where the background comes from: a package in a file with its flow map, or the built-in example. */
const backgroundChoice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string(), flowMapPath: z.string(), name }),
  z.strictObject({ kind: z.literal('example'), name }),
]);

/** An input of `production.activity` by its item and unit there. */
const item = { item: name, unit: z.string().min(1) };

export const inputLink = z.discriminatedUnion('kind', [
  z.strictObject({
    ...item,
    kind: z.literal('background'),
    product: backgroundProduct,
    backgroundUnit: z.string().min(1),
  }),
  /** Metered kilowatt hours by the announced footprint factor. */
  z.strictObject({ ...item, kind: z.literal('official_electricity'), zone: z.string(), year: z.int() }),
  /** Metered kilowatt hours by a background product. */
  z.strictObject({ ...item, kind: z.literal('background_electricity'), product: backgroundProduct }),
  /** Kilograms of a gas that the site itself emits. */
  z.strictObject({ ...item, kind: z.literal('direct_emission'), species: z.string(), category }),
]);
export type InputLink = z.infer<typeof inputLink>;

export const footprintQuestion = z.strictObject({
  /** `product` and `site` as the activity readings name them. */
  id: name,
  site: name,
  name,
  period: z.strictObject({ start: instant, end: instant }),
  /** What one unit of `output`, in `outputUnit`, is declared as. */
  declaredUnit: z.strictObject({
    amount: z.number().positive(),
    unit: declaredUnitName,
    massKg: z.number().nonnegative(),
  }),
  outputUnit: z.string(),
  inputs: z.array(inputLink).min(1),
  background: backgroundChoice,
  gwpSet: gwpSetId,
});
export type FootprintQuestion = z.infer<typeof footprintQuestion>;
