/** Which place lies in which, for the linking policy: province → country → region → world. */

/**
 * Places that the codes themselves do not order. LCI region codes: RNA North America, RER Europe, RAS Asia
 * (ILCD and ecoinvent location lists); a code of this table that is not listed as a key lies in GLO.
 */
const PARENT: Readonly<Record<string, string>> = {
  US: 'RNA',
  CA: 'RNA',
  MX: 'RNA',
  CH: 'RER',
  AT: 'RER',
  BE: 'RER',
  CZ: 'RER',
  DE: 'RER',
  DK: 'RER',
  ES: 'RER',
  FI: 'RER',
  FR: 'RER',
  GB: 'RER',
  IT: 'RER',
  NL: 'RER',
  NO: 'RER',
  PL: 'RER',
  PT: 'RER',
  SE: 'RER',
  CN: 'RAS',
  IN: 'RAS',
  JP: 'RAS',
  KR: 'RAS',
};

const WORLD = 'GLO';
const REST_OF_WORLD = 'RoW';
const NOWHERE = new Set(['', 'unknown', 'UNSPECIFIED']);

/**
 * The place itself, then what contains it, nearest first: `CN-SC` and `SC-CN` → CN → RAS → GLO.
 * An unknown place contains itself alone, so that only 'any' remains.
 */
export function placesAround(code: string): readonly string[] {
  if (NOWHERE.has(code)) return [];
  const places = [code];
  let at = code;
  while (at !== WORLD && at !== REST_OF_WORLD) {
    at = containing(at);
    places.push(at);
  }
  return places;
}

/** `CN-SC` and `SC-CN` are one place; the rest of the world counts as the world. */
export function samePlace(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(code: string): string {
  if (code === REST_OF_WORLD) return WORLD;
  const [first = '', second, more] = code.split('-');
  return second !== undefined && more === undefined && isCountry(first) && !isCountry(second)
    ? `${second}-${first}`
    : code;
}

const isCountry = (code: string) => code in PARENT;

/** ISO 3166-2 puts the country first (CN-SC); ILCD packages of China put what contains a place last (SZ-JS-CN in JS-CN in CN). */
function containing(code: string): string {
  const known = PARENT[code];
  if (known) return known;
  const parts = code.split('-');
  if (parts.length === 1) return WORLD;
  const countryIsLast = isCountry(parts.at(-1)!) && !isCountry(parts[0]!);
  return (countryIsLast ? parts.slice(1) : parts.slice(0, -1)).join('-');
}
