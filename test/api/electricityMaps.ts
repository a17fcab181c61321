/** The Electricity Maps routes against traced results: shapes, times, families, refusals. */
import { describe, expect, test } from 'vitest';
import { readIntensities } from '../../src/activities/gridResults.ts';
import type { ApiServer } from '../../src/api/context.ts';
import { forecastSeries } from '../../src/grid/forecast.ts';
import {
  type ApiStore,
  at,
  CORRECTED_HOUR,
  END_MS,
  ESTIMATED,
  FIRST_MS,
  HOUR_MS,
  HOURS,
  NOW_MS,
  QUARTERS,
  UNKNOWN,
} from './apiStore.ts';

const ROW_KEYS = [
  'zone',
  'carbonIntensity',
  'datetime',
  'updatedAt',
  'createdAt',
  'emissionFactorType',
  'isEstimated',
  'estimationMethod',
  'temporalGranularity',
];
const BREAKDOWN_KEYS = [
  'zone',
  'datetime',
  'updatedAt',
  'createdAt',
  'powerConsumptionBreakdown',
  'powerProductionBreakdown',
  'powerImportBreakdown',
  'powerExportBreakdown',
  'fossilFreePercentage',
  'renewablePercentage',
  'powerConsumptionTotal',
  'powerProductionTotal',
  'powerImportTotal',
  'powerExportTotal',
  'isEstimated',
  'estimationMethod',
  'temporalGranularity',
];
const plain = (row: object) => Object.keys(row).filter((key) => !key.startsWith('x_'));

export function electricityMapsSuite(grid: () => ApiStore, api: () => ApiServer): void {
  const get = async (path: string) => {
    const response = await api().inject(`/v3/${path}`);
    return { status: response.statusCode, body: response.json() };
  };
  const figure = async (zone: string, hour: number, family = 'mode_lifecycle') => {
    const fromMs = FIRST_MS + hour * HOUR_MS;
    const question = { zone, family, granularity: 'hourly' as const, fromMs, toMs: fromMs + HOUR_MS };
    return (await readIntensities(grid().store, question))[0]!;
  };

  describe('carbon intensity', () => {
    test('the latest row has the published fields, a whole number, and says its exact value, version and family', async () => {
      const stored = await figure('CN-SC-5101', HOURS - 1);
      const { status, body } = await get('carbon-intensity/latest?zone=CN-SC-5101');
      expect(status).toBe(200);
      expect(plain(body)).toEqual(ROW_KEYS);
      expect(body).toMatchObject({
        zone: 'CN-SC-5101',
        carbonIntensity: Math.round(stored.intensityKgPerMwh!),
        x_carbonIntensityExact: stored.intensityKgPerMwh,
        datetime: at(HOURS - 1),
        emissionFactorType: 'lifecycle',
        isEstimated: false,
        estimationMethod: null,
        x_family: 'mode_lifecycle',
        x_dataVersion: 'v1',
        x_origin: 'simulated',
        x_computation: stored.computation,
      });
    });

    test('direct and lifecycle are two families and never mixed', async () => {
      const direct = await figure('CN-SC-5101', HOURS - 1, 'mode_direct');
      const { body } = await get('carbon-intensity/latest?zone=CN-SC-5101&emissionFactorType=direct');
      expect(body).toMatchObject({
        x_carbonIntensityExact: direct.intensityKgPerMwh,
        emissionFactorType: 'direct',
        x_family: 'mode_direct',
      });
    });

    test('a zone under its newer name, and a point by the nearest seat, which is said', async () => {
      const { body: byKey } = await get(
        'carbon-intensity/latest?zoneKey=CN-SC-5101&disableCallerLookup=true',
      );
      const { body: byPoint } = await get('carbon-intensity/latest?lat=30.6&lon=104.1');
      expect(byKey).toMatchObject({ zone: 'CN-SC-5101', x_zoneBy: 'id' });
      expect(byPoint).toMatchObject({ zone: 'CN-SC-5101', x_zoneBy: 'nearest_seat', x_seat: 'Chengdu' });
      expect(byPoint.carbonIntensity).toBe(byKey.carbonIntensity);
    });

    test('history is the last 24 hours that are known, in order', async () => {
      const { body } = await get('carbon-intensity/history?zone=CN-SC');
      expect(body.zone).toBe('CN-SC');
      expect(body.history.map(({ datetime }: { datetime: string }) => datetime)).toEqual(
        Array.from({ length: 24 }, (_row, back) => at(HOURS - 24 + back)),
      );
    });

    test('past answers with the interval that contains the time, of the version in force', async () => {
      const { body } = await get(
        `carbon-intensity/past?zone=CN-SC-5101&datetime=${at(CORRECTED_HOUR + 0.7)}`,
      );
      expect(body).toMatchObject({ datetime: at(CORRECTED_HOUR), x_dataVersion: 'v2' });
      expect(Date.parse(body.updatedAt)).toBe(NOW_MS - 10 * 60_000);
      expect(Date.parse(body.createdAt)).toBe(FIRST_MS + (CORRECTED_HOUR + 1) * HOUR_MS + 20 * 60_000);
    });

    test('a range gives each interval that overlaps it, and nothing for hours that are not known', async () => {
      const url = `carbon-intensity/past-range?zone=CN-SC&start=${at(HOURS - 2.5)}&end=${at(HOURS + 5)}`;
      const { body } = await get(url);
      expect(body.data.map(({ datetime }: { datetime: string }) => datetime)).toEqual([
        at(HOURS - 3),
        at(HOURS - 2),
        at(HOURS - 1),
      ]);
    });

    test('a day is cut in Shanghai; one that is not over has no value, and the latest is the day before', async () => {
      const { body } = await get(
        `carbon-intensity/past-range?zone=CN-SC&temporalGranularity=daily&start=${at(0)}&end=${at(HOURS)}`,
      );
      expect(
        body.data.map((row: { datetime: string; carbonIntensity: number | null }) => [
          row.datetime,
          row.carbonIntensity !== null,
        ]),
      ).toEqual([
        [at(0), true],
        [at(24), true],
        [at(48), true],
        [at(72), false],
      ]);
      const { body: latest } = await get('carbon-intensity/latest?zone=CN-SC&temporalGranularity=daily');
      expect(latest.datetime).toBe(at(48));
    });

    test('quarters of an hour where the readings are that fine, and a reason where they are not', async () => {
      const { body } = await get(`carbon-intensity/history?zone=${QUARTERS}&temporalGranularity=15_minutes`);
      expect(body.history).toHaveLength(8);
      const missing = await get('carbon-intensity/latest?zone=CN-SC&temporalGranularity=15_minutes');
      expect(missing.status).toBe(404);
      expect(missing.body.x_remedy).toBe('temporalGranularity=hourly');
    });

    test('an estimate has its method and bounds, and is withheld where estimates are not wanted', async () => {
      const url = `carbon-intensity/past?zone=${ESTIMATED}&datetime=${at(HOURS - 1)}`;
      const { body } = await get(url);
      expect(body).toMatchObject({
        carbonIntensity: 820,
        isEstimated: true,
        estimationMethod: 'KNOWN_SHARE',
      });
      expect(body.x_unknownShare).toBeCloseTo(0.1, 12);
      expect(body.x_bounds[0]).toBeLessThan(820);
      const { body: without } = await get(`${url}&disableEstimations=true`);
      expect(without).toMatchObject({
        carbonIntensity: null,
        x_carbonIntensityExact: null,
        x_reason: 'estimations_disabled',
        x_bounds: body.x_bounds,
      });
      const latest = await get(`carbon-intensity/latest?zone=${ESTIMATED}&disableEstimations=true`);
      expect(latest.status).toBe(404);
    });

    test('unknown is null with bounds, reason and cause, never 0', async () => {
      const { body } = await get(`carbon-intensity/past?zone=${UNKNOWN}&datetime=${at(HOURS - 1)}`);
      expect(body).toMatchObject({ carbonIntensity: null, x_reason: 'unknown_share' });
      expect(body.x_bounds).toHaveLength(2);
      expect(body.x_causes.join()).toContain('TEST-OUTSIDE');
    });

    test('the forecast begins with the current hour and is that of the pure method on what was known', async () => {
      const { body } = await get('carbon-intensity/forecast?zone=CN-SC-5101&horizonHours=6');
      const history = await readIntensities(grid().store, {
        zone: 'CN-SC-5101',
        family: 'mode_lifecycle',
        granularity: 'hourly',
        fromMs: FIRST_MS,
        toMs: END_MS,
      });
      const expected = forecastSeries(
        history.map(({ intensityKgPerMwh }) => intensityKgPerMwh),
        6,
      )!;
      expect(
        body.forecast.map((row: { x_carbonIntensityExact: number }) => row.x_carbonIntensityExact),
      ).toEqual(expected.values);
      expect(body.forecast[0].datetime).toBe(at(HOURS));
      expect(body).toMatchObject({ x_method: expected.method, x_historyEnd: at(HOURS) });
      expect(body.x_holdout.meanAbsoluteError).toBe(expected.score.meanAbsoluteError);
    });

    test('no forecast without enough history: 404 with the reason', async () => {
      const { status, body } = await get(`carbon-intensity/forecast?zone=${ESTIMATED}`);
      expect(status).toBe(404);
      expect(body.message).toContain('72 known hours');
    });
  });

  describe('power breakdown', () => {
    test('has the published fields; what was consumed by mode adds up to the total', async () => {
      const { body } = await get('power-breakdown/latest?zone=CN-SC-5101');
      expect(plain(body)).toEqual(BREAKDOWN_KEYS);
      const sum = (powers: Record<string, number | null>) =>
        Object.values(powers).reduce<number>((total, power) => total + (power ?? 0), 0);
      expect(Math.abs(sum(body.powerConsumptionBreakdown) - body.powerConsumptionTotal)).toBeLessThanOrEqual(
        6,
      );
      expect(Math.abs(sum(body.powerProductionBreakdown) - body.powerProductionTotal)).toBeLessThanOrEqual(6);
      const { powerProductionTotal, powerImportTotal, powerExportTotal, powerConsumptionTotal } = body;
      expect(
        Math.abs(powerProductionTotal + powerImportTotal - powerExportTotal - powerConsumptionTotal),
      ).toBeLessThanOrEqual(3);
      expect(body.renewablePercentage).toBeGreaterThan(0);
      expect(body.fossilFreePercentage).toBeGreaterThanOrEqual(body.renewablePercentage);
    });

    test('history, past and range are of the time asked for; a mix that is not known well has no percentages', async () => {
      const { body: history } = await get('power-breakdown/history?zone=CN-SC');
      expect(history.history).toHaveLength(24);
      const { body: past } = await get(`power-breakdown/past?zone=CN-SC&datetime=${at(5.5)}`);
      expect(past.datetime).toBe(at(5));
      const { body: range } = await get(`power-breakdown/past-range?zone=CN-SC&start=${at(3)}&end=${at(6)}`);
      expect(range.data.map(({ datetime }: { datetime: string }) => datetime)).toEqual([at(3), at(4), at(5)]);
      const { body: unknown } = await get(`power-breakdown/past?zone=${UNKNOWN}&datetime=${at(HOURS - 1)}`);
      expect(unknown).toMatchObject({
        renewablePercentage: null,
        powerConsumptionBreakdown: { coal: 50, unknown: 50 },
      });
    });

    test('the forecast repeats what the method finds in each mode; the parts add up to the totals', async () => {
      const { body } = await get('power-breakdown/forecast?zone=CN-SC-5101&horizonHours=48');
      expect(body.forecast.map(({ datetime }: { datetime: string }) => datetime)).toEqual(
        Array.from({ length: 48 }, (_row, ahead) => at(HOURS + ahead)),
      );
      expect(body).toMatchObject({ x_method: expect.any(String), x_historyEnd: at(HOURS) });
      expect(body.x_holdoutMwh.relativeError).toBeLessThan(0.2);
      const { body: day } = await get('power-breakdown/history?zone=CN-SC-5101');
      const mean = (rows: { powerConsumptionTotal: number }[]) =>
        rows.reduce((sum, row) => sum + row.powerConsumptionTotal, 0) / rows.length;
      expect(Math.abs(mean(body.forecast) / mean(day.history) - 1)).toBeLessThan(0.2);
      for (const row of body.forecast) {
        const sum = Object.values<number | null>(row.powerConsumptionBreakdown).reduce<number>(
          (total, power) => total + (power ?? 0),
          0,
        );
        expect(Math.abs(sum - row.powerConsumptionTotal)).toBeLessThanOrEqual(6);
      }
      expect((await get(`power-breakdown/forecast?zone=${UNKNOWN}`)).status).toBe(404);
    });
  });

  test('zones are named, with what there is of them', async () => {
    const { body } = await get('zones');
    expect(body['CN-SC']).toMatchObject({ zoneName: '四川', countryName: 'China' });
    expect(body['CN-SC'].access).toContain('carbon-intensity/latest');
    expect(body[QUARTERS]).toMatchObject({ zoneName: QUARTERS });
  });

  test('the feed tells a correction with both values, versions and the cause; small ones can be left out', async () => {
    const since = new Date(NOW_MS - 15 * 60_000).toISOString();
    const { body } = await get(`updated-since?zone=CN-SC-5101&since=${since}`);
    const change = body.updates.find(({ cause }: { cause: string }) => cause === 'input revision');
    expect(change).toMatchObject({ datetime: at(CORRECTED_HOUR), oldVersion: 'v1', newVersion: 'v2' });
    expect(change.newValue).toBeGreaterThan(change.oldValue);
    const { body: coarse } = await get(`updated-since?zone=CN-SC-5101&since=${since}&threshold=0.9`);
    expect(coarse.updates.some(({ cause }: { cause: string }) => cause === 'input revision')).toBe(false);
  });

  test.each([
    ['carbon-intensity/latest', 400, 'zone'],
    ['carbon-intensity/latest?zone=', 400, 'zone'],
    ['carbon-intensity/latest?zone=CN-SC&zone=CN-CQ', 400, 'zone'],
    ['carbon-intensity/latest?zone=CN-SC&lat=30&lon=104', 400, 'zone'],
    ['carbon-intensity/latest?zone=CN-SC&zoneKey=CN-CQ', 400, 'zoneKey'],
    ['carbon-intensity/latest?lat=30', 400, 'lon'],
    ['carbon-intensity/latest?lat=91&lon=104', 400, 'lat'],
    ['carbon-intensity/latest?lat=&lon=104', 400, 'lat'],
    ['carbon-intensity/latest?lat=48.85&lon=2.35', 400, 'lat'],
    ['carbon-intensity/latest?zone=CN-XX', 404, undefined],
    ['carbon-intensity/latest?zone=CN-SC&emissionFactorType=marginal', 400, 'emissionFactorType'],
    ['carbon-intensity/latest?zone=CN-SC&temporalGranularity=5_minutes', 400, 'temporalGranularity'],
    ['carbon-intensity/latest?zone=CN-SC&datetime=2026-03-01T00:00:00Z', 400, 'datetime'],
    ['carbon-intensity/history?zone=CN-SC&temporalGranularity=daily', 400, 'temporalGranularity'],
    ['carbon-intensity/past?zone=CN-SC', 400, 'datetime'],
    ['carbon-intensity/past?zone=CN-SC&datetime=2026-03-01', 400, 'datetime'],
    ['carbon-intensity/past?zone=CN-SC&datetime=2026-03-01T00:00:00', 400, 'datetime'],
    ['carbon-intensity/past?zone=CN-SC&datetime=2026-02-30T00:00:00Z', 400, 'datetime'],
    ['carbon-intensity/past?zone=CN-SC&datetime=2026-03-01T00:00:00+08:00', 400, 'datetime'],
    ['carbon-intensity/past?zone=CN-SC&datetime=2020-03-01T00:00:00Z', 404, undefined],
    [
      'carbon-intensity/past-range?zone=CN-SC&start=2026-03-02T00:00:00Z&end=2026-03-02T00:00:00Z',
      400,
      'end',
    ],
    [
      'carbon-intensity/past-range?zone=CN-SC&start=2026-03-01T00:00:00Z&end=2026-03-11T00:00:01Z',
      400,
      'end',
    ],
    [
      'carbon-intensity/past-range?zone=CN-SC&temporalGranularity=daily&start=2026-01-01T00:00:00Z&end=2026-04-12T00:00:00Z',
      400,
      'end',
    ],
    ['carbon-intensity/forecast?zone=CN-SC&horizonHours=12', 400, 'horizonHours'],
    ['carbon-intensity/forecast?zone=CN-SC&temporalGranularity=daily', 400, 'temporalGranularity'],
    [
      'power-breakdown/past?zone=CN-SC&temporalGranularity=daily&datetime=2026-03-01T00:00:00Z',
      400,
      'temporalGranularity',
    ],
    ['updated-since?zone=CN-SC', 400, 'since'],
    ['updated-since?zone=CN-SC&since=2026-03-01T00:00:00Z&threshold=2', 400, 'threshold'],
    ['nothing', 404, undefined],
  ])('%s is refused with %i and names %s', async (path, status, place) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status: 'error', message: expect.any(String) });
    if (place !== undefined) expect(answer.body.x_place).toBe(place);
  });

  test('ten days hourly and a hundred daily are the longest ranges', async () => {
    const range = (days: number, step: string) =>
      get(
        `carbon-intensity/past-range?zone=CN-SC&temporalGranularity=${step}&start=${at(0)}&end=${at(24 * days)}`,
      );
    expect((await range(10, 'hourly')).status).toBe(200);
    expect((await range(100, 'daily')).status).toBe(200);
  });
}
