/** `/emissions/bylocation…` and `/locations`: ratings of zones over a time, and which zones there are. */
import { z } from 'zod';
import { zoneSeats } from '../../../schemas/reference/zoneSeats.ts';
import { zoneOf } from '../../../schemas/reference/zones.ts';
import { readIntensities } from '../../activities/gridResults.ts';
import type { ApiContext, ApiServer } from '../context.ts';
import { isoOf } from '../context.ts';
import { type Span, wholeWindows, windowAt } from '../grid/granularity.ts';
import { newestIntensity } from '../grid/newest.ts';
import { type AnsweringZone, knownZones } from '../grid/zones.ts';
import { zoneName } from '../parameters.ts';
import { ApiProblem, badParameter } from '../problem.ts';
import { namesOf, zonesOf } from './locations.ts';
import { answersOrNothing } from './responses.ts';
import { emissionsData, locationsAnswer, locationsShape, timesShape } from './shapes.ts';

type EmissionsData = z.infer<typeof emissionsData>;

const DAY_MS = 86_400_000;
/** Longest time that one question is answered for. */
const MOST_DAYS = 100;

interface Times {
  readonly time?: number | undefined;
  readonly toTime?: number | undefined;
}

/** Hours that overlap `[time, toTime)`; the hour of `time` where there is no end; undefined: the newest. */
function spanOf({ time, toTime }: Times): Span | undefined {
  if (time === undefined && toTime === undefined) return undefined;
  if (time === undefined) throw badParameter('time', 'time is required where toTime is given', 'both');
  if (toTime === undefined) return windowAt(time, 'hourly');
  if (!(time < toTime)) throw badParameter('toTime', 'toTime must be after time', 'time before toTime');
  if (toTime - time > MOST_DAYS * DAY_MS)
    throw badParameter('toTime', `at most ${MOST_DAYS} days are answered at once`, 'a shorter time');
  return wholeWindows({ fromMs: time, toMs: toTime }, 'hourly');
}

export function emissionsRoutes(app: ApiServer, { store, clock }: ApiContext): void {
  const tags = ['Carbon Aware SDK'];

  const newestOf = async (zone: AnsweringZone): Promise<Span | undefined> => {
    try {
      return windowAt(await newestIntensity(store, zone, { granularity: 'hourly', byMs: clock() }), 'hourly');
    } catch (error) {
      if (error instanceof ApiProblem && error.detail.status === 404) return undefined;
      throw error;
    }
  };
  /** Known ratings only: what is unknown is left out, never a rating of 0. */
  const ratingsOf = async (names: readonly string[], times: Times): Promise<EmissionsData[]> => {
    const asked = spanOf(times);
    const zones = await zonesOf(store, names);
    const found = await Promise.all(
      zones.map(async (zone) => {
        const span = asked ?? (await newestOf(zone));
        if (span === undefined) return [];
        const figures = await readIntensities(store, { ...span, ...zone, granularity: 'hourly' });
        return figures.flatMap((figure): EmissionsData[] =>
          figure.intensityKgPerMwh === null
            ? []
            : [
                {
                  location: zone.zone,
                  time: isoOf(figure.startMs),
                  rating: figure.intensityKgPerMwh,
                  duration: '01:00:00',
                  x_isEstimated: figure.isEstimated,
                  x_origin: figure.origin,
                  x_family: zone.family,
                  x_dataVersion: `v${figure.version}`,
                },
              ],
        );
      }),
    );
    return found.flat();
  };

  app.get(
    '/emissions/bylocation',
    {
      schema: {
        tags,
        summary: 'Ratings of one location over a time',
        querystring: z.strictObject({
          location: zoneName.meta({ description: 'Zone; /locations lists them' }),
          ...timesShape,
        }),
        response: answersOrNothing(z.array(emissionsData)),
      },
    },
    async ({ query }, reply) => {
      const rows = await ratingsOf([query.location], query);
      return rows.length === 0 ? reply.code(204).send() : rows;
    },
  );

  const several = z.strictObject({ ...locationsShape, ...timesShape });
  app.get(
    '/emissions/bylocations',
    {
      schema: {
        tags,
        summary: 'Ratings of several locations over a time',
        querystring: several,
        response: answersOrNothing(z.array(emissionsData)),
      },
    },
    async ({ query }, reply) => {
      const rows = await ratingsOf(namesOf(query), query);
      return rows.length === 0 ? reply.code(204).send() : rows;
    },
  );

  app.get(
    '/emissions/bylocations/best',
    {
      schema: {
        tags,
        summary: 'The lowest ratings among several locations over a time',
        querystring: several,
        response: answersOrNothing(z.array(emissionsData)),
      },
    },
    async ({ query }, reply) => {
      const rows = await ratingsOf(namesOf(query), query);
      const lowest = Math.min(...rows.map(({ rating }) => rating));
      return rows.length === 0 ? reply.code(204).send() : rows.filter(({ rating }) => rating === lowest);
    },
  );

  app.get(
    '/locations',
    {
      schema: {
        tags,
        summary: 'Locations: zones with results, at the seat of their government where it is known',
        querystring: z.strictObject({}),
        response: answersOrNothing(locationsAnswer),
      },
    },
    async (_request, reply) => {
      const seats = new Map(zoneSeats.map((seat) => [seat.zone, seat]));
      const zones = await knownZones(store);
      const locations = zones.map(({ id }) => {
        const seat = seats.get(id);
        const place = { Latitude: seat?.latitude ?? null, Longitude: seat?.longitude ?? null };
        return [id, { ...place, Name: zoneOf(id)?.nameEn ?? id }] as const;
      });
      return locations.length === 0 ? reply.code(204).send() : Object.fromEntries(locations);
    },
  );
}
