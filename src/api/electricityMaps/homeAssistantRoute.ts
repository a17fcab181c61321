/** `/v3/home-assistant`: the one answer that Home Assistant’s integration asks for; its shape is that which its client reads. */
import { z } from 'zod';
import { readIntensities, readMixes } from '../../activities/gridResults.ts';
import type { ApiContext, ApiServer } from '../context.ts';
import { isoOf } from '../context.ts';
import { windowAt } from '../grid/granularity.ts';
import { newestIntensity } from '../grid/newest.ts';
import { noData } from '../problem.ts';
import { breakdownOf } from './breakdownRows.ts';
import { seatOf, seatShape } from './intensityRows.ts';
import { onlySteps, zoneOfQuery, zoneQuery } from './parameters.ts';
import { answersOf } from './responses.ts';

const homeAssistant = z
  .object({
    status: z.literal('ok'),
    countryCode: z.string(),
    data: z.object({
      datetime: z.string(),
      carbonIntensity: z.number(),
      fossilFuelPercentage: z.number(),
    }),
    units: z.object({ carbonIntensity: z.literal('gCO2eq/kWh') }),
    ...seatShape,
  })
  .meta({ id: 'HomeAssistant' });

export function homeAssistantRoute(app: ApiServer, { store, clock }: ApiContext): void {
  app.get(
    '/v3/home-assistant',
    {
      schema: {
        tags: ['Electricity Maps v3'],
        summary: 'Newest known life-cycle intensity and share of fossil fuels',
        querystring: zoneQuery,
        response: answersOf(homeAssistant),
      },
    },
    async ({ query }) => {
      const { temporalGranularity: granularity } = query;
      onlySteps(granularity, ['hourly'], 'hourly');
      const zone = await zoneOfQuery(store, query, 'lifecycle');
      const span = windowAt(await newestIntensity(store, zone, { granularity, byMs: clock() }), granularity);
      const [figure] = await readIntensities(store, { ...span, ...zone, granularity });
      const [mix] = await readMixes(store, { ...span, zone: zone.zone, granularity });
      const fossilFree = mix && breakdownOf(mix, zone, granularity).fossilFreePercentage;
      if (figure?.intensityKgPerMwh == null || fossilFree == null)
        throw noData(`The mix of zone "${zone.zone}" is not known at ${isoOf(span.fromMs)}`);
      return {
        status: 'ok' as const,
        countryCode: zone.zone,
        data: {
          datetime: isoOf(span.fromMs),
          carbonIntensity: Math.round(figure.intensityKgPerMwh),
          fossilFuelPercentage: 100 - fossilFree,
        },
        units: { carbonIntensity: 'gCO2eq/kWh' as const },
        ...seatOf(zone),
      };
    },
  );
}
