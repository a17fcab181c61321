/** Data-quality ratings by rules over a line's metadata: the same metadata gives the same ratings. */
import { DATA_QUALITY_RULES as RULES } from '../../schemas/reference/dataQualityRules.ts';

export interface LineMetadata {
  /** Metered or measured at the site itself. */
  readonly isPrimary: boolean;
  readonly technology: 'same' | 'similar' | 'related' | 'different' | undefined;
  /** Where the factor's data comes from; undefined where the line has no place. */
  readonly location: string | undefined;
  readonly dataYear: number | undefined;
}

export interface Ratings {
  readonly technological: number;
  readonly geographical: number;
  readonly temporal: number;
}

/**
 * @param place the site's, e.g. `CN-SC`; undefined where the document does not say
 * @param years first and last year of the reference period
 */
export function ratingsOf(
  { isPrimary, technology, location, dataYear }: LineMetadata,
  place: string | undefined,
  years: readonly [number, number],
): Ratings {
  if (isPrimary) return { technological: RULES.technological.measured, geographical: 1, temporal: 1 };
  return {
    technological: RULES.technological[technology ?? 'unstated'],
    geographical: RULES.geographical[tierOf(location, place)],
    temporal: temporal(dataYear, years),
  };
}

function temporal(dataYear: number | undefined, [first, last]: readonly [number, number]): number {
  if (dataYear === undefined) return RULES.temporalUnknown;
  const away = dataYear < first ? first - dataYear : Math.max(0, dataYear - last);
  return RULES.temporal.find(({ years }) => away <= years)?.rating ?? RULES.temporalBeyond;
}

type Tier = keyof typeof RULES.geographical;

/** Regions of LCI packages by the countries that matter here; the world is `GLO` or `RoW`. */
const WORLD = new Set(['GLO', 'RoW']);
const REGION_OF: Readonly<Record<string, string>> = { CN: 'RAS' };

function tierOf(location: string | undefined, place: string | undefined): Tier {
  if (location === undefined || location === '' || place === undefined) return 'unknown';
  const site = parts(place);
  const data = parts(location);
  if (site.country === data.country) {
    return data.part === undefined ? 'country' : data.part === site.part ? 'same_place' : 'elsewhere';
  }
  if (WORLD.has(location)) return 'world';
  return location === REGION_OF[site.country] ? 'region' : 'elsewhere';
}

/** `CN-SC` and `SC-CN` are one place. */
function parts(code: string): { country: string; part: string | undefined } {
  const [first = '', second] = code.split('-');
  return second !== undefined && second in REGION_OF && !(first in REGION_OF)
    ? { country: second, part: first }
    : { country: first, part: second };
}
