/**
 * A constructed year of a facility with two feeds and PDUs that are metered twice, as readings: registers at the
 * incomer, energies at the PDUs, mean power at the racks. The plain energies are kept beside, for sums by hand.
 */
import type { PointReading } from '../../src/datacenter/pointEnergies.ts';
import { twoFeedNodes, twoFeedPoints } from './trees.ts';

const QUARTER_MS = 900_000;
/** Shanghai's year. */
export const YEAR = { startMs: Date.UTC(2025, 11, 31, 16), days: 365 };
export const POINTS = twoFeedPoints().map((point) =>
  point.purpose === 'it' ? { ...point, ratedPowerW: 20_000 } : point,
);
export const NODES = twoFeedNodes;

/** Small integers that repeat after 2^32 draws: a generator of its own, so that the sums need nothing of the project. */
function* draws(seed: number): Generator<number> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

export interface PlainQuarter {
  readonly startMs: number;
  readonly rackWh: readonly (readonly [a: number, b: number])[];
  readonly pduWh: readonly [number, number];
  readonly coolingWh: number;
  readonly lightingWh: number;
  readonly totalWh: number;
  /** kgCO2/kWh of the hour. */
  readonly intensity: number;
}

/** The whole Wh of every quarter hour of some days of the year. */
export function plainQuarters(fromDay: number, days: number): PlainQuarter[] {
  const quarters: PlainQuarter[] = [];
  for (let day = fromDay; day < fromDay + days; day++) {
    const next = draws(day + 1);
    for (let at = 0; at < 96; at++) {
      const startMs = YEAR.startMs + (day * 96 + at) * QUARTER_MS;
      const rackWh = [0, 1, 2, 3].map((rack) => {
        const both = 1_500 + 100 * rack + Math.floor(400 * next.next().value!);
        return [Math.floor(both * 0.48) * 4, Math.floor(both * 0.52) * 4] as const;
      });
      const pduWh = [0, 1].map((feed) => {
        const racks = rackWh.reduce((sum, both) => sum + both[feed]!, 0);
        return racks + 40;
      }) as [number, number];
      const coolingWh = 2_000 + Math.floor(3_000 * next.next().value!);
      const lightingWh = 120;
      const upsInWh = pduWh.map((wh) => Math.ceil(wh / 0.96) + 20);
      const totalWh = upsInWh[0]! + upsInWh[1]! + coolingWh + lightingWh + 90;
      const intensity = 0.1 + Math.floor(at / 4) / 200;
      quarters.push({ startMs, rackWh, pduWh, coolingWh, lightingWh, totalWh, intensity });
    }
  }
  return quarters;
}

/** What the meters of the facility send over some days, in the order of `POINTS`. */
export function readingsOf(quarters: readonly PlainQuarter[]): PointReading[][] {
  const register = (wh: readonly number[]): PointReading[] => {
    let shown = 5_000_000;
    const first = quarters[0]!.startMs;
    const at = (endMs: number, value: number): PointReading => ({
      kind: 'counter',
      startMs: endMs - QUARTER_MS,
      endMs,
      value,
      quality: 'simulated',
    });
    return [
      at(first, shown),
      ...wh.map((each, index) => {
        shown += each;
        return at(quarters[index]!.startMs + QUARTER_MS, shown);
      }),
    ];
  };
  const energy = (kind: 'delta' | 'mean', wh: readonly number[]): PointReading[] =>
    wh.map((each, index) => ({
      kind,
      startMs: quarters[index]!.startMs,
      endMs: quarters[index]!.startMs + QUARTER_MS,
      value: kind === 'mean' ? each * 4 : each,
      quality: 'simulated',
    }));
  const ofFeed = (feed: 0 | 1, loss: (wh: number) => number) =>
    quarters.map(({ pduWh }) => loss(pduWh[feed]));
  const series: Record<string, () => PointReading[]> = {
    inc: () => register(quarters.map(({ totalWh }) => totalWh)),
    cool: () =>
      energy(
        'delta',
        quarters.map(({ coolingWh }) => coolingWh),
      ),
    light: () =>
      energy(
        'delta',
        quarters.map(({ lightingWh }) => lightingWh),
      ),
  };
  for (const [feed, letter] of (['a', 'b'] as const).entries()) {
    const index = feed as 0 | 1;
    series[`ups-${letter}-in`] = () => register(ofFeed(index, (wh) => Math.ceil(wh / 0.96) + 20));
    series[`ups-${letter}-out`] = () =>
      energy(
        'delta',
        ofFeed(index, (wh) => wh + 5),
      );
    series[`pdu-${letter}-inlet`] = () =>
      energy(
        'delta',
        ofFeed(index, (wh) => wh),
      );
    series[`pdu-${letter}-phase`] = () =>
      energy(
        'mean',
        ofFeed(index, (wh) => wh + 1),
      );
    series[`pdu-${letter}-outlets`] = () =>
      energy(
        'delta',
        ofFeed(index, (wh) => wh - 40),
      );
    for (let rack = 0; rack < 4; rack++)
      series[`rack-${rack + 1}-${letter}`] = () =>
        energy(
          'mean',
          quarters.map(({ rackWh }) => rackWh[rack]![index]),
        );
  }
  return POINTS.map(({ id }) => series[id]!());
}
