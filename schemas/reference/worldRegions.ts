/**
 * Regions and subregions of the world with their countries (ISO 3166-1 alpha-2).
 * Source: UN Statistics Division, Standard country or area codes for statistical use (M49); confidence: high for
 * sovereign states, dependent areas follow the subregion that M49 gives them.
 */
const SUBREGIONS: Readonly<
  Record<string, { readonly within: readonly string[]; readonly countries: string }>
> = {
  'Northern Africa': { within: ['Africa'], countries: 'DZ EG LY MA SD TN EH' },
  'Sub-Saharan Africa': {
    within: ['Africa'],
    countries:
      'IO BI KM DJ ER ET TF KE MG MW MU YT MZ RE RW SC SO SS UG TZ ZM ZW AO CM CF TD CG CD GQ GA ST BW SZ LS NA ZA BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG',
  },
  'Latin America and the Caribbean': {
    within: ['Americas'],
    countries:
      'AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI BZ CR SV GT HN MX NI PA AR BO BV BR CL CO EC FK GF GY PY PE GS SR UY VE',
  },
  'Northern America': { within: ['Americas'], countries: 'BM CA GL PM US' },
  'Central Asia': { within: ['Asia'], countries: 'KZ KG TJ TM UZ' },
  'Eastern Asia': { within: ['Asia'], countries: 'CN HK MO TW KP JP MN KR' },
  'South-eastern Asia': { within: ['Asia'], countries: 'BN KH ID LA MY MM PH SG TH TL VN' },
  'Southern Asia': { within: ['Asia'], countries: 'AF BD BT IN IR MV NP PK LK' },
  'Western Asia': { within: ['Asia'], countries: 'AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE' },
  'Eastern Europe': { within: ['Europe'], countries: 'BY BG CZ HU PL MD RO RU SK UA' },
  'Northern Europe': {
    within: ['Europe'],
    countries: 'AX GG JE DK EE FO FI IS IE IM LV LT NO SJ SE GB',
  },
  'Southern Europe': {
    within: ['Europe'],
    countries: 'AL AD BA HR GI GR VA IT MT ME MK PT SM RS SI ES',
  },
  'Western Europe': { within: ['Europe'], countries: 'AT BE FR DE LI LU MC NL CH' },
  'Australia and New Zealand': { within: ['Oceania'], countries: 'AU CX CC HM NZ NF' },
  Melanesia: { within: ['Oceania'], countries: 'FJ NC PG SB VU' },
  Micronesia: { within: ['Oceania'], countries: 'GU KI MH FM NR MP PW UM' },
  Polynesia: { within: ['Oceania'], countries: 'AS CK PF NU PN WS TK TO TV WF' },
};

const placesOf = new Map<string, readonly string[]>();
const regionNames = new Set<string>();
for (const [name, { within, countries }] of Object.entries(SUBREGIONS)) {
  for (const region of [name, ...within]) regionNames.add(region);
  placesOf.set(name.toLowerCase(), within);
  for (const code of countries.split(' ')) placesOf.set(code.toLowerCase(), [name, ...within]);
}

/** Names of regions and subregions, as documents write them. */
export const REGION_NAMES: readonly string[] = [...regionNames].sort();

/** Regions around a country or a subregion, the nearest first; empty where nothing is known of it. */
export const regionsAround = (place: string): readonly string[] => placesOf.get(place.toLowerCase()) ?? [];
