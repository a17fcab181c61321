/** `/v3/zones` and `/v3/updated-since`: what there is, and what of it has changed. */
import { z } from 'zod';
import { zoneOf } from '../../../schemas/reference/zones.ts';
import { readChanges } from '../../activities/gridChanges.ts';
import type { ApiContext, ApiServer } from '../context.ts';
import { isoOf } from '../context.ts';
import { knownZones } from '../grid/zones.ts';
import { instant, numberText } from '../parameters.ts';
import { intensityQuery, onlySteps, zoneOfQuery } from './parameters.ts';
import { answersOf } from './responses.ts';

const ACCESS = ['latest', 'history', 'past', 'past-range', 'forecast'];
const ZONE_ACCESS = [
  ...ACCESS.map((route) => `carbon-intensity/${route}`),
  ...ACCESS.map((route) => `power-breakdown/${route}`),
  'updated-since',
];
/** Entries of one answer; the next begins where it ends. */
const MOST_CHANGES = 5_000;

const zonesAnswer = z.record(
  z.string(),
  z.object({
    zoneName: z.string(),
    displayName: z.string(),
    countryName: z.string().optional(),
    access: z.array(z.string()),
    x_nameEn: z.string().optional(),
    x_families: z.array(z.string()),
  }),
);

const changesAnswer = z
  .object({
    zone: z.string(),
    updates: z.array(
      z.object({
        zone: z.string(),
        datetime: z.string(),
        quantity: z.string(),
        oldValue: z.number().nullable(),
        newValue: z.number().nullable(),
        oldVersion: z.string().nullable(),
        newVersion: z.string(),
        cause: z.string(),
        updatedAt: z.string(),
        x_computation: z.string(),
      }),
    ),
    threshold: z.number().nullable(),
    x_family: z.string(),
    x_more: z.boolean().meta({ description: 'There are more: ask again with since = x_nextSince' }),
    x_nextSince: z.string(),
  })
  .meta({ id: 'UpdatedSince' });

const { disableEstimations: _, ...changesShape } = intensityQuery.shape;

export function feedRoutes(app: ApiServer, { store }: ApiContext): void {
  const tags = ['Electricity Maps v3'];

  app.get(
    '/v3/zones',
    {
      config: { open: true },
      schema: { tags, summary: 'Zones with results; needs no token', response: { 200: zonesAnswer } },
    },
    async () => {
      const zones = await knownZones(store);
      return Object.fromEntries(
        zones.map(({ id, families }) => {
          const row = zoneOf(id);
          const named = row === undefined ? {} : { countryName: 'China', x_nameEn: row.nameEn };
          const zoneName = row?.nameZh ?? id;
          return [
            id,
            { zoneName, displayName: zoneName, ...named, access: ZONE_ACCESS, x_families: [...families] },
          ];
        }),
      );
    },
  );

  app.get(
    '/v3/updated-since',
    {
      schema: {
        tags,
        summary: 'Intensities that changed since a time of knowledge, in its order (own shape)',
        querystring: z.strictObject({
          ...changesShape,
          since: instant,
          threshold: numberText(0, 1)
            .optional()
            .meta({ description: 'Relative changes below it are left out; by default none is' }),
        }),
        response: answersOf(changesAnswer),
      },
    },
    async ({ query }) => {
      const { temporalGranularity: granularity, since, threshold } = query;
      onlySteps(granularity, ['15_minutes', 'hourly'], 'hourly or 15_minutes');
      const { zone, family } = await zoneOfQuery(store, query, query.emissionFactorType);
      const question = { sinceMs: since, family, zone, granularity, limit: MOST_CHANGES };
      const changes = await readChanges(store, {
        ...question,
        ...(threshold !== undefined && { threshold }),
      });
      const more = changes.length === MOST_CHANGES;
      const last = changes.at(-1)?.knownAtMs ?? since;
      return {
        zone,
        updates: changes.map((change) => ({
          zone: change.zone,
          datetime: isoOf(change.startMs),
          quantity: change.quantity,
          oldValue: change.oldValue,
          newValue: change.newValue,
          oldVersion: change.oldVersion === null ? null : `v${change.oldVersion}`,
          newVersion: `v${change.newVersion}`,
          cause: change.cause,
          updatedAt: isoOf(change.knownAtMs),
          x_computation: change.computation,
        })),
        threshold: threshold ?? null,
        x_family: family,
        x_more: more,
        // The last instant may hold more entries than fitted.
        x_nextSince: isoOf(more ? last - 1 : last),
      };
    },
  );
}
