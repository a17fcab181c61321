/** `/v3/power-breakdown/…`: who produced, consumed and exchanged what. */
import { z } from 'zod';
import { readMixes } from '../../activities/gridResults.ts';
import type { ApiContext, ApiServer } from '../context.ts';
import { electricityMapsError } from '../dialects.ts';
import { type Span, windowAt } from '../grid/granularity.ts';
import { newestMix } from '../grid/newest.ts';
import type { AnsweringZone } from '../grid/zones.ts';
import { instant } from '../parameters.ts';
import { ApiProblem } from '../problem.ts';
import { breakdownOf, breakdownRow } from './breakdownRows.ts';
import { noDataAt } from './intensityRoutes.ts';
import { onlySteps, zoneOfQuery, zoneQuery } from './parameters.ts';
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
        summary: 'Not offered: modes are not forecast, only the intensity is',
        querystring: z.strictObject({ ...zoneQuery.shape, horizonHours: z.string().optional() }),
        response: { 501: electricityMapsError.describe('Not offered') },
      },
    },
    async () => {
      throw new ApiProblem('Power by mode is not forecast', {
        status: 501,
        code: 'TL_API_NO_FORECAST',
        remedy: '/v3/carbon-intensity/forecast has the intensity ahead',
      });
    },
  );
}
