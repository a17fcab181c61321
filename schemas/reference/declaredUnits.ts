/** Units in which a quantity may be stated, by the declared unit of PACT: how many of the declared unit are in one. Definitions of the SI and of the litre; the ton of PACT is 1,000 kg. */
import type { z } from 'zod';
import type { declaredUnitName } from '../documents/footprintInput.ts';

type DeclaredUnit = z.infer<typeof declaredUnitName>;

export const DECLARED_UNIT_FACTORS: Readonly<Record<DeclaredUnit, Readonly<Record<string, number>>>> = {
  liter: { liter: 1, L: 1, l: 1, m3: 1_000 },
  kilogram: { kilogram: 1, kg: 1, g: 0.001, t: 1_000 },
  'cubic meter': { 'cubic meter': 1, m3: 1, L: 0.001, l: 0.001 },
  'kilowatt hour': { 'kilowatt hour': 1, kWh: 1, MWh: 1_000 },
  megajoule: { megajoule: 1, MJ: 1, GJ: 1_000 },
  'ton kilometer': { 'ton kilometer': 1, 't*km': 1, tkm: 1 },
  'square meter': { 'square meter': 1, m2: 1 },
  piece: { piece: 1 },
  hour: { hour: 1, h: 1 },
  'megabit second': { 'megabit second': 1 },
};
