/** `/emissions/average-carbon-intensity`: mass over energy of a past time; refused where too much of it is unknown. */
import { z } from 'zod';
import { type IntensityFigure, readIntensities } from '../../activities/gridResults.ts';
import { meanIntensity } from '../../grid/meanIntensity.ts';
import { defaultTracingSettings } from '../../grid/tracingSeries.ts';
import type { ApiContext, ApiServer } from '../context.ts';
import { isoOf } from '../context.ts';
import { worstOrigin } from '../grid/forecasts.ts';
import { type Span, wholeWindows } from '../grid/granularity.ts';
import type { AnsweringZone } from '../grid/zones.ts';
import { looseInstant, zoneName } from '../parameters.ts';
import { ApiProblem, badParameter } from '../problem.ts';
import { zoneNamed } from './locations.ts';
import { averageAnswers } from './responses.ts';
import { averageBatch, averageIntensity } from './shapes.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

export function averageRoutes(app: ApiServer, { store }: ApiContext): void {
  const tags = ['Carbon Aware SDK'];

  const averageOf = async (zone: AnsweringZone, span: Span): Promise<z.infer<typeof averageIntensity>> => {
    const whole = wholeWindows(span, 'hourly');
    const hours = await readIntensities(store, { ...whole, ...zone, granularity: 'hourly' });
    const mean = meanIntensity(
      hours.map((hour) => weighed(hour, span)),
      (span.toMs - span.fromMs) / 1_000,
    );
    if (mean.intensityKgPerMwh === null) {
      const percent = Math.round(1_000 * mean.unknownShare) / 10;
      throw new ApiProblem(`${percent} % of the time asked for in ${zone.zone} is unknown`, {
        status: 422,
        code: 'TL_API_UNKNOWN_SHARE',
        remedy: `a time of which at most ${100 * defaultTracingSettings.estimatedUpToShare} % is unknown; /emissions/bylocation shows the known hours`,
      });
    }
    const { lowerKgPerMwh: lower, upperKgPerMwh: upper } = mean;
    return {
      location: zone.zone,
      startTime: isoOf(span.fromMs),
      endTime: isoOf(span.toMs),
      carbonIntensity: mean.intensityKgPerMwh,
      x_unknownShare: mean.unknownShare,
      x_isEstimated: mean.isEstimated,
      x_origin: worstOrigin(hours),
      x_bounds: lower === null || upper === null ? null : [lower, upper],
      x_family: zone.family,
    };
  };

  app.get(
    '/emissions/average-carbon-intensity',
    {
      schema: {
        tags,
        summary: 'Mean intensity of a time, weighted by energy',
        querystring: z.strictObject({
          location: zoneName,
          startTime: looseInstant,
          endTime: looseInstant,
        }),
        response: averageAnswers(averageIntensity),
      },
    },
    async ({ query: { location, startTime, endTime } }) => {
      const span = spanOf(startTime, endTime, '');
      return averageOf(await zoneNamed(store, location), span);
    },
  );

  app.post(
    '/emissions/average-carbon-intensity/batch',
    {
      schema: {
        tags,
        summary: 'Mean intensities of several times of one location',
        body: averageBatch,
        querystring: z.strictObject({}),
        response: averageAnswers(z.array(averageIntensity)),
      },
    },
    async ({ body }) => {
      const spans = body.map(({ startTime, endTime }, at) => spanOf(startTime, endTime, `[${at}].`));
      const { location } = body[0]!;
      const other = body.findIndex((each) => each.location !== location);
      if (other >= 0)
        throw badParameter(`[${other}].location`, 'a batch is of one location', 'a batch for each location');
      const zone = await zoneNamed(store, location);
      const answers: z.infer<typeof averageIntensity>[] = [];
      for (const span of spans) answers.push(await averageOf(zone, span));
      return answers;
    },
  );
}

function spanOf(fromMs: number, toMs: number, place: string): Span {
  if (!(fromMs < toMs))
    throw badParameter(`${place}endTime`, 'endTime must be after startTime', 'startTime before endTime');
  if (toMs - fromMs > MOST_DAYS * DAY_MS)
    throw badParameter(`${place}endTime`, `at most ${MOST_DAYS} days are averaged at once`, 'a shorter time');
  return { fromMs, toMs };
}

function weighed(hour: IntensityFigure, { fromMs, toMs }: Span) {
  const coveredMs = Math.min(hour.endMs, toMs) - Math.max(hour.startMs, fromMs);
  return {
    ...hour,
    coveredS: Math.max(0, coveredMs) / 1_000,
    durationS: (hour.endMs - hour.startMs) / 1_000,
    consumedMwh: hour.consumptionMwh,
  };
}
