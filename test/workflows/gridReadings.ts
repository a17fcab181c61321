/** A small grid of three zones as readings: two that generate, one that lives on imports. */
const HOUR_MS = 3_600_000;

export const GRID_TOPICS = ['grid.generation', 'grid.exchange', 'grid.load'] as const;
type GridTopic = (typeof GRID_TOPICS)[number];

export const hourText = (ms: number): string => new Date(ms).toISOString().replace('.000', '');

/** Readings of one hour (MWh); balanced, so that no load has to be guessed. */
export function hourReadings(
  hourMs: number,
  coalMwh: number,
  how: { revision?: number; quality?: string } = {},
): Record<GridTopic, Record<string, unknown>[]> {
  const { revision = 0, quality = 'measured' } = how;
  const common = { start: hourText(hourMs), durationS: HOUR_MS / 1_000, quality, revision };
  return {
    'grid.generation': [
      { zone: 'A', fuel: 'coal', energyMwh: coalMwh, ...common },
      { zone: 'A', fuel: 'hydro', energyMwh: 40, ...common },
      { zone: 'B', fuel: 'wind', energyMwh: 60, ...common },
      { zone: 'C', fuel: 'solar', energyMwh: 0, ...common },
    ],
    'grid.exchange': [
      { fromZone: 'A', toZone: 'B', netEnergyMwh: 20, ...common },
      { fromZone: 'C', toZone: 'A', netEnergyMwh: -30, ...common },
    ],
    'grid.load': [
      { zone: 'A', energyMwh: coalMwh - 10, ...common },
      { zone: 'B', energyMwh: 80, ...common },
      { zone: 'C', energyMwh: 30, ...common },
    ],
  };
}
