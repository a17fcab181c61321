/** Documents of the Carbon Aware SDK's Web API (carbon-aware-sdk@e6de58d, MIT); what is ours begins with `x_`. */
import { z } from 'zod';
import { FORECAST_METHODS } from '../../grid/forecast.ts';
import { instant, looseInstant, wholeText, zoneName } from '../parameters.ts';

/** Zones of one question. */
const MOST_LOCATIONS = 50;
/** Questions of one batch. */
const MOST_BATCHED = 100;

const oneOrMore = z
  .union([zoneName.transform((name) => [name]), z.array(zoneName)])
  .refine((names) => names.length <= MOST_LOCATIONS, `at most ${MOST_LOCATIONS} locations`);

/** `location` repeated, or under its older name `locations`. */
export const locationsShape = {
  location: oneOrMore.optional().meta({ description: 'Zone, repeated for several; /locations lists them' }),
  locations: oneOrMore.optional().meta({ description: 'Alias of location' }),
};

export const timesShape = {
  time: looseInstant.optional().meta({ description: 'Start; the newest known value where absent' }),
  toTime: looseInstant.optional().meta({ description: 'End; needs time' }),
};

/** Longest work that is looked for, as long as a forecast reaches. */
const MOST_WINDOW_MINUTES = 72 * 60;

export const forecastQueryShape = {
  ...locationsShape,
  dataStartAt: looseInstant.optional(),
  dataEndAt: looseInstant.optional(),
  windowSize: wholeText(1, MOST_WINDOW_MINUTES)
    .optional()
    .meta({ description: 'Length of the work in minutes; an hour where absent' }),
};

export const forecastBatch = z
  .array(
    z.strictObject({
      requestedAt: instant,
      location: zoneName,
      dataStartAt: instant.nullish(),
      dataEndAt: instant.nullish(),
      windowSize: z.int().min(1).max(MOST_WINDOW_MINUTES).nullish(),
    }),
  )
  .min(1)
  .max(MOST_BATCHED);

export const averageBatch = z
  .array(z.strictObject({ location: zoneName, startTime: instant, endTime: instant }))
  .min(1)
  .max(MOST_BATCHED);

export const emissionsData = z
  .object({
    location: z.string(),
    time: z.string(),
    rating: z.number().meta({ description: 'g/kWh' }),
    duration: z.string().meta({ description: 'hh:mm:ss' }),
    x_isEstimated: z.boolean(),
    x_origin: z.string(),
    x_family: z.string(),
    x_dataVersion: z.string(),
  })
  .meta({ id: 'EmissionsData' });

const emissionsPoint = z
  .object({
    location: z.string(),
    timestamp: z.string(),
    duration: z.int().meta({ description: 'Minutes' }),
    value: z.number().meta({ description: 'g/kWh' }),
  })
  .meta({ id: 'EmissionsDataDTO' });
export type EmissionsPoint = z.infer<typeof emissionsPoint>;

export const emissionsForecast = z
  .object({
    generatedAt: z.string(),
    requestedAt: z.string(),
    location: z.string(),
    dataStartAt: z.string(),
    dataEndAt: z.string(),
    windowSize: z.int(),
    optimalDataPoints: z.array(emissionsPoint),
    optimalDataPoint: emissionsPoint.nullable(),
    forecastData: z.array(emissionsPoint),
    x_method: z.enum(FORECAST_METHODS),
    x_holdoutMeanAbsoluteError: z.number(),
    x_historyEnd: z.string(),
    x_origin: z.string(),
    x_family: z.string(),
  })
  .meta({ id: 'EmissionsForecastDTO' });

export const averageIntensity = z
  .object({
    location: z.string(),
    startTime: z.string(),
    endTime: z.string(),
    carbonIntensity: z.number().meta({ description: 'g/kWh, weighted by energy' }),
    x_unknownShare: z.number(),
    x_isEstimated: z.boolean(),
    x_origin: z.string().meta({ description: 'The least sure origin of the hours averaged' }),
    x_bounds: z.tuple([z.number(), z.number()]).nullable(),
    x_family: z.string(),
  })
  .meta({ id: 'CarbonIntensityDTO' });

export const locationsAnswer = z.record(
  z.string(),
  z.object({
    Latitude: z.number().nullable(),
    Longitude: z.number().nullable(),
    Name: z.string(),
  }),
);
