/** `/emissions/forecasts/…`: the best time for work ahead, now or as it was known at an instant. */
import { z } from 'zod';
import type { ApiContext, ApiServer } from '../context.ts';
import { isoOf } from '../context.ts';
import { forecastAt } from '../grid/forecasts.ts';
import type { AnsweringZone } from '../grid/zones.ts';
import { badParameter } from '../problem.ts';
import { windowsOf } from './forecastWindows.ts';
import { namesOf, zonesOf } from './locations.ts';
import { forecastAnswers } from './responses.ts';
import { emissionsForecast, forecastBatch, forecastQueryShape } from './shapes.ts';

const HOUR_MS = 3_600_000;
const USUAL_HOURS = 24;
const MOST_HOURS = 72;

interface ForecastQuestion {
  readonly zone: AnsweringZone;
  readonly requestedAtMs: number;
  readonly dataStartAt?: number | null | undefined;
  readonly dataEndAt?: number | null | undefined;
  readonly windowSize?: number | null | undefined;
  /** Before the name of a parameter, where it stands in a list. */
  readonly place: string;
}

export function forecastRoutes(app: ApiServer, { store, clock }: ApiContext): void {
  const tags = ['Carbon Aware SDK'];

  const answer = async (question: ForecastQuestion): Promise<z.infer<typeof emissionsForecast>> => {
    const { zone, requestedAtMs, windowSize } = question;
    const { fromMs, toMs, hours } = boundsOf(question);
    const forecast = await forecastAt(store, zone, { atMs: requestedAtMs, hours, refusedAs: 501 });
    const windowMinutes = windowSize ?? 60;
    const asked = { location: zone.zone, fromMs, toMs, windowMinutes };
    const { all, optimal } = windowsOf(forecast.points, asked);
    return {
      generatedAt: isoOf(forecast.generatedAtMs),
      requestedAt: isoOf(requestedAtMs),
      location: zone.zone,
      dataStartAt: isoOf(fromMs),
      dataEndAt: isoOf(toMs),
      windowSize: windowMinutes,
      optimalDataPoints: [...optimal],
      optimalDataPoint: optimal[0] ?? null,
      forecastData: [...all],
      x_method: forecast.method,
      x_holdoutMeanAbsoluteError: forecast.score.meanAbsoluteError,
      x_historyEnd: isoOf(forecast.historyEndMs),
      x_origin: forecast.origin,
      x_family: zone.family,
    };
  };

  app.get(
    '/emissions/forecasts/current',
    {
      schema: {
        tags,
        summary: 'Forecast of each location as known now, with the best window for work',
        querystring: z.strictObject(forecastQueryShape),
        response: forecastAnswers(z.array(emissionsForecast)),
      },
    },
    async ({ query }) => {
      const requestedAtMs = clock();
      const zones = await zonesOf(store, namesOf(query));
      return Promise.all(zones.map((zone) => answer({ ...query, zone, requestedAtMs, place: '' })));
    },
  );

  app.post(
    '/emissions/forecasts/batch',
    {
      schema: {
        tags,
        summary: 'Forecasts as they were known at requestedAt: nothing that came to be known later is used',
        body: forecastBatch,
        querystring: z.strictObject({}),
        response: forecastAnswers(z.array(emissionsForecast)),
      },
    },
    async ({ body }) => {
      const nowMs = clock();
      const answers: z.infer<typeof emissionsForecast>[] = [];
      for (const [at, { location, requestedAt, ...rest }] of body.entries()) {
        const place = `[${at}].`;
        if (requestedAt > nowMs)
          throw badParameter(`${place}requestedAt`, 'requestedAt lies ahead of now', 'a time that has been');
        const [zone] = await zonesOf(store, [location]);
        answers.push(await answer({ ...rest, zone: zone!, requestedAtMs: requestedAt, place }));
      }
      return answers;
    },
  );
}

/** The time asked for, inside the forecast's reach; outside of it nothing is answered. */
function boundsOf({ requestedAtMs, dataStartAt, dataEndAt, place }: ForecastQuestion): {
  fromMs: number;
  toMs: number;
  hours: number;
} {
  const firstMs = Math.floor(requestedAtMs / HOUR_MS) * HOUR_MS;
  const lastMs = firstMs + MOST_HOURS * HOUR_MS;
  const reach = `a time from ${isoOf(firstMs)} to ${isoOf(lastMs)}`;
  if (dataStartAt != null && !(dataStartAt >= firstMs && dataStartAt < lastMs))
    throw badParameter(`${place}dataStartAt`, 'dataStartAt lies outside the forecast', reach);
  if (dataEndAt != null && !(dataEndAt > firstMs && dataEndAt <= lastMs))
    throw badParameter(`${place}dataEndAt`, 'dataEndAt lies outside the forecast', reach);
  const fromMs = dataStartAt ?? firstMs;
  const usualEndMs = Math.min(
    lastMs,
    Math.max(firstMs, Math.floor(fromMs / HOUR_MS) * HOUR_MS) + USUAL_HOURS * HOUR_MS,
  );
  const toMs = dataEndAt ?? usualEndMs;
  if (!(fromMs < toMs))
    throw badParameter(`${place}dataEndAt`, 'dataEndAt must be after dataStartAt', 'the other way round');
  return { fromMs, toMs, hours: Math.ceil((toMs - firstMs) / HOUR_MS) };
}
