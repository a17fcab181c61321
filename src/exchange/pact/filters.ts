/** The filters of version 3's list: values of one name are alternatives, names restrict each other. Pure. */
import { FILTERS_V3, type FiltersV3, type FootprintV3 } from '../../../schemas/documents/pactV3.ts';
import { regionsAround } from '../../../schemas/reference/worldRegions.ts';
import { ExchangeProblem } from '../exchangeProblem.ts';

/**
 * Filters out of parameters, each of them one value or several; an empty value is as if absent.
 * @throws ExchangeProblem BadRequest for an instant that cannot be read
 */
export function filtersOf(parameters: Readonly<Record<string, unknown>>): FiltersV3 {
  const filters: Partial<Record<(typeof FILTERS_V3)[number], string[]>> = {};
  for (const name of FILTERS_V3) {
    const given = parameters[name];
    const values = (Array.isArray(given) ? given : [given]).filter(
      (value): value is string => typeof value === 'string' && value !== '',
    );
    if (values.length === 0) continue;
    filters[name] = name.startsWith('valid') ? values.map((value) => instantOf(name, value)) : values;
  }
  return filters;
}

export function matchesV3(document: FootprintV3, filters: FiltersV3): boolean {
  const { pcf } = document;
  const start = Date.parse(document.validityPeriodStart ?? pcf.referencePeriodEnd);
  const end = Date.parse(document.validityPeriodEnd ?? threeYearsAfter(pcf.referencePeriodEnd));
  const tests: Record<(typeof FILTERS_V3)[number], (value: string) => boolean> = {
    productId: (value) => contains(document.productIds, value),
    companyId: (value) => contains(document.companyIds, value),
    classification: (value) => contains(document.productClassifications ?? [], value),
    geography: (value) => contains(placesOf(document), value),
    status: (value) => same(document.status, value),
    validOn: (value) => start <= Date.parse(value) && Date.parse(value) <= end,
    validAfter: (value) => start > Date.parse(value),
    validBefore: (value) => end < Date.parse(value),
  };
  return FILTERS_V3.every((name) => filters[name]?.some(tests[name]) ?? true);
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const contains = (values: readonly string[], wanted: string): boolean =>
  values.some((value) => same(value, wanted));

/** The document's own place and every place around it. */
function placesOf({ pcf }: FootprintV3): string[] {
  const subdivision = pcf.geographyCountrySubdivision;
  const country = pcf.geographyCountry ?? subdivision?.slice(0, 2);
  const region = pcf.geographyRegionOrSubregion;
  return [
    ...(subdivision ? [subdivision] : []),
    ...(country ? [country, ...regionsAround(country)] : []),
    ...(region ? [region, ...regionsAround(region)] : []),
  ];
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;

/** In a query that was not encoded the plus sign of an offset has become a space. */
function instantOf(name: string, given: string): string {
  const text = given.replace(/ (\d{2}:\d{2})$/, '+$1');
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new ExchangeProblem('BadRequest', `${name} is no instant; would be right: 2026-01-31T00:00:00Z`);
}

function threeYearsAfter(instant: string): string {
  const later = new Date(instant);
  later.setUTCFullYear(later.getUTCFullYear() + 3);
  return later.toISOString();
}
