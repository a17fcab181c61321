import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { MARK } from '../../src/datacenter/intervalGrid.ts';
import { type PointReading, pointEnergies } from '../../src/datacenter/pointEnergies.ts';

const T0 = Date.UTC(2026, 2, 1);
const MINUTE = 60_000;
const at = (minute: number) => T0 + minute * MINUTE;
const span = (count: number) => ({ startMs: T0, count });

const register = (minute: number, value: number | null, more: Partial<PointReading> = {}): PointReading => ({
  kind: 'counter',
  startMs: at(minute - 15),
  endMs: at(minute),
  value,
  quality: 'measured',
  ...more,
});
const delta = (from: number, to: number, value: number | null, quality = 'measured'): PointReading => ({
  kind: 'delta',
  startMs: at(from),
  endMs: at(to),
  value,
  quality,
});
const sample = (minute: number, value: number | null): PointReading => ({
  kind: 'instant',
  startMs: at(minute - 1),
  endMs: at(minute),
  value,
  quality: 'measured',
});
const energies = (readings: PointReading[], count = 4, registerModulusWh?: number) => {
  const result = pointEnergies(
    { id: 'p', ...(registerModulusWh !== undefined && { registerModulusWh }) },
    readings,
    span(count),
  );
  return {
    wh: [...result.energies.energyWh],
    known: [...result.energies.knownWh],
    share: [...result.energies.knownShare],
    marks: [...result.energies.marks],
    codes: result.events.map(({ code }) => code),
    events: result.events,
  };
};

test('a register within a minute of the boundary is the boundary', () => {
  const { wh, marks } = energies(
    [register(0.9, 1_000), register(14.2, 1_300), register(30, 1_700), register(46.1, 2_000)],
    3,
  );
  // The last one is 66 s off.
  expect(wh).toEqual([300, 400, 280]);
  expect(marks).toEqual([0, 0, MARK.interpolated]);
});

test('between neighbours up to 30 min apart the register is interpolated, in whole Wh, and marked on both sides', () => {
  const { wh, marks } = energies(
    [register(0, 1_000), register(10, 1_100), register(35, 1_611), register(45, 1_700)],
    3,
  );
  expect(wh).toEqual([202, 307, 191]);
  expect(marks).toEqual([MARK.interpolated, MARK.interpolated, MARK.interpolated]);
  expect(wh[0]! + wh[1]! + wh[2]!).toBe(700);
  expect(
    energies([register(0, 1_000), register(10, 1_100), register(41, 1_611), register(45, 1_700)], 3).wh,
  ).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('a register that passes its declared modulus goes on; without a modulus the fall is a reset and no negative energy', () => {
  const readings = [register(0, 9_800), register(15, 9_950), register(30, 100), register(45, 300)];
  const wrapped = energies(readings, 3, 10_000);
  expect(wrapped.wh).toEqual([150, 150, 200]);
  expect(wrapped.codes).toEqual(['counter_wrap']);
  expect(wrapped.marks[1]! & MARK.wrapped).toBeTruthy();
  const reset = energies(readings, 3);
  expect(reset.wh).toEqual([150, Number.NaN, 200]);
  expect(reset.codes).toEqual(['counter_reset']);
  // A fall that would be more than half of the modulus is no wrap.
  expect(energies([register(0, 4_000), register(15, 3_900)], 1, 10_000).codes).toEqual(['counter_reset']);
});

test('a device that says when it was reset is believed, also where the register did not fall', () => {
  const said = energies(
    [register(0, 100), register(15, 200), register(30, 900, { resetAtMs: at(20) }), register(45, 950)],
    3,
  );
  expect(said.wh).toEqual([100, Number.NaN, 50]);
  expect(said.codes).toEqual(['counter_reset']);
});

test('shorter energies add up, longer ones are divided, and what is missing in between is a lower bound', () => {
  expect(energies([delta(0, 5, 10), delta(5, 10, 20), delta(10, 15, 31), delta(15, 20, 7)], 2)).toMatchObject(
    {
      wh: [61, Number.NaN],
      known: [61, 7],
      marks: [0, MARK.partial],
    },
  );
  expect(energies([delta(0, 60, 1_002)])).toMatchObject({
    wh: [251, 250, 251, 250],
    marks: [MARK.resampled, MARK.resampled, MARK.resampled, MARK.resampled],
  });
  // A day is too coarse for a quarter hour; null is unknown and never 0.
  expect(energies([delta(0, 1_440, 96_000)]).wh).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect(energies([delta(0, 15, null), delta(15, 30, 0)], 2).wh).toEqual([Number.NaN, 0]);
});

test('a second energy of the same time is an event and does not count', () => {
  expect(energies([delta(0, 15, 100), delta(10, 25, 90), delta(15, 30, 120)], 2)).toMatchObject({
    wh: [100, 120],
    codes: ['overlap'],
  });
});

test('sampled power is integrated by trapezoids; a hole of more than five minutes makes the interval partial', () => {
  const every5 = [0, 5, 10, 15].map((minute) => sample(minute, 1_000 + minute * 10));
  expect(energies(every5, 1).wh[0]).toBeCloseTo((1_075 * 15) / 60, 9);
  const hole = energies([sample(0, 1_000), sample(4, 1_000), sample(10, 1_000), sample(15, 1_000)], 1);
  expect(hole.wh).toEqual([Number.NaN]);
  expect(hole.share[0]).toBeCloseTo(9 / 15, 12);
  expect(hole.known[0]).toBeCloseTo(150, 9);
  expect(hole.marks).toEqual([MARK.partial]);
  // Samples across the boundary are cut there.
  const across = energies(
    [sample(-2, 0), sample(2, 400), sample(6, 400), sample(10, 400), sample(14, 400), sample(16, 400)],
    1,
  );
  expect(across.wh[0]).toBeCloseTo((300 * 2 + 400 * 13) / 60, 9);
});

test('register and power of one point are compared: more than 2 % apart is an event; the register counts', () => {
  const mean: PointReading = {
    kind: 'mean',
    startMs: at(0),
    endMs: at(15),
    value: 4_100,
    quality: 'measured',
  };
  const both = energies([register(0, 0), register(15, 1_000), mean], 2);
  expect(both).toMatchObject({ wh: [1_000, Number.NaN], codes: ['kind_mismatch'] });
  expect(energies([register(0, 0), register(15, 1_000), { ...mean, value: 4_060 }], 1).codes).toEqual([]);
  // Where the register is missing, the power stands in.
  expect(energies([register(15, 1_000), mean], 1).wh).toEqual([1_025]);
});

test('quality goes with the energy, and a point that falls silent is named with the time', () => {
  expect(
    energies([delta(0, 15, 1, 'simulated'), delta(15, 30, 1, 'substituted'), delta(30, 45, 1, 'suspect')], 3)
      .marks,
  ).toEqual([MARK.simulated, MARK.estimated, MARK.suspect]);
  const silent = energies([delta(0, 15, 1), delta(15, 30, 1), delta(30, 45, 1)], 12);
  expect(silent.events).toEqual([
    { code: 'silent', at: 'p', startMs: at(45), endMs: at(180), found: 135 * MINUTE, limit: 15 * MINUTE },
  ]);
  expect(silent.wh.slice(3).every(Number.isNaN)).toBe(true);
});

property.prop([
  fc.array(fc.nat(5_000), { minLength: 8, maxLength: 40 }),
  fc.array(fc.integer({ min: 1, max: 29 }), { minLength: 40, maxLength: 40 }),
])(
  'whatever the times of the readings, what is added up lies between the registers around it',
  (rises, steps) => {
    let minute = 0;
    let value = 0;
    const readings = [register(0, 0)];
    rises.forEach((rise, index) => {
      minute += steps[index]!;
      value += rise;
      readings.push(register(minute, value));
    });
    const { wh } = energies(readings, Math.floor(minute / 15));
    let sum = 0;
    wh.forEach((energy, quarter) => {
      expect(energy >= 0 && Number.isInteger(energy)).toBe(true);
      sum += energy;
      const boundary = at((quarter + 1) * 15);
      const before = readings.findLast(({ endMs }) => endMs <= boundary)!;
      const after = readings.find(({ endMs }) => endMs >= boundary)!;
      expect(sum).toBeGreaterThanOrEqual(before.value!);
      expect(sum).toBeLessThanOrEqual(after.value!);
    });
  },
);
