/** Readings of the stream `emissions.cems` out of a decoded data message. */
import { hj212Factors } from '../../../schemas/reference/hj212.ts';
import type { CEMS_PERIODS, EmissionsCems } from '../../../schemas/streams/emissionsCems.ts';
import { instantText } from './civilTime.ts';
import type { FactorItem } from './dataArea.ts';
import type { DecodedFrame } from './decode.ts';

type CemsPeriod = (typeof CEMS_PERIODS)[number];

/** What the device register says of one MN. */
export interface CemsDevice {
  readonly site: string;
  readonly stack: string;
  /** Intervals at which the device samples and sends minute data (s). */
  readonly realtimeIntervalS: number;
  readonly minuteIntervalS: number;
  /** Units that differ from Annex B, by factor code. */
  readonly units?: Readonly<Record<string, { readonly unit: string; readonly cumulativeUnit?: string }>>;
}

const PERIOD_OF_CN: Readonly<Record<string, CemsPeriod>> = {
  '2011': 'realtime',
  '2051': 'minute',
  '2061': 'hour',
  '2031': 'day',
};

/** Unit of a factor that neither Annex B nor the register knows: said openly, so that nothing is computed from it. */
const UNKNOWN_UNIT = 'unknown';

/**
 * One reading per factor of a message with real-time, minute, hour or day data (CN 2011, 2051, 2061, 2031); none
 * for other messages, for a part without DataTime and for items without a value. Converted values (`-Zs…`) are not
 * taken over: they are computed again from the measured ones.
 * The revision is 0 here: which content came first for a key is known only to who keeps the messages.
 * @param message decoded and found valid, or partly so: then only its good items are in it
 */
export function toCemsReadings(
  message: DecodedFrame,
  device: CemsDevice,
  rawFrame?: string,
): EmissionsCems[] {
  const period = PERIOD_OF_CN[message.cn ?? ''];
  if (!message.frameOk || period === undefined || message.mn === undefined) return [];
  if (message.dataTimeMs === undefined) return [];
  const shared = {
    site: device.site,
    stack: device.stack,
    device: message.mn,
    period,
    start: instantText(message.dataTimeMs),
    durationS: durationOf(period, device),
    revision: 0,
    ...(rawFrame !== undefined && { rawFrame }),
  };
  return (message.items ?? [])
    .filter(({ values }) => ['Avg', 'Rtd', 'Cou'].some((suffix) => suffix in values))
    .map((item) => ({ ...shared, ...ofItem(item, period, device) }));
}

function ofItem(item: FactorItem, period: CemsPeriod, device: CemsDevice) {
  const { factor, values, flag } = item;
  const annex = hj212Factors.find(({ code }) => code === factor);
  const units = device.units?.[factor] ?? annex;
  const cumulativeUnit = units?.cumulativeUnit;
  return {
    pollutant: factor,
    value: values.Avg ?? values.Rtd,
    minimum: values.Min,
    maximum: values.Max,
    cumulative: values.Cou,
    unit: units?.unit ?? UNKNOWN_UNIT,
    ...(cumulativeUnit !== undefined && { cumulativeUnit }),
    flag: flag ?? ('-' as const),
    quality: qualityOf(flag, period),
  };
}

/** N is measured, S was put in by hand, every other mark makes the value doubtful; so does none on hour and day data. */
function qualityOf(flag: FactorItem['flag'], period: CemsPeriod): EmissionsCems['quality'] {
  if (flag === 'N') return 'measured';
  if (flag === 'S') return 'manual';
  const markNeeded = period === 'hour' || period === 'day';
  return flag === undefined && !markNeeded ? 'measured' : 'suspect';
}

function durationOf(period: CemsPeriod, device: CemsDevice): number {
  const seconds = {
    realtime: device.realtimeIntervalS,
    minute: device.minuteIntervalS,
    hour: 3600,
    day: 86_400,
  };
  return seconds[period];
}
