/** Sums that must hold in every footprint document, checked on the numbers that are shown. */
import { CATEGORIES } from '../../schemas/documents/footprintCategories.ts';
import type { Contributor, FootprintResult } from '../../schemas/documents/footprintResult.ts';

type Identity = FootprintResult['identities'][number];
type Figures = FootprintResult['perDeclaredUnit'];

/** Rounding of a few hundred additions; anything above is a fault. */
const TOLERANCE = 1e-12;
/** Below this, doubles lose their relative precision. */
const FLOOR = 1e-300;

export function identitiesOf(
  { totalKgCo2e: total, includingBiogenicUptakeKgCo2e: including, categories: perUnit, accounts }: Figures,
  contributors: readonly Contributor[],
): Identity[] {
  const size = contributors.reduce((sum, { kgCo2e }) => sum + Math.abs(kgCo2e), 0);
  const identities = [
    identity(
      'excluding uptake = fossil + land use change + land management CO2 emissions + its removals + technological removals + capture + biogenic CH4 and N2O',
      total,
      perUnit.fossil +
        perUnit.land_use +
        accounts.land_management_co2_emissions +
        accounts.land_management_co2_removals +
        accounts.technological_co2_removals +
        accounts.ccs_technological_co2_capture +
        perUnit.biogenic_non_co2,
      size,
    ),
    identity(
      'including uptake = excluding uptake + biogenic CO2 uptake',
      including,
      total + perUnit.biogenic_co2_uptake,
      size + Math.abs(perUnit.biogenic_co2_uptake),
    ),
    identity('total = sum of the contributors', total, sum(contributors.map((c) => c.kgCo2e)), size),
  ];
  for (const category of CATEGORIES) {
    const parts = contributors.map((c) => c.categories[category]);
    const weight = sum(parts.map(Math.abs));
    identities.push(identity(`${category} = sum of the contributors`, perUnit[category], sum(parts), weight));
  }
  for (const { name, kgCo2e, firstTier } of contributors) {
    if (!firstTier) continue;
    const parts = firstTier.map((part) => part.kgCo2e);
    identities.push(
      identity(`${name} = sum of its first tier`, kgCo2e, sum(parts), sum(parts.map(Math.abs))),
    );
  }
  return identities;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function identity(name: string, left: number, right: number, size: number): Identity {
  return { name, left, right, holds: Math.abs(left - right) <= TOLERANCE * size + FLOOR };
}
