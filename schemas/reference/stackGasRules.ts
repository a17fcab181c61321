/** Rules for stack monitors as data: when a value counts, the standard state, molar masses, missing hours. */
import { z } from 'zod';
import { provenance } from './provenance.ts';

export const validityRules = z.strictObject({
  id: z.string(),
  effectiveFrom: z.iso.date(),
  effectiveTo: z.iso.date().optional(),
  /** Flags of values that may enter means and mass. */
  countingFlags: z.array(z.enum(['N', 'S'])),
  /** Flag of a source that is not operating. */
  stoppedFlag: z.literal('F'),
  /** Least samples of a minute (5 s or faster), valid minutes of an hour, valid hours of a day. */
  minuteSamples: z.int(),
  hourMinutes: z.int(),
  dayHours: z.int(),
  /** Least valid share where a device sends longer intervals than minutes, and of the flag that is sent. */
  leastShare: z.number(),
  /** At this oxygen (% of dry volume) and above a concentration is not converted: start-up or stop. */
  oxygenLimitPercent: z.number(),
  ...provenance,
});
export type ValidityRules = z.infer<typeof validityRules>;

const stackValidityRules: readonly ValidityRules[] = z.array(validityRules).parse([
  {
    id: 'HJ212-2017-stack',
    effectiveFrom: '2017-05-01',
    countingFlags: ['N', 'S'],
    stoppedFlag: 'F',
    minuteSamples: 12,
    hourMinutes: 45,
    dayHours: 20,
    leastShare: 0.75,
    oxygenLimitPercent: 20.9,
    source: 'HJ 212-2017 section 6.3 and HJ 75-2017; the share for ten-minute data is a rule of this project',
    confidence: 'single-source',
  },
]);

/** Rules in force on a civil day (YYYY-MM-DD). Throws `RangeError` before the first. */
export function validityRulesOn(day: string): ValidityRules {
  const rules = stackValidityRules.find(
    ({ effectiveFrom, effectiveTo }) =>
      effectiveFrom <= day && (effectiveTo === undefined || day <= effectiveTo),
  );
  if (!rules) throw new RangeError(`no rules for stack monitors are in force on ${day}`);
  return rules;
}

/** Standard state of HJ 212-2017 annex D and the constants of its formulas. */
export const stackGasConstants = {
  standardTemperatureK: 273,
  standardPressurePa: 101_325,
  molarVolumeLPerMol: 22.4,
  ambientOxygenPercent: 21,
  source: 'HJ 212-2017 annex D',
  confidence: 'single-source',
} as const;

/** g/mol by factor code, as the formulas of annex D use them. */
export const molarMassGPerMol: Readonly<Record<string, number>> = {
  a05001: 44.01,
  a21002: 46.01,
  a21003: 30.01,
  a21004: 46.01,
  a21005: 28.01,
  a21026: 64.06,
};

export const substitutionRule = z.strictObject({
  id: z.string(),
  effectiveFrom: z.iso.date(),
  /** Steps from the mildest: the first whose conditions hold is taken. */
  steps: z.array(
    z.strictObject({
      /** Least share of valid hours of the quarter. */
      leastCoverage: z.number(),
      /** Longest run of missing hours; any where absent. */
      mostMissingHours: z.int().optional(),
      /** The largest hourly mass among so many valid hours before. */
      lookBackHours: z.int(),
    }),
  ),
  ...provenance,
});
export type SubstitutionRule = z.infer<typeof substitutionRule>;

/** What stands in for missing hours where a regulation asks for it; its results stay apart from measured mass. */
export const substitutionRules: readonly SubstitutionRule[] = z.array(substitutionRule).parse([
  {
    id: 'HJ75-2017-table-5',
    effectiveFrom: '2018-03-01',
    steps: [
      { leastCoverage: 0.9, mostMissingHours: 24, lookBackHours: 180 },
      { leastCoverage: 0.9, lookBackHours: 720 },
      { leastCoverage: 0.75, lookBackHours: 2160 },
    ],
    source: 'HJ 75-2017 section 12.2, not read again for this entry: to be checked before it is used',
    confidence: 'unconfirmed',
  },
]);
