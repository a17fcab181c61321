/** `/v3/power-breakdown/…`: who produced, consumed and exchanged what. */
import { z } from 'zod';
import { readMixes } from '../../activities/gridResults.ts';
import { FORECAST_METHODS } from '../../grid/forecast.ts';
import { type ApiContext, type ApiServer, isoOf } from '../context.ts';
import { type Span, windowAt } from '../grid/granularity.ts';
import { forecastMixAt } from '../grid/mixForecast.ts';
import { newestMix } from '../grid/newest.ts';
import type { AnsweringZone } from '../grid/zones.ts';
import { instant } from '../parameters.ts';
import { breakdownOf, breakdownRow } from './breakdownRows.ts';
import { noDataAt } from './intensityRoutes.ts';
import { seatOf, seatShape } from './intensityRows.ts';
import { horizonHours, onlySteps, zoneOfQuery, zoneQuery } from './parameters.ts';
import { answersOf } from './responses.ts';
import { lastDay, rangeOf } from './spans.ts';

const STEPS = ['15_minutes', 'hourly'] as const;
type Step = (typeof STEPS)[number];

const series = <K extends string>(key: K) =>
  z.object({
    zone: z.string(),
    temporalGranularity: z.enum(STEPS),
    [key]: z.array(breakdownRow),
  } as { zone: z.ZodString; temporalGranularity: z.ZodEnum } & Record<K, z.ZodArray<typeof breakdownRow>>);

/** A row without what only a computed hour has. */
const forecastRow = breakdownRow
  .pick({
    datetime: true,
    powerConsumptionBreakdown: true,
    powerProductionBreakdown: true,
    powerImportBreakdown: true,
    powerExportBreakdown: true,
    fossilFreePercentage: true,
    renewablePercentage: true,
    powerConsumptionTotal: true,
    powerProductionTotal: true,
    powerImportTotal: true,
    powerExportTotal: true,
  })
  .meta({ id: 'PowerBreakdownAhead' });

const forecastAnswer = z
  .object({
    zone: z.string(),
    forecast: z.array(forecastRow),
    updatedAt: z.string(),
    temporalGranularity: z.literal('hourly'),
    x_method: z.enum(FORECAST_METHODS).meta({ description: 'One for all modes: the best on consumption' }),
    x_holdoutMwh: z.object({
      meanAbsoluteError: z.number(),
      relativeError: z.number().nullable(),
      hours: z.int(),
    }),
    x_historyEnd: z.string(),
    x_origin: z.string(),
    x_knowledgeTime: z.string(),
    ...seatShape,
  })
  .meta({ id: 'PowerBreakdownForecast' });

export function breakdownRoutes(app: ApiServer, { store, clock }: ApiContext): void {
  const tags = ['Electricity Maps v3'];

  const asked = async (query: z.output<typeof zoneQuery>): Promise<{ step: Step; zone: AnsweringZone }> => {
    const { temporalGranularity: step } = query;
    onlySteps(step, STEPS, 'hourly or 15_minutes');
    return { step, zone: await zoneOfQuery(store, query, undefined) };
  };
  const rowsOf = async (span: Span, zone: AnsweringZone, granularity: Step) => {
    const mixes = await readMixes(store, { ...span, zone: zone.zone, granularity });
    return mixes.map((mix) => breakdownOf(mix, zone, granularity));
  };

  app.get(
    '/v3/power-breakdown/latest',
    {
      schema: {
        tags,
        summary: 'Newest interval whose production and consumption are known',
        querystring: zoneQuery,
        response: answersOf(breakdownRow),
      },
    },
    async ({ query }) => {
      const { step, zone } = await asked(query);
      const newest = await newestMix(store, zone.zone, { granularity: step, byMs: clock() });
      const [row] = await rowsOf(windowAt(newest, step), zone, step);
      if (row === undefined) throw noDataAt(zone, newest, step);
      return row;
    },
  );

  app.get(
    '/v3/power-breakdown/history',
    {
      schema: {
        tags,
        summary: 'The last 24 hours that are known, up to the newest',
        querystring: zoneQuery,
        response: answersOf(series('history')),
      },
    },
    async ({ query }) => {
      const { step, zone } = await asked(query);
      const newest = await newestMix(store, zone.zone, { granularity: step, byMs: clock() });
      const history = await rowsOf(lastDay(newest, step), zone, step);
      return { zone: zone.zone, temporalGranularity: step, history };
    },
  );

  app.get(
    '/v3/power-breakdown/past',
    {
      schema: {
        tags,
        summary: 'The interval that contains a time',
        querystring: z.strictObject({ ...zoneQuery.shape, datetime: instant }),
        response: answersOf(breakdownRow),
      },
    },
    async ({ query }) => {
      const { step, zone } = await asked(query);
      const [row] = await rowsOf(windowAt(query.datetime, step), zone, step);
      if (row === undefined) throw noDataAt(zone, query.datetime, step);
      return row;
    },
  );

  app.get(
    '/v3/power-breakdown/past-range',
    {
      schema: {
        tags,
        summary: 'Intervals over a range; those of which nothing is known are left out',
        querystring: z.strictObject({ ...zoneQuery.shape, start: instant, end: instant }),
        response: answersOf(series('data')),
      },
    },
    async ({ query }) => {
      const { step, zone } = await asked(query);
      const data = await rowsOf(rangeOf(query.start, query.end, step), zone, step);
      return { zone: zone.zone, temporalGranularity: step, data };
    },
  );

  app.get(
    '/v3/power-breakdown/forecast',
    {
      schema: {
        tags,
        summary: 'The hours ahead, from the current one, by a named method with its score',
        querystring: z.strictObject({ ...zoneQuery.shape, horizonHours }),
        response: answersOf(forecastAnswer),
      },
    },
    async ({ query }) => {
      onlySteps(query.temporalGranularity, ['hourly'], 'hourly');
      const zone = await zoneOfQuery(store, query, undefined);
      const question = { atMs: clock(), hours: query.horizonHours, refusedAs: 404 } as const;
      const forecast = await forecastMixAt(store, zone, question);
      const { method: _method, ...score } = forecast.score;
      return {
        zone: zone.zone,
        forecast: forecast.hours.map((hour) => breakdownOf(hour, zone, 'hourly')),
        updatedAt: isoOf(forecast.generatedAtMs),
        temporalGranularity: 'hourly' as const,
        x_method: forecast.method,
        x_holdoutMwh: score,
        x_historyEnd: isoOf(forecast.historyEndMs),
        x_origin: forecast.origin,
        x_knowledgeTime: isoOf(forecast.generatedAtMs),
        ...seatOf(zone),
      };
    },
  );
}
