/** HJ 212 as data: dialects, commands, field suffixes, data flags and the stack-gas factors of Annex B. */
import { z } from 'zod';
import { confidence } from './provenance.ts';

export const HJ212_DIALECTS = ['2005', '2017', '2025'] as const;
export type Hj212Dialect = (typeof HJ212_DIALECTS)[number];

export const dialectRules = z.strictObject({
  dialect: z.enum(HJ212_DIALECTS),
  /** Version in the high bits of Flag. */
  flagVersion: z.int(),
  /** Header items that every frame must have. */
  requiredHeader: z.array(z.enum(['QN', 'ST', 'CN', 'PW', 'MN', 'Flag'])),
  maxSegmentBytes: z.int(),
  maxMnLength: z.int(),
  effectiveFrom: z.iso.date(),
  source: z.string(),
  confidence,
});
export type DialectRules = z.infer<typeof dialectRules>;

const full = ['QN', 'ST', 'CN', 'PW', 'MN', 'Flag'];
export const hj212Dialects: readonly DialectRules[] = z.array(dialectRules).parse([
  {
    dialect: '2005',
    flagVersion: 0,
    requiredHeader: ['ST', 'CN', 'MN'],
    maxSegmentBytes: 1024,
    maxMnLength: 24,
    effectiveFrom: '2006-02-01',
    source: 'HJ/T 212-2005; frames of its devices in public parser tests',
    confidence: 'unconfirmed',
  },
  {
    dialect: '2017',
    flagVersion: 1,
    requiredHeader: full,
    maxSegmentBytes: 1024,
    maxMnLength: 24,
    effectiveFrom: '2017-05-01',
    source: 'HJ 212-2017 sections 6.3 and 6.4',
    confidence: 'confirmed',
  },
  {
    dialect: '2025',
    flagVersion: 2,
    requiredHeader: full,
    maxSegmentBytes: 1024,
    maxMnLength: 24,
    effectiveFrom: '2026-01-01',
    source: 'HJ 212-2025 by caoyiliang/HJ212@c31e466; limits taken over from 2017',
    confidence: 'unconfirmed',
  },
]);

/** Rules of a dialect. */
export function dialectRulesOf(dialect: Hj212Dialect): DialectRules {
  return hj212Dialects.find((rules) => rules.dialect === dialect)!;
}

/** Commands by CN; those since 2025 are single-source (caoyiliang/HJ212@c31e466), the others HJ 212-2017 Annex C. */
export const hj212Commands: Readonly<Record<string, string>> = {
  '1000': 'set timeout and retries',
  '1001': 'upload logger serial number',
  '1002': 'set MN',
  '1011': 'read time',
  '1012': 'set time',
  '1013': 'request time calibration',
  '1014': 'key exchange',
  '1061': 'read real-time interval',
  '1062': 'set real-time interval',
  '1063': 'read minute interval',
  '1064': 'set minute interval',
  '1072': 'set password',
  '2011': 'real-time data',
  '2012': 'stop real-time data',
  '2013': 'raw data',
  '2021': 'device state',
  '2022': 'stop device state',
  '2031': 'day data',
  '2041': 'day run time',
  '2051': 'minute data',
  '2061': 'hour data',
  '2062': 'automatic standard check',
  '2081': 'logger start',
  '2111': 'furnace temperature, 5 min',
  '3011': 'calibrate zero and span',
  '3012': 'sample now',
  '3013': 'start cleaning',
  '3014': 'compare sampling',
  '3015': 'report retained sample',
  '3016': 'set sampling period',
  '3017': 'read sampling period',
  '3018': 'read sample duration',
  '3019': 'read device id',
  '3020': 'read device information',
  '3021': 'set device parameters',
  '3022': 'retain sample now',
  '3024': 'start standard check',
  '9011': 'request acknowledgement',
  '9012': 'execution result',
  '9013': 'notice acknowledgement',
  '9014': 'data acknowledgement',
  '9015': 'heartbeat',
};

/** Suffixes of pollutant fields (HJ 212-2017 section 6.3 and Annex C), by what stands after `=`. Names are case-sensitive. */
export const hj212Suffixes: Readonly<Record<string, 'number' | 'state' | 'flag' | 'time' | 'text'>> = {
  Rtd: 'number',
  Min: 'number',
  Avg: 'number',
  Max: 'number',
  Cou: 'number',
  ZsRtd: 'number',
  ZsMin: 'number',
  ZsAvg: 'number',
  ZsMax: 'number',
  Data: 'number',
  DayData: 'number',
  NightData: 'number',
  RT: 'number',
  RS: 'state',
  Flag: 'flag',
  EFlag: 'text',
  SampleTime: 'time',
  Info: 'text',
  SN: 'text',
};

/** States of a treatment unit (SBx-RS): off, run, calibrate, maintain, alarm, blow-back. */
export const hj212States = ['0', '1', '2', '3', '4', '5'] as const;

/** Data flags: normal, manual value, stopped, maintenance, fault, calibration, over range, communication. */
export const hj212Flags = ['N', 'S', 'F', 'M', 'D', 'C', 'T', 'B'] as const;
export type Hj212Flag = (typeof hj212Flags)[number];

export const hj212Factor = z.strictObject({
  code: z.string(),
  about: z.string(),
  unit: z.string(),
  /** Unit of `-Cou`, where the factor has one. */
  cumulativeUnit: z.string().optional(),
});
export type Hj212Factor = z.infer<typeof hj212Factor>;

/** Stack-gas factors of HJ 212-2017 Annex B; `degC` and `percent` stand for °C and %. Unit and basis of a device can differ: then its register says so. */
export const hj212Factors: readonly Hj212Factor[] = z.array(hj212Factor).parse([
  { code: 'a00000', about: 'flue gas flow', unit: 'm3/s', cumulativeUnit: 'm3' },
  { code: 'a01011', about: 'flue gas velocity', unit: 'm/s' },
  { code: 'a01012', about: 'flue gas temperature', unit: 'degC' },
  { code: 'a01013', about: 'flue gas pressure', unit: 'kPa' },
  { code: 'a01014', about: 'flue gas humidity', unit: 'percent' },
  { code: 'a01016', about: 'duct cross-section', unit: 'm2' },
  { code: 'a05001', about: 'CO2', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a19001', about: 'O2', unit: 'percent' },
  { code: 'a20057', about: 'Hg', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a21002', about: 'NOx', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a21003', about: 'NO', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a21004', about: 'NO2', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a21005', about: 'CO', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a21026', about: 'SO2', unit: 'mg/m3', cumulativeUnit: 'kg' },
  { code: 'a34013', about: 'soot', unit: 'mg/m3', cumulativeUnit: 'kg' },
]);

/** Why a frame goes to the dead letters: a closed list. */
export const BAD_FRAME_REASONS = [
  'noise',
  'bad_length',
  'bad_crc',
  'truncated',
  'too_long',
  'bad_header',
  'unknown_mn',
  'bad_flag_bits',
  'bad_split',
  'split_incomplete',
  'bad_cp',
  'bad_item',
  'bad_number',
  'bad_time',
  'unknown_data_flag',
  'unknown_factor',
  'field_conflict',
  'unit_conflict',
  'future_time',
  'decrypt_failed',
] as const;
export type BadFrameReason = (typeof BAD_FRAME_REASONS)[number];

/** Commands with which a station in the field sends data: answered by 9014. */
export const hj212Uploads: readonly string[] = [
  '2011',
  '2013',
  '2021',
  '2031',
  '2041',
  '2051',
  '2061',
  '2062',
  '2111',
];

/** Notices of the field that are answered by 9013; that 9015 (heartbeat, 2025) is one of them is unconfirmed. */
export const hj212Notices: readonly string[] = ['1001', '1013', '2081', '3015', '9015'];

/** QnRtn of 9011 and ExeRtn of 9012 (HJ 212-2017 annex C). */
export const hj212QnReturn = {
  ready: 1,
  refused: 2,
  password: 3,
  mn: 4,
  st: 5,
  flag: 6,
  qn: 7,
  cn: 8,
  crc: 9,
  unknown: 100,
} as const;
export const hj212ExeReturn = {
  done: 1,
  failed: 2,
  condition: 3,
  timeout: 4,
  busy: 5,
  fault: 6,
  noData: 100,
} as const;
