/** Whatever is asked: never a fault of the server, and never an answer for another time than was asked for. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { ApiServer } from '../../src/api/context.ts';
import { at, ESTIMATED, FIRST_MS, HOUR_MS, HOURS, NOW_MS, QUARTERS, UNKNOWN } from './apiStore.ts';

const numRuns = process.env.TANLIU_TEST_FULL === '1' ? 1_000 : 60;

const zone = fc.constantFrom('CN-SC', 'CN-SC-5101', 'CN-SC-5134', ESTIMATED, UNKNOWN, QUARTERS, 'CN-XX');
/** Mostly in and around what is known, at any millisecond. */
const momentMs = fc.oneof(
  fc.integer({ min: FIRST_MS - 30 * HOUR_MS, max: NOW_MS + 100 * HOUR_MS }),
  fc.integer({ min: 0, max: HOURS + 80 }).map((hour) => FIRST_MS + hour * HOUR_MS),
  fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2150, 0, 1) }),
);
const offset = fc.constantFrom('Z', '+08:00', '-05:30');
const moment = fc.tuple(momentMs, offset).map(([ms, zone]) => {
  if (zone === 'Z') return { ms, text: new Date(ms).toISOString() };
  const sign = zone.startsWith('-') ? -1 : 1;
  const shiftMs = sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * 60_000;
  return { ms, text: new Date(ms + shiftMs).toISOString().replace('Z', zone) };
});
const junk = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    'null',
    'NaN',
    "' OR 1=1 --",
    '{zone:String}',
    '../..',
    '2026-13-45T99:00:00Z',
    '__proto__',
    '9'.repeat(400),
  ),
);
const step = fc.constantFrom('15_minutes', 'hourly', 'daily', 'monthly', 'yearly');
const any = (good: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: junk });
const text = moment.map((each) => each.text);

/** Every parameter of any route, good and bad. */
const parameters = fc.record(
  {
    zone: any(zone),
    zoneKey: any(zone),
    location: any(zone),
    locations: any(zone),
    lat: any(fc.double({ min: -95, max: 95, noNaN: true }).map(String)),
    lon: any(fc.double({ min: -185, max: 185, noNaN: true }).map(String)),
    datetime: any(text),
    start: any(text),
    end: any(text),
    since: any(text),
    threshold: any(fc.constantFrom('0.1', '1')),
    time: any(text),
    toTime: any(text),
    dataStartAt: any(text),
    dataEndAt: any(text),
    startTime: any(text),
    endTime: any(text),
    windowSize: any(fc.integer({ min: -5, max: 5_000 }).map(String)),
    horizonHours: any(fc.constantFrom('6', '24', '48', '72')),
    emissionFactorType: any(fc.constantFrom('direct', 'lifecycle')),
    disableEstimations: any(fc.constantFrom('true', 'false')),
    temporalGranularity: any(step),
  },
  { requiredKeys: [] },
);

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly names: readonly string[];
}

export function fuzzSuite(api: () => ApiServer): void {
  const get = async (path: string, query: Readonly<Record<string, string>>) => {
    const response = await api().inject({ url: path, query: { ...query } });
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() };
  };
  let known: Route[] | undefined;
  const routes = async (): Promise<Route[]> => {
    if (known) return known;
    const { paths } = (await api().inject('/openapi.json')).json() as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
    };
    known = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        method: method.toUpperCase() as Route['method'],
        path,
        names: parameters.map(({ name }) => name),
      })),
    );
    return known;
  };
  const span = (row: { datetime: string }, stepMs: number) => {
    const fromMs = Date.parse(row.datetime);
    return { fromMs, toMs: fromMs + stepMs };
  };
  const STEP_MS: Readonly<Record<string, number>> = {
    '15_minutes': HOUR_MS / 4,
    hourly: HOUR_MS,
    daily: 24 * HOUR_MS,
    monthly: 31 * 24 * HOUR_MS,
    yearly: 366 * 24 * HOUR_MS,
  };

  describe('whatever is asked', () => {
    test.prop([parameters, fc.nat(), fc.boolean()], { numRuns: 10 * numRuns })(
      'no query of any route is a fault of the server',
      async (values, pick, onlyKnown) => {
        const reads = (await routes()).filter(({ method }) => method === 'GET');
        const { path, names } = reads[pick % reads.length]!;
        const given = Object.entries(values as Record<string, string>);
        const query = Object.fromEntries(onlyKnown ? given.filter(([name]) => names.includes(name)) : given);
        const { status } = await get(path, query);
        expect([200, 204, 400, 404, 422, 501], `${path} ${JSON.stringify(query)}`).toContain(status);
        if (status === 501) expect(path).toMatch(/forecast/);
      },
    );

    const item = fc.record(
      {
        location: any(zone),
        requestedAt: any(text),
        startTime: any(text),
        endTime: any(text),
        dataStartAt: fc.oneof(any(text), fc.constant(null)),
        dataEndAt: fc.oneof(any(text), fc.constant(null)),
        windowSize: fc.oneof(fc.integer(), fc.constant(null), junk),
      },
      { requiredKeys: ['location'] },
    );
    const body = fc.oneof(
      fc.array(item, { maxLength: 4 }).map((items) => JSON.stringify(items)),
      fc.json(),
      fc.string(),
    );
    test.prop([body, fc.boolean()], { numRuns })(
      'no body is a fault of the server',
      async (payload, forecasts) => {
        const path = forecasts ? '/emissions/forecasts/batch' : '/emissions/average-carbon-intensity/batch';
        const headers = { 'content-type': 'application/json' };
        const { statusCode } = await api().inject({ method: 'POST', url: path, payload, headers });
        expect([200, 400, 422, 501], payload).toContain(statusCode);
      },
    );

    test.prop([fc.string({ unit: 'binary' }), fc.constantFrom('/v3/', '/emissions/', '/', '/docs/')], {
      numRuns,
    })('no address is a fault of the server', async (tail, head) => {
      const { statusCode } = await api().inject({ url: head + encodeURI(tail.toWellFormed()) });
      expect(statusCode).toBeLessThan(500);
    });
  });

  describe('no answer is for another time than asked', () => {
    const family = fc.constantFrom('carbon-intensity', 'power-breakdown');

    test.prop([family, zone, moment, step], { numRuns })(
      'past: the interval contains the time',
      async (kind, zone, { ms, text }, step) => {
        const { status, body } = await get(`/v3/${kind}/past`, {
          zone,
          datetime: text,
          temporalGranularity: step,
        });
        if (status !== 200) return;
        const { fromMs, toMs } = span(body, STEP_MS[step]!);
        expect(fromMs <= ms && ms < toMs).toBe(true);
      },
    );

    test.prop(
      [
        family,
        zone,
        moment,
        fc.integer({ min: 1, max: 240 * HOUR_MS }),
        fc.constantFrom('15_minutes', 'hourly'),
      ],
      { numRuns },
    )(
      'past-range: every interval overlaps the range, and none that is known is missing',
      async (kind, zone, { ms, text }, lengthMs, step) => {
        const end = new Date(ms + lengthMs).toISOString();
        const asked = { zone, start: text, end, temporalGranularity: step };
        const { status, body } = await get(`/v3/${kind}/past-range`, asked);
        if (status !== 200) return;
        const stepMs = STEP_MS[step]!;
        for (const row of body.data) {
          const { fromMs, toMs } = span(row, stepMs);
          expect(fromMs < ms + lengthMs && toMs > ms).toBe(true);
        }
        if (zone === 'CN-SC' && step === 'hourly') {
          const first = Math.max(FIRST_MS, Math.floor(ms / HOUR_MS) * HOUR_MS);
          const last = Math.min(FIRST_MS + HOURS * HOUR_MS, Math.ceil((ms + lengthMs) / HOUR_MS) * HOUR_MS);
          expect(body.data).toHaveLength(Math.max(0, (last - first) / HOUR_MS));
        }
      },
    );

    test.prop([zone, moment, fc.option(fc.integer({ min: 1, max: 90 * HOUR_MS }), { nil: undefined })], {
      numRuns,
    })(
      'bylocation: every rating is of an hour that overlaps the time',
      async (location, { ms, text }, lengthMs) => {
        const toTime = lengthMs === undefined ? {} : { toTime: new Date(ms + lengthMs).toISOString() };
        const { status, body } = await get('/emissions/bylocation', { location, time: text, ...toTime });
        if (status !== 200) return;
        for (const { time, rating } of body) {
          expect(rating).toBeGreaterThanOrEqual(0);
          const fromMs = Date.parse(time);
          expect(fromMs < ms + (lengthMs ?? 1) && fromMs + HOUR_MS > ms).toBe(true);
        }
      },
    );

    const ahead = fc.integer({ min: -2 * 60, max: 75 * 60 }).map((minutes) => NOW_MS + minutes * 60_000);
    test.prop([ahead, ahead, fc.integer({ min: 1, max: 4_000 })], { numRuns })(
      'forecasts: every window lies in the time asked for',
      async (startMs, endMs, windowSize) => {
        const [dataStartAt, dataEndAt] = [startMs, endMs].map((ms) => new Date(ms).toISOString());
        const { status, body } = await get('/emissions/forecasts/current', {
          location: 'CN-SC',
          dataStartAt: dataStartAt!,
          dataEndAt: dataEndAt!,
          windowSize: String(windowSize),
        });
        const within =
          startMs >= Date.parse(at(HOURS)) && endMs <= Date.parse(at(HOURS + 72)) && startMs < endMs;
        expect(status).toBe(within ? 200 : 400);
        if (status !== 200) return;
        for (const { timestamp, duration } of [...body[0].forecastData, ...body[0].optimalDataPoints]) {
          expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(startMs);
          expect(Date.parse(timestamp) + duration * 60_000).toBeLessThanOrEqual(endMs);
        }
      },
    );

    test.prop([zone, moment, fc.integer({ min: 1, max: 60 * HOUR_MS })], { numRuns })(
      'averages: of the very time that was asked for, and inside its hours',
      async (location, { ms, text }, lengthMs) => {
        const endTime = new Date(ms + lengthMs).toISOString();
        const asked = { location, startTime: text, endTime };
        const { status, body } = await get('/emissions/average-carbon-intensity', asked);
        if (status !== 200) return;
        expect([Date.parse(body.startTime), Date.parse(body.endTime)]).toEqual([ms, ms + lengthMs]);
        const { body: hours } = await get('/emissions/bylocation', { location, time: text, toTime: endTime });
        const ratings = hours.map(({ rating }: { rating: number }) => rating);
        expect(body.carbonIntensity).toBeGreaterThanOrEqual(Math.min(...ratings) * (1 - 1e-12));
        expect(body.carbonIntensity).toBeLessThanOrEqual(Math.max(...ratings) * (1 + 1e-12));
      },
    );
  });
}
