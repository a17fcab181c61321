/** `/v3/carbon-intensity/…`: a zone's intensity, newest, of the last day, of a time, over a range, and ahead. */
import { z } from 'zod';
import { GRANULARITIES, readIntensities } from '../../activities/gridResults.ts';
import { FORECAST_METHODS } from '../../grid/forecast.ts';
import type { ApiContext, ApiServer } from '../context.ts';
import { isoOf } from '../context.ts';
import { forecastAt } from '../grid/forecasts.ts';
import { isStored, type Span, windowAt } from '../grid/granularity.ts';
import { newestIntensity } from '../grid/newest.ts';
import type { AnsweringZone } from '../grid/zones.ts';
import { instant } from '../parameters.ts';
import { noData } from '../problem.ts';
import { type IntensityAnswer, intensityRow, rowOf, seatOf, seatShape } from './intensityRows.ts';
import { horizonHours, intensityQuery, onlySteps, zoneOfQuery } from './parameters.ts';
import { answersOf } from './responses.ts';
import { lastDay, rangeOf } from './spans.ts';

const { disableEstimations: _, ...forecastShape } = intensityQuery.shape;
const forecastQuery = z.strictObject({
  ...forecastShape,
  horizonHours,
});

const series = <K extends string>(key: K) =>
  z.object({
    zone: z.string(),
    temporalGranularity: z.enum(GRANULARITIES),
    [key]: z.array(intensityRow),
  } as { zone: z.ZodString; temporalGranularity: z.ZodEnum } & Record<K, z.ZodArray<typeof intensityRow>>);

const forecastAnswer = z
  .object({
    zone: z.string(),
    forecast: z.array(
      z.object({
        carbonIntensity: z.int(),
        datetime: z.string(),
        x_carbonIntensityExact: z.number(),
      }),
    ),
    updatedAt: z.string(),
    temporalGranularity: z.literal('hourly'),
    emissionFactorType: z.enum(['lifecycle', 'direct']),
    x_method: z.enum(FORECAST_METHODS),
    x_holdout: z
      .object({
        meanAbsoluteError: z.number(),
        relativeError: z.number().nullable(),
        hours: z.int(),
      })
      .meta({
        description: 'Score of the method, a day ahead, on the last days before the forecast (g/kWh)',
      }),
    x_historyEnd: z.string(),
    x_origin: z.string().meta({ description: 'Of the history that the forecast was made of' }),
    x_knowledgeTime: z.string(),
    x_family: z.string(),
    ...seatShape,
  })
  .meta({ id: 'CarbonIntensityForecast' });

type IntensityQuery = z.output<typeof intensityQuery>;

export function intensityRoutes(app: ApiServer, { store, clock }: ApiContext): void {
  const tags = ['Electricity Maps v3'];

  /** Rows of a span as the query wants them. */
  const rowsOf = async (
    query: IntensityQuery,
    span: Span,
    zone: AnsweringZone,
  ): Promise<IntensityAnswer[]> => {
    const { temporalGranularity: granularity, emissionFactorType: type, disableEstimations } = query;
    const figures = await readIntensities(store, { ...span, ...zone, granularity });
    return figures.map((figure) => rowOf(figure, zone, { type, granularity, disableEstimations }));
  };

  app.get(
    '/v3/carbon-intensity/latest',
    {
      schema: {
        tags,
        summary: 'Newest known intensity of a zone; `datetime` says of when',
        querystring: intensityQuery,
        response: answersOf(intensityRow),
      },
    },
    async ({ query }) => {
      const zone = await zoneOfQuery(store, query, query.emissionFactorType);
      const { temporalGranularity: granularity, disableEstimations: measuredOnly } = query;
      const stored = isStored(granularity) ? granularity : 'hourly';
      const newest = await newestIntensity(store, zone, { granularity: stored, byMs: clock(), measuredOnly });
      const current = windowAt(newest, granularity);
      // A day, month or year that is not over yet has no value: then the one before is the newest.
      const span = isStored(granularity)
        ? current
        : { fromMs: windowAt(current.fromMs - 1, granularity).fromMs, toMs: current.toMs };
      const rows = await rowsOf(query, span, zone);
      const row = rows.findLast(({ carbonIntensity }) => carbonIntensity !== null);
      if (row === undefined)
        throw noData(
          `No complete ${granularity} value for zone "${zone.zone}"`,
          'temporalGranularity=hourly',
        );
      return row;
    },
  );

  app.get(
    '/v3/carbon-intensity/history',
    {
      schema: {
        tags,
        summary: 'The last 24 hours that are known, up to the newest',
        querystring: intensityQuery,
        response: answersOf(series('history')),
      },
    },
    async ({ query }) => {
      const { temporalGranularity: granularity } = query;
      onlySteps(
        granularity,
        ['15_minutes', 'hourly'],
        'hourly or 15_minutes; past-range serves longer steps',
      );
      const zone = await zoneOfQuery(store, query, query.emissionFactorType);
      const newest = await newestIntensity(store, zone, { granularity, byMs: clock() });
      const history = await rowsOf(query, lastDay(newest, granularity), zone);
      return { zone: zone.zone, temporalGranularity: granularity, history };
    },
  );

  app.get(
    '/v3/carbon-intensity/past',
    {
      schema: {
        tags,
        summary: 'The interval that contains a time',
        querystring: z.strictObject({ ...intensityQuery.shape, datetime: instant }),
        response: answersOf(intensityRow),
      },
    },
    async ({ query }) => {
      const zone = await zoneOfQuery(store, query, query.emissionFactorType);
      const [row] = await rowsOf(query, windowAt(query.datetime, query.temporalGranularity), zone);
      if (row === undefined) throw noDataAt(zone, query.datetime, query.temporalGranularity);
      return row;
    },
  );

  app.get(
    '/v3/carbon-intensity/past-range',
    {
      schema: {
        tags,
        summary: 'Intervals over a range; those of which nothing is known are left out',
        querystring: z.strictObject({ ...intensityQuery.shape, start: instant, end: instant }),
        response: answersOf(series('data')),
      },
    },
    async ({ query }) => {
      const { temporalGranularity: granularity } = query;
      const span = rangeOf(query.start, query.end, granularity);
      const zone = await zoneOfQuery(store, query, query.emissionFactorType);
      return {
        zone: zone.zone,
        temporalGranularity: granularity,
        data: await rowsOf(query, span, zone),
      };
    },
  );

  app.get(
    '/v3/carbon-intensity/forecast',
    {
      schema: {
        tags,
        summary: 'The hours ahead, from the current one, by a named method with its score',
        querystring: forecastQuery,
        response: answersOf(forecastAnswer),
      },
    },
    async ({ query }) => {
      onlySteps(query.temporalGranularity, ['hourly'], 'hourly');
      const zone = await zoneOfQuery(store, query, query.emissionFactorType);
      const asked = { atMs: clock(), hours: query.horizonHours, refusedAs: 404 } as const;
      const forecast = await forecastAt(store, zone, asked);
      const { method: _method, ...score } = forecast.score;
      return {
        zone: zone.zone,
        forecast: forecast.points.map(({ startMs, intensityKgPerMwh }) => ({
          carbonIntensity: Math.round(intensityKgPerMwh),
          datetime: isoOf(startMs),
          x_carbonIntensityExact: intensityKgPerMwh,
        })),
        updatedAt: isoOf(forecast.generatedAtMs),
        temporalGranularity: 'hourly' as const,
        emissionFactorType: query.emissionFactorType,
        x_method: forecast.method,
        x_holdout: score,
        x_historyEnd: isoOf(forecast.historyEndMs),
        x_origin: forecast.origin,
        x_knowledgeTime: isoOf(forecast.generatedAtMs),
        x_family: zone.family,
        ...seatOf(zone),
      };
    },
  );
}

export const noDataAt = ({ zone }: AnsweringZone, ms: number, step: string) =>
  noData(
    `No ${step} data for zone "${zone}" at ${isoOf(ms)}`,
    'a time that /v3/carbon-intensity/past-range has',
  );
