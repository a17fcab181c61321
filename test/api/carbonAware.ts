/** Requests of the published Carbon Aware SDK description, good and bad, with the answers that it states. */
import { describe, expect, test } from 'vitest';
import { readIntensities } from '../../src/activities/gridResults.ts';
import type { ApiServer } from '../../src/api/context.ts';
import { forecastSeries } from '../../src/grid/forecast.ts';
import {
  type ApiStore,
  at,
  CORRECTED_HOUR,
  ESTIMATED,
  FIRST_MS,
  HOUR_MS,
  HOURS,
  NOW_MS,
  UNKNOWN,
} from './apiStore.ts';

/** As clients of .NET write an instant. */
const roundTrip = (hour: number) => at(hour).replace('.000Z', '.0000000+00:00').replace('+', '%2B');

export function carbonAwareSuite(
  grid: () => ApiStore,
  api: () => ApiServer,
  before: () => Readonly<Record<string, number>>,
): void {
  const ask = async (url: string, body?: unknown) => {
    const response = await api().inject(
      body === undefined ? { url } : { method: 'POST', url, payload: body as object },
    );
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() };
  };
  const hoursOf = (zone: string, from: number, to: number, asOfMs?: number) =>
    readIntensities(grid().store, {
      zone,
      family: 'mode_lifecycle',
      granularity: 'hourly',
      fromMs: FIRST_MS + from * HOUR_MS,
      toMs: FIRST_MS + to * HOUR_MS,
      ...(asOfMs !== undefined && { asOfMs }),
    });

  const good: [string, unknown, number][] = [
    ['/health', undefined, 200],
    [`/emissions/bylocation?location=CN-SC&time=${roundTrip(3)}&toTime=${roundTrip(9)}`, undefined, 200],
    [
      `/emissions/bylocation?location=CN-SC&time=2026-3-1T04:05:06Z&toTime=2026-3-2T04:05:06Z`,
      undefined,
      200,
    ],
    ['/emissions/bylocation?location=CN-SC&time=2026-03-01&toTime=2026-03-02', undefined, 200],
    ['/emissions/bylocation?location=CN-SC', undefined, 200],
    [
      `/emissions/bylocations?location=CN-SC&location=CN-SC-5101&time=${at(3)}&toTime=${at(5)}`,
      undefined,
      200,
    ],
    [
      '/emissions/bylocations?locations=CN-SC&locations=CN-SC-5101&time=2026-03-01&toTime=2026-03-02',
      undefined,
      200,
    ],
    [
      `/emissions/bylocations/best?location=CN-SC&location=CN-SC-5101&time=${at(3)}&toTime=${at(5)}`,
      undefined,
      200,
    ],
    ['/emissions/forecasts/current?location=CN-SC', undefined, 200],
    ['/emissions/forecasts/current?location=CN-SC&location=CN-SC-5101&windowSize=30', undefined, 200],
    ['/emissions/forecasts/batch', [{ requestedAt: at(HOURS), location: 'CN-SC' }], 200],
    [
      '/emissions/forecasts/batch',
      [1, 2, 3].map((hour) => ({
        requestedAt: at(HOURS),
        dataStartAt: at(HOURS + hour),
        dataEndAt: at(HOURS + 20),
        location: 'CN-SC',
        windowSize: 60,
      })),
      200,
    ],
    [
      `/emissions/average-carbon-intensity?location=CN-SC&startTime=2026-3-1T04:05:06Z&endTime=2026-3-2T04:05:06Z`,
      undefined,
      200,
    ],
    [
      `/emissions/average-carbon-intensity?location=CN-SC&startTime=${at(1.5)}&endTime=${at(4.25)}`,
      undefined,
      200,
    ],
    [
      '/emissions/average-carbon-intensity/batch',
      [{ location: 'CN-SC', startTime: at(3), endTime: at(9) }],
      200,
    ],
    [
      '/emissions/average-carbon-intensity/batch',
      [3, 4, 5].map((hour) => ({ location: 'CN-SC', startTime: at(hour), endTime: at(hour + 1) })),
      200,
    ],
    ['/locations', undefined, 200],
    // Nothing is known of that time, or of that zone at it.
    [
      '/emissions/bylocation?location=CN-SC&time=2021-09-01T08:30:00Z&toTime=2021-09-02T08:30:00Z',
      undefined,
      204,
    ],
    [`/emissions/bylocation?location=${UNKNOWN}`, undefined, 204],
    ['/emissions/bylocations?location=CN-SC&time=2021-09-01T08:30:00Z', undefined, 204],
    ['/emissions/bylocations/best?location=CN-SC&time=2021-09-01T08:30:00Z', undefined, 204],
  ];
  test.each(good)('%s is answered', async (url, body, status) => {
    expect((await ask(url, body)).status).toBe(status);
  });

  const day = 'time=2026-03-01T00:00:00Z&toTime=2026-03-02T00:00:00Z';
  const average = '/emissions/average-carbon-intensity';
  const bad: [string, unknown, number, string][] = [
    ...[
      'bylocation',
      'bylocations',
      'bylocations/best',
      'forecasts/current',
      'average-carbon-intensity',
    ].flatMap((route): [string, unknown, number, string][] => [
      [`/emissions/${route}?location=`, undefined, 400, 'location'],
      [`/emissions/${route}`, undefined, 400, 'location'],
      [`/emissions/${route}?non-location-param=`, undefined, 400, 'non-location-param'],
    ]),
    ['/emissions/bylocation?location=eastus', undefined, 400, 'location'],
    [`/emissions/bylocation?location=CN-SC&location=CN-CQ&${day}`, undefined, 400, 'location'],
    ['/emissions/bylocation?location=CN-SC&toTime=2026-03-02T00:00:00Z', undefined, 400, 'time'],
    [
      '/emissions/bylocation?location=CN-SC&time=2026-03-02T00:00:00Z&toTime=2026-03-01T00:00:00Z',
      undefined,
      400,
      'toTime',
    ],
    // Upstream answers these two for another time than the caller meant.
    ['/emissions/bylocation?location=CN-SC&time=yesterday', undefined, 400, 'time'],
    ['/emissions/bylocation?location=CN-SC&fromTime=2026-03-01T00:00:00Z', undefined, 400, 'fromTime'],
    ['/emissions/bylocation?location=CN-SC&time=2026-03-01T00:00:00', undefined, 400, 'time'],
    [
      '/emissions/forecasts/current?location=CN-SC&dataStartAt=1999-01-01T00:00:00Z&dataEndAt=1999-01-02T00:00:00Z',
      undefined,
      400,
      'dataStartAt',
    ],
    [
      `/emissions/forecasts/current?location=CN-SC&dataStartAt=${at(HOURS + 5)}&dataEndAt=${at(HOURS + 4)}`,
      undefined,
      400,
      'dataEndAt',
    ],
    ['/emissions/forecasts/current?location=CN-SC&windowSize=0', undefined, 400, 'windowSize'],
    ['/emissions/forecasts/current?location=CN-SC&windowSize=-5', undefined, 400, 'windowSize'],
    ['/emissions/forecasts/batch', [{}], 400, '[0].requestedAt'],
    ['/emissions/forecasts/batch', [{ location: 'CN-SC' }], 400, '[0].requestedAt'],
    ['/emissions/forecasts/batch', [{ requestedAt: at(HOURS) }], 400, '[0].location'],
    [
      '/emissions/forecasts/batch',
      [{ location: 'CN-SC', requestedAt: '2026-3-4T08:30:00Z' }],
      400,
      '[0].requestedAt',
    ],
    [
      '/emissions/forecasts/batch',
      [{ location: 'CN-SC', requestedAt: '2199-01-01T00:00:00Z' }],
      400,
      '[0].requestedAt',
    ],
    ['/emissions/forecasts/batch', [], 400, 'request'],
    ['/emissions/forecasts/batch', {}, 400, 'request'],
    [`${average}?location=CN-SC&startTime=2026-03-01T00:00:00Z`, undefined, 400, 'endTime'],
    [`${average}?location=CN-SC&startTime=${at(5)}&endTime=${at(5)}`, undefined, 400, 'endTime'],
    [`${average}/batch`, [{}], 400, '[0].location'],
    [`${average}/batch`, [{ location: 'CN-SC' }], 400, '[0].startTime'],
    [`${average}/batch`, [{ location: 'CN-SC', startTime: at(1) }], 400, '[0].endTime'],
    [`${average}/batch`, [{ location: 'CN-SC', endTime: at(1) }], 400, '[0].startTime'],
    [
      `${average}/batch`,
      [{ location: 'CN-SC', startTime: '2026-3-1T15:30:00Z', endTime: '2026-3-1T18:00:00Z' }],
      400,
      '[0].startTime',
    ],
    [
      `${average}/batch`,
      ['CN-SC', 'CN-SC-5101'].map((location) => ({ location, startTime: at(1), endTime: at(2) })),
      400,
      '[1].location',
    ],
  ];
  test.each(bad)('%s %j is refused with %i and names %s', async (url, body, status, field) => {
    const answer = await ask(url, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      title: 'Bad Request',
      status,
      detail: expect.any(String),
      traceId: expect.any(String),
    });
    expect(Object.keys(answer.body.errors)).toContain(field);
  });

  test('an address that is none is 404', async () => {
    expect((await ask('/fake-endpoint')).status).toBe(404);
    expect((await ask('/emissions/fake')).body).toMatchObject({ title: 'Not Found', status: 404 });
  });

  test('without any results there are no locations, 204, and no zone is known', () => {
    expect(before()).toEqual({
      '/ready': 200,
      '/locations': 204,
      '/v3/zones': 200,
      '/emissions/bylocation?location=CN-SC': 400,
      '/v3/carbon-intensity/latest?zone=CN-SC': 404,
    });
  });

  describe('ratings', () => {
    test('are the published intensities of the hours that overlap the time; the best are the lowest of all', async () => {
      const url = `location=CN-SC&location=CN-SC-5101&time=${at(3.5)}&toTime=${at(6)}`;
      const { body } = await ask(`/emissions/bylocations?${url}`);
      const expected = (
        await Promise.all(['CN-SC', 'CN-SC-5101'].map((zone) => hoursOf(zone, 3, 6)))
      ).flatMap((rows) =>
        rows.map(({ zone, startMs, intensityKgPerMwh }) => ({
          location: zone,
          time: new Date(startMs).toISOString(),
          rating: intensityKgPerMwh,
          duration: '01:00:00',
        })),
      );
      expect(body).toMatchObject(expected);
      const { body: best } = await ask(`/emissions/bylocations/best?${url}`);
      const lowest = Math.min(...expected.map(({ rating }) => rating!));
      expect(best).toMatchObject(expected.filter(({ rating }) => rating === lowest));
    });

    test('locations stand at their seats', async () => {
      const { body } = await ask('/locations');
      expect(body['CN-SC-5101']).toEqual({ Latitude: 30.6667, Longitude: 104.0667, Name: 'Chengdu' });
      expect(body[ESTIMATED]).toEqual({ Latitude: null, Longitude: null, Name: ESTIMATED });
    });
  });

  describe('forecasts', () => {
    test('every window lies in the time asked for, and the optimal ones are the lowest', async () => {
      const url = `dataStartAt=${at(HOURS + 2.5)}&dataEndAt=${at(HOURS + 30)}&windowSize=150`;
      const { body } = await ask(`/emissions/forecasts/current?location=CN-SC&${url}`);
      const [forecast] = body;
      expect(forecast).toMatchObject({
        location: 'CN-SC',
        requestedAt: new Date(NOW_MS).toISOString(),
        dataStartAt: at(HOURS + 2.5),
        dataEndAt: at(HOURS + 30),
        windowSize: 150,
      });
      const values: number[] = [];
      for (const { timestamp, duration, value } of forecast.forecastData) {
        expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(Date.parse(at(HOURS + 2.5)));
        expect(Date.parse(timestamp) + duration * 60_000).toBeLessThanOrEqual(Date.parse(at(HOURS + 30)));
        values.push(value);
      }
      expect(values.length).toBe(26);
      expect(forecast.optimalDataPoint.value).toBe(Math.min(...values));
      expect(forecast.optimalDataPoints[0]).toEqual(forecast.optimalDataPoint);
    });

    test('a window longer than the time asked for finds nothing, as described', async () => {
      const url = `dataEndAt=${at(HOURS + 3)}&windowSize=600`;
      const { status, body } = await ask(`/emissions/forecasts/current?location=CN-SC&${url}`);
      expect(status).toBe(200);
      expect(body[0]).toMatchObject({ forecastData: [], optimalDataPoints: [], optimalDataPoint: null });
    });

    test('a batch uses what was known at requestedAt: not the correction that came later', async () => {
      const requestedAtMs = FIRST_MS + (HOURS - 2) * HOUR_MS;
      const request = [{ requestedAt: at(HOURS - 2), location: 'CN-SC-5101' }];
      const { body } = await ask('/emissions/forecasts/batch', request);
      // The hour before was not known yet: it comes 20 minutes after its end.
      const known = await hoursOf('CN-SC-5101', 0, HOURS - 3, requestedAtMs);
      const values = (rows: typeof known) => rows.map(({ intensityKgPerMwh }) => intensityKgPerMwh);
      const expected = forecastSeries(values(known), 25)!;
      expect(body[0].x_historyEnd).toBe(at(HOURS - 3));
      expect(body[0].forecastData.map(({ value }: { value: number }) => value)).toEqual(
        expected.values.slice(1),
      );
      expect(Date.parse(body[0].generatedAt)).toBeLessThanOrEqual(requestedAtMs);
      // With the correction it would have been another forecast.
      const later = values(await hoursOf('CN-SC-5101', 0, HOURS - 3));
      expect(later[CORRECTED_HOUR]).not.toBe(values(known)[CORRECTED_HOUR]);
      expect(forecastSeries(later, 25)!.values).not.toEqual(expected.values);
    });

    test.each([
      ['too short', { requestedAt: at(40), location: 'CN-SC' }, '72 known hours'],
      ['before anything was known', { requestedAt: '2021-09-01T08:30:00Z', location: 'CN-SC' }, 'no hour'],
    ])('%s: 501 with the reason', async (_case, request, reason) => {
      const { status, body } = await ask('/emissions/forecasts/batch', [request]);
      expect(status).toBe(501);
      expect(body).toMatchObject({ title: 'Not Implemented', status: 501 });
      expect(body.detail).toContain(reason);
    });
  });

  describe('averages', () => {
    test('are mass over energy, parts of hours by their time', async () => {
      const { body } = await ask(`${average}?location=CN-SC&startTime=${at(3.5)}&endTime=${at(5)}`);
      const [first, second] = await hoursOf('CN-SC', 3, 5);
      const energy = first!.consumptionMwh! / 2 + second!.consumptionMwh!;
      const mass =
        (first!.consumptionMwh! / 2) * first!.intensityKgPerMwh! +
        second!.consumptionMwh! * second!.intensityKgPerMwh!;
      expect(body.carbonIntensity).toBeCloseTo(mass / energy, 9);
      expect(body).toMatchObject({ location: 'CN-SC', startTime: at(3.5), endTime: at(5) });
    });

    test('are refused with 422 when more than a fifth of the time is unknown', async () => {
      const over = (end: number) =>
        ask(`${average}?location=CN-SC&startTime=${at(HOURS - 8)}&endTime=${at(end)}`);
      expect((await over(HOURS + 1)).body).toMatchObject({ x_isEstimated: true });
      const { status, body } = await over(HOURS + 3);
      expect(status).toBe(422);
      expect(body.detail).toMatch(/27\.\d % of the time/);
      const unknown = await ask(
        `${average}?location=${UNKNOWN}&startTime=${at(HOURS - 1)}&endTime=${at(HOURS)}`,
      );
      expect(unknown.status).toBe(422);
    });
  });
}
