/** `emissions.cems`: one factor of a stack over a period, decoded from HJ 212; the raw frame is kept. */
import type { z } from 'zod';
import { durationS, id, oneOf, optionalReal, optionalText, quality, revision, start } from '../fields.ts';
import { readings } from '../stream.ts';

/** Data marks of HJ 212-2017: normal, manual, stopped, maintenance, fault, calibration, over range, communication; `-` where none was sent. */
const CEMS_FLAGS = ['N', 'S', 'F', 'M', 'D', 'C', 'T', 'B', '-'] as const;
export const CEMS_PERIODS = ['realtime', 'minute', 'hour', 'day'] as const;

export const emissionsCems = readings({
  topic: 'emissions.cems',
  about: { en: 'Continuous emission monitoring of a stack', zh: '烟气排放连续监测' },
  key: 'site',
  subject: ['device', 'stack', 'pollutant', 'period'],
  shape: {
    site: id({ en: 'site', zh: '排污单位' }, { example: 'site/neijiang-1' }),
    stack: id({ en: 'stack', zh: '排放口' }, { example: 'stack-1' }),
    device: id(
      { en: 'HJ 212 device number (MN)', zh: '设备编号（MN）' },
      { example: '010000A8900016F000169DC0' },
    ),
    pollutant: id({ en: 'factor code of HJ 212 annex B', zh: '监测因子编码' }, { example: 'a05001' }),
    period: oneOf(CEMS_PERIODS, { en: 'kind of period', zh: '数据类型' }),
    start: start(),
    durationS: durationS(),
    value: optionalReal(
      { en: 'average or sampled value', zh: '均值或实时值' },
      { unit: 'as in unit', aggregation: 'mean', example: 18.3 },
    ),
    minimum: optionalReal(
      { en: 'minimum of the period', zh: '最小值' },
      { unit: 'as in unit', aggregation: 'none' },
    ),
    maximum: optionalReal(
      { en: 'maximum of the period', zh: '最大值' },
      { unit: 'as in unit', aggregation: 'none' },
    ),
    cumulative: optionalReal(
      { en: 'cumulative amount of the period', zh: '累计值' },
      { unit: 'as in cumulativeUnit', aggregation: 'sum' },
    ),
    unit: id({ en: 'unit of value', zh: '单位' }, { example: 'mg/m3' }),
    cumulativeUnit: optionalText({ en: 'unit of cumulative', zh: '累计值单位' }, { example: 'kg' }),
    flag: oneOf(CEMS_FLAGS, { en: 'data mark', zh: '数据标记' }),
    rawFrame: optionalText({ en: 'frame as received', zh: '原始报文' }),
    quality: quality(),
    revision: revision(),
  },
});
export type EmissionsCems = z.infer<typeof emissionsCems.schema>;
