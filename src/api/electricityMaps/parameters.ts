/** Parameters of the Electricity Maps routes: the zone by its id or a point, the type of factors, the step. */
import { z } from 'zod';
import { GRANULARITIES, type Granularity } from '../../activities/gridResults.ts';
import type { Store } from '../../store/port.ts';
import { type AnsweringZone, type EmissionFactorType, zoneOfName, zoneOfPoint } from '../grid/zones.ts';
import { flagText, numberText, zoneName } from '../parameters.ts';
import { badParameter } from '../problem.ts';

const ZONE_SHAPE = {
  zone: zoneName.optional().meta({ description: 'Zone, e.g. CN-SC-5101; /v3/zones lists them' }),
  zoneKey: zoneName.optional().meta({ description: 'The same under the name that newer clients use' }),
  lat: numberText(-90, 90).optional().meta({
    description: 'With lon instead of zone: answered by the zone of the nearest seat of government',
  }),
  lon: numberText(-180, 180).optional(),
  disableCallerLookup: flagText
    .optional()
    .meta({ description: 'Taken and without effect: a zone is never guessed from the caller’s address' }),
};

const GRANULARITY = z
  .enum(GRANULARITIES, {
    error: () => `must be one of ${GRANULARITIES.join(', ')}; no other step is served`,
  })
  .default('hourly')
  .meta({ description: 'Days, months and years are cut in Asia/Shanghai' });

export const zoneQuery = z.strictObject({ ...ZONE_SHAPE, temporalGranularity: GRANULARITY });

export const intensityQuery = z.strictObject({
  ...ZONE_SHAPE,
  temporalGranularity: GRANULARITY,
  emissionFactorType: z
    .enum(['lifecycle', 'direct'])
    .default('lifecycle')
    .meta({ description: 'lifecycle is CO2e over the life cycle, direct is CO2 of the stack; never mixed' }),
  disableEstimations: flagText.default(false).meta({ description: 'An estimated value is null instead' }),
});

export const horizonHours = z
  .enum(['6', '24', '48', '72'], { error: 'must be 6, 24, 48 or 72' })
  .default('24')
  .transform(Number);

type ZoneParameters = z.output<typeof zoneQuery>;

/**
 * The zone that a query asks for, and the family that answers.
 * @throws ApiProblem 400 unless there is one zone or one point, 404 where nothing is known of it
 */
export async function zoneOfQuery(
  store: Store,
  { zone, zoneKey, lat, lon }: Omit<ZoneParameters, 'temporalGranularity'>,
  type: EmissionFactorType | undefined,
): Promise<AnsweringZone> {
  if (zone !== undefined && zoneKey !== undefined && zone !== zoneKey)
    throw badParameter('zoneKey', 'zone and zoneKey name different zones', 'one of them');
  const id = zone ?? zoneKey;
  const isPoint = lat !== undefined || lon !== undefined;
  if (id !== undefined && isPoint)
    throw badParameter('zone', 'a zone and a point are both given', 'one of them');
  if (id !== undefined) return zoneOfName(store, id, type);
  if (lat !== undefined && lon !== undefined)
    return zoneOfPoint(store, { latitude: lat, longitude: lon }, type);
  if (isPoint)
    throw badParameter(lat === undefined ? 'lat' : 'lon', 'a point has a latitude and a longitude', 'both');
  throw badParameter('zone', 'no zone is given', 'zone=, or lat= and lon=');
}

/** Refuses a step that the route does not serve. */
export function onlySteps<G extends Granularity>(
  granularity: Granularity,
  served: readonly G[],
  remedy: string,
): asserts granularity is G {
  if (!(served as readonly Granularity[]).includes(granularity))
    throw badParameter('temporalGranularity', `${granularity} is not served here`, remedy);
}
