/** Annex D by its worked example, and what must hold for any gas. */
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import {
  dryFromWet,
  dryStandardFlow,
  massConcentration,
  massRate,
  noxFromParts,
  oxygenConverted,
  standardConcentration,
  waterMass,
  waterVolume,
  weightedConcentration,
  wetFlow,
} from '../../src/emissions/stackGas.ts';

const gas = { temperatureC: 52, barometricPa: 96_500, staticPa: -150, waterShare: 0.118 };

test('the worked example of the packet comes out to its last printed digit', () => {
  const flow = dryStandardFlow(792_000, gas);
  expect(flow).toBeCloseTo(557_966.5, 1);
  expect(massRate(18.3, flow)).toBeCloseTo(10.211, 3);
  expect(massRate(228_500, flow)).toBeCloseTo(127_495.4, 1);
  const limit = { measuredPercent: 6.4, referencePercent: 6, limitPercent: 20.9 };
  expect(oxygenConverted(18.3, limit)).toBeCloseTo(18.8, 2);
});

test('one per cent of CO2 is 19,647 mg/m3, and NO counts as NO2', () => {
  expect(massConcentration(10_000, 'a05001')).toBeCloseTo(19_647, 0);
  expect(noxFromParts(30.01, 1)).toBeCloseTo(47.01, 9);
  expect(() => massConcentration(1, 'a34013')).toThrow(/no molar mass/);
});

test('nothing is converted at start-up, where the oxygen is that of air', () => {
  expect(oxygenConverted(5, { measuredPercent: 20.9, referencePercent: 6, limitPercent: 20.9 })).toBeNull();
});

test('waste water: 10 L/s over an hour at 50 mg/L', () => {
  const volume = waterVolume(10, 3_600);
  expect(volume).toBe(36);
  expect(waterMass(50, volume)).toBeCloseTo(1.8, 12);
  expect(weightedConcentration(1.8, 36)).toBeCloseTo(50, 12);
  expect(weightedConcentration(1, 0)).toBeNull();
});

const states = fc.record({
  temperatureC: fc.double({ min: -20, max: 400, noNaN: true }),
  barometricPa: fc.double({ min: 60_000, max: 105_000, noNaN: true }),
  staticPa: fc.double({ min: -5_000, max: 5_000, noNaN: true }),
  waterShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

property.prop([
  states,
  fc.double({ min: 0.1, max: 1e6, noNaN: true }),
  fc.double({ min: 0.1, max: 50, noNaN: true }),
])(
  'mass does not depend on the state in which concentration and flow are written',
  (state, mgPerM3, velocity) => {
    const wet = wetFlow(velocity, 10);
    const dry = dryFromWet(standardConcentration(mgPerM3, state), state.waterShare);
    const byStandard = massRate(dry, dryStandardFlow(wet, state));
    expect(byStandard / massRate(mgPerM3, wet)).toBeCloseTo(1, 9);
  },
);
