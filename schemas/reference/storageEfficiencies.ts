/** Efficiencies of storage, by which a stock of energy is kept between charging and discharging. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

export const storageEfficiency = z.strictObject({
  /** Storage of the modes `<storage>_charge` and `<storage>_discharge`. */
  storage: z.enum(['hydro', 'battery']),
  /** Energy stored per energy charged, and delivered per energy taken, both at the meter. */
  charge: z.number().positive().max(1),
  discharge: z.number().positive().max(1),
  ...provenance,
});
export type StorageEfficiencyRow = z.infer<typeof storageEfficiency>;

export const storageEfficiencies: readonly StorageEfficiencyRow[] = z.array(storageEfficiency).parse([
  {
    storage: 'hydro',
    charge: 0.87,
    discharge: 0.88,
    source: 'assumed: split of a round trip of some 0.76, usual for pumped hydro of the last decades',
    confidence: 'assumed',
  },
  {
    storage: 'battery',
    charge: 0.94,
    discharge: 0.94,
    source: 'assumed: split of a round trip of some 0.88 at the grid meter, usual for lithium iron phosphate',
    confidence: 'assumed',
  },
]);
