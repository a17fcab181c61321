/** A figure of a zone as Electricity Maps writes a row of carbon intensity. */
import { z } from 'zod';
import { GRANULARITIES, type Granularity, type IntensityFigure } from '../../activities/gridResults.ts';
import { isoOf } from '../context.ts';
import type { AnsweringZone, EmissionFactorType } from '../grid/zones.ts';

/** What every answer says of a zone that was asked for by a point. */
export const seatShape = {
  x_zoneBy: z.enum(['id', 'nearest_seat']).meta({
    description: 'nearest_seat: the seat of government that is nearest to the point, not the border',
  }),
  x_seat: z.string().optional(),
  x_seatDistanceKm: z.number().optional(),
};

export const seatOf = ({ nearestSeat }: AnsweringZone) =>
  nearestSeat === undefined
    ? ({ x_zoneBy: 'id' } as const)
    : ({
        x_zoneBy: 'nearest_seat',
        x_seat: nearestSeat.name,
        x_seatDistanceKm: nearestSeat.distanceKm,
      } as const);

export const intensityRow = z
  .object({
    zone: z.string(),
    carbonIntensity: z.int().nullable().meta({ description: 'g/kWh, a whole number; null is unknown' }),
    datetime: z.string().meta({ description: 'Start of the interval' }),
    updatedAt: z.string(),
    createdAt: z.string(),
    emissionFactorType: z.enum(['lifecycle', 'direct']),
    isEstimated: z.boolean(),
    estimationMethod: z.string().nullable(),
    temporalGranularity: z.enum(GRANULARITIES),
    x_carbonIntensityExact: z.number().nullable(),
    x_bounds: z.tuple([z.number(), z.number()]).nullable(),
    x_unknownShare: z.number().nullable(),
    x_reason: z.string().nullable().meta({ description: 'Why there is no value' }),
    x_causes: z.array(z.string()).meta({ description: 'Zones and exchanges whose gaps are behind it' }),
    x_origin: z.string().meta({ description: 'measured, estimated, inherited or simulated' }),
    x_flags: z.array(z.string()),
    x_dataVersion: z.string(),
    x_knowledgeTime: z.string(),
    x_family: z.string(),
    x_computation: z.string().meta({ description: 'tanliu explain walks its lineage' }),
    ...seatShape,
  })
  .meta({ id: 'CarbonIntensity' });
export type IntensityAnswer = z.infer<typeof intensityRow>;

export interface RowForm {
  readonly type: EmissionFactorType;
  readonly granularity: Granularity;
  readonly disableEstimations: boolean;
}

/** Estimated values are taken away where they are not wanted; the bounds stay. */
export function rowOf(figure: IntensityFigure, zone: AnsweringZone, form: RowForm): IntensityAnswer {
  const withheld = form.disableEstimations && figure.isEstimated && figure.intensityKgPerMwh !== null;
  const exact = withheld ? null : figure.intensityKgPerMwh;
  const { lowerKgPerMwh: lower, upperKgPerMwh: upper } = figure;
  return {
    zone: zone.zone,
    carbonIntensity: exact === null ? null : Math.round(exact),
    datetime: isoOf(figure.startMs),
    updatedAt: isoOf(figure.knownAtMs),
    createdAt: isoOf(figure.firstKnownAtMs),
    emissionFactorType: form.type,
    isEstimated: figure.isEstimated,
    estimationMethod: figure.isEstimated ? figure.estimationMethod : null,
    temporalGranularity: form.granularity,
    x_carbonIntensityExact: exact,
    x_bounds: lower === null || upper === null ? null : [lower, upper],
    x_unknownShare: figure.unknownShare,
    x_reason: withheld ? 'estimations_disabled' : figure.reason === '' ? null : figure.reason,
    x_causes: [...figure.causes],
    x_origin: figure.origin,
    x_flags: [...figure.flags],
    x_dataVersion: `v${figure.version}`,
    x_knowledgeTime: isoOf(figure.knownAtMs),
    x_family: figure.family,
    x_computation: figure.computation,
    ...seatOf(zone),
  };
}
