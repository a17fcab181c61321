/** Vectors of certificates, storage and the transparency log (forms of data/settlement/README.md). */
import { z } from 'zod';

const whole = z.int().transform(BigInt);
const range = {
  plant: z.string(),
  vintage: z.string(),
  from: z.int(),
  to: z.int(),
  owner: z.string(),
  month: z.string(),
};
const claim = {
  plant: z.string(),
  vintage: z.string(),
  number: z.int(),
  wh_from: z.int(),
  wh_to: z.int(),
  dc: z.string(),
  interval: z.string(),
};

const gecOperation = z.discriminatedUnion('op', [
  z.object({ op: z.literal('plant'), plant: z.string(), account: z.string(), tradable: z.boolean() }),
  z.object({ op: z.literal('issue'), plant: z.string(), month: z.string(), wh: whole }),
  z.object({ op: z.literal('transfer'), ...range, to_account: z.string() }),
  z.object({ op: z.literal('cancel'), ...range, beneficiary: z.string(), purpose_month: z.string() }),
  z.object({ op: z.literal('expire'), month: z.string() }),
  z.object({ op: z.literal('meter'), dc: z.string(), interval: z.string(), wh: whole }),
  z.object({ op: z.literal('claim'), ...claim }),
  z.object({ op: z.literal('release'), ...claim }),
]);
export type GecOperation = z.output<typeof gecOperation>;
export const gecVector = z.object({ ops: z.array(gecOperation) });

export const storageCertificateVector = z.object({
  order: z.enum(['fifo', 'lifo']),
  round_trip_ppm: whole,
  ops: z.array(
    z.discriminatedUnion('op', [
      z.object({
        op: z.literal('charge'),
        id: z.string(),
        t: z.int(),
        wh: whole,
        green_claim: z.string().nullable(),
      }),
      z.object({ op: z.literal('discharge'), id: z.string(), t: z.int(), wh: whole }),
    ]),
  ),
});

const tileLevel = z.union([z.int(), z.literal('entries')]);
export const merkleVector = z.union([
  z.object({ entries: z.array(z.string()) }),
  z.object({ pairs: z.array(z.tuple([z.int(), z.int()])) }),
  z.object({ origin: z.string(), size: z.int(), seed_hex: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.object({ origin: z.string(), size: z.int() }),
  z.object({ tiles: z.array(z.tuple([tileLevel, z.int(), z.int()])) }),
  z.object({ encodedList: z.string() }),
]);
