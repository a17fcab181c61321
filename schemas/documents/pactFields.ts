/** Fields that both versions of the PACT data model share: decimals as text, URNs, instants, declared units. */
import { z } from 'zod';

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

/** A number as text, never with an exponent. */
export const decimal = z.string().regex(DECIMAL, 'a decimal number as text, without exponent');
export const positiveDecimal = decimal.refine((text) => Number(text) > 0, 'above 0');
export const notNegativeDecimal = decimal.refine((text) => Number(text) >= 0, '0 or above');
export const notPositiveDecimal = decimal.refine((text) => Number(text) <= 0, '0 or below');
export const urn = z.string().regex(/^[uU][rR][nN]:/, 'a URN');
export const urns = z.array(urn).min(1);
export const instant = z.iso.datetime({ offset: true });
export const notEmpty = z.string().min(1);
export const country = z.string().regex(/^[A-Z]{2}$/, 'a country as two letters, e.g. CN');
export const subdivision = z.string().regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'a subdivision, e.g. CN-SC');
export const semver = z.string().regex(/^\d+\.\d+\.\d+/, 'a version such as 3.0.0');
export const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;

export const extension = z.looseObject({
  specVersion: notEmpty,
  dataSchema: notEmpty,
  data: z.record(z.string(), z.unknown()),
  documentation: z.string().optional(),
});

export const emissionFactorSource = z.looseObject({ name: notEmpty, version: notEmpty });

export const sectorRule = z.looseObject({
  operator: notEmpty,
  ruleNames: z.array(notEmpty).min(1),
  otherOperatorName: notEmpty.optional(),
});

/** At most one of the three says where. */
export function oneGeography(pcf: Readonly<Record<string, unknown>>): boolean {
  const given = [
    pcf.geographyRegionOrSubregion,
    pcf.geographyCountry,
    pcf.geographyCountrySubdivision,
  ].filter((value) => value !== undefined);
  return given.length <= 1;
}

/** CloudEvents 1.0 in structured mode; the other side's id is an opaque text. */
export const cloudEvent = z.looseObject({
  type: notEmpty,
  specversion: z.literal('1.0'),
  id: notEmpty.max(1_024),
  source: notEmpty.max(2_048),
  time: instant,
  data: z.record(z.string(), z.unknown()),
});
export type CloudEvent = z.infer<typeof cloudEvent>;

export const publishedData = z.looseObject({ pfIds: z.array(z.uuid()).min(1) });
export const fulfilledData = z.looseObject({
  requestEventId: notEmpty,
  pfs: z.array(z.record(z.string(), z.unknown())).min(1),
});
export const rejectedData = z.looseObject({
  requestEventId: notEmpty,
  error: z.looseObject({ code: notEmpty, message: z.string() }),
});
