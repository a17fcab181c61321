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
const NOWHERE = new Set(['', 'unknown', 'UNSPECIFIED']);

/**
 * The place itself, then what contains it, nearest first: `CN-SC` and `SC-CN` → CN → RAS → GLO.
 * An unknown place contains itself alone, so that only 'any' remains.
 */
export function placesAround(code: string): readonly string[] {
  if (NOWHERE.has(code)) return [];
  const places = [code];
  let at = code;
  while (at !== WORLD) {
    at = containing(at);
    places.push(at);
  }
  return places;
}

function containing(code: string): string {
  const known = PARENT[code];
  if (known) return known;
  const [first = '', second] = code.split('-');
  if (second !== undefined) {
    // ISO 3166-2 puts the country first; ILCD packages of China put it last (SC-CN).
    return second in PARENT && !(first in PARENT) ? second : first;
  }
  return WORLD;
}
