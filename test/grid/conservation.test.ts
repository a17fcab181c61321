import { expect, test } from 'vitest';
import {
  ConservationError,
  checkConservation,
  createConservationScratch,
} from '../../src/grid/conservation.ts';
import { solveStep } from '../../src/grid/flowTracing.ts';
import { createStepState } from '../../src/grid/stepState.ts';

const topology = {
  zoneIds: ['A', 'B'],
  exchanges: [{ from: 0, to: 1, capacityMw: Number.NaN }],
};
const series = {
  steps: 1,
  stepHours: 1,
  productionMwh: Float64Array.of(100, 100),
  flowMwh: Float64Array.of(50),
  families: [{ name: 'CO2', producedKg: Float64Array.of(80_000, 0) }],
};

function solved() {
  const state = createStepState(topology, 1);
  solveStep(state, series, 0);
  return state;
}

test('a sound step passes with the error it has', () => {
  const state = solved();
  expect(checkConservation(state, createConservationScratch(state), 0, ['CO2'])).toBeLessThan(1e-15);
});

test('an intensity that is wrong by a billionth of itself is caught and named', () => {
  const state = solved();
  state.solution[0]! *= 1 + 3e-9;
  const check = () => checkConservation(state, createConservationScratch(state), 7, ['CO2']);
  expect(check).toThrow(ConservationError);
  expect(check).toThrow(/step 7: CO2/);
});

test('a share of unknown origin out of nothing is caught', () => {
  const state = solved();
  state.solution[3] = 0.01;
  const check = () => checkConservation(state, createConservationScratch(state), 0, ['CO2']);
  expect(check).toThrow(/unknown supply/);
});
