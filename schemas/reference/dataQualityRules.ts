/**
 * Ratings 1 (best) to 5 of each line of a footprint, by rules over its metadata, so that two runs agree. The scale follows
 * the pedigree matrix (temporal: Weidema et al. 2013, ecoinvent data quality guideline v3, table 10.4); that PACT v3 counts
 * from 1 as the best is unconfirmed.
 */
export const DATA_QUALITY_RULES = {
  id: 'tanliu-dqr/1',
  source: 'ecoinvent data quality guideline v3 (2013), table 10.4; tiers of the linking policy',
  confidence: 'unconfirmed' as const,
  technological: { same: 1, similar: 2, related: 3, different: 5, unstated: 4, measured: 1 },
  /** By how far out the place lies that both have in common: the site's place, its country, its region, the world. */
  geographical: { same_place: 1, country: 2, region: 3, world: 4, elsewhere: 5, unknown: 5 },
  /** Rating of data that is at most so many years away from the reference period. */
  temporal: [
    { years: 3, rating: 1 },
    { years: 6, rating: 2 },
    { years: 10, rating: 3 },
    { years: 15, rating: 4 },
  ],
  temporalBeyond: 5,
  temporalUnknown: 5,
} as const;

/** Uses for which a document made here does not suffice, each with the reason; shown in every result. */
export const NOT_USABLE_FOR = [
  {
    use: 'eu_battery_carbon_footprint_declaration',
    reason: 'Regulation (EU) 2023/1542 asks for stages up to the end of life; this is cradle to gate',
  },
  {
    use: 'eu_cbam_embedded_emissions',
    reason: 'Regulation (EU) 2023/956 counts direct emissions of listed processes, not a background database',
  },
  {
    use: 'carbon_neutrality_claim',
    reason: 'a footprint holds no compensation',
  },
] as const;

/** Share of a footprint that may be left out (footprint methodology v2; the limit of v3 per process: unconfirmed). */
export const EXEMPTED_LIMIT_PERCENT = 5;

/** Change of the value that raises a revision. */
export const RECALCULATION_LIMIT_PERCENT = 10;
