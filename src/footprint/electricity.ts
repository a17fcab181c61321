/** Electricity in a footprint: one life-cycle factor a kilowatt hour, never a direct-CO2 factor. */
import type { CategoryScores } from '../../schemas/documents/footprintCategories.ts';
import type { ElectricityFactor, FootprintInput } from '../../schemas/documents/footprintInput.ts';
import { footprintFactors } from '../../schemas/reference/electricityFactors.ts';
import { Refusal } from '../../schemas/refusal.ts';

/** The only family that may stand in a product footprint. */
const LIFE_CYCLE = 'cn_lifecycle';
/** A traced intensity must have been computed with life-cycle mode factors. */
const TRACED_LIFE_CYCLE = 'lifecycle';

export interface SuppliedFactor {
  readonly kgCo2ePerKwh: number;
  /** What it is and where it stands, for the document. */
  readonly label: string;
}

/**
 * Factor of an entry whose electricity is not a background product.
 * @throws Refusal `factor_family` for a direct-CO2 factor · `factor_unknown` where no such official factor is announced
 */
export function suppliedFactor(
  factor: Exclude<ElectricityFactor, { kind: 'background' }>,
  place: string,
): SuppliedFactor {
  const right = factor.kind === 'official' ? LIFE_CYCLE : TRACED_LIFE_CYCLE;
  if (factor.family !== right) {
    throw new Refusal(`a footprint cannot use an electricity factor of the family '${factor.family}'`, {
      code: 'factor_family',
      place: `${place}.factor.family`,
      remedy: `the life-cycle family '${right}' 电力碳足迹因子`,
    });
  }
  if (factor.kind === 'traced') {
    const { intensityKgCo2ePerKwh, zone, version } = factor;
    return {
      kgCo2ePerKwh: intensityKgCo2ePerKwh,
      label: `traced life-cycle intensity of ${zone}, ${version}`,
    };
  }
  const { zone, year, supply } = factor;
  const row = footprintFactors.find((f) => f.zone === zone && f.year === year && f.supply === supply);
  if (!row) {
    const known = footprintFactors.map((f) => `${f.zone} ${f.year} ${f.supply}`).join(', ');
    throw new Refusal(`no 电力碳足迹因子 is known for ${zone} ${year} ${supply}`, {
      code: 'factor_unknown',
      place: `${place}.factor`,
      remedy: `one of ${known}`,
    });
  }
  return {
    kgCo2ePerKwh: row.intensityKgCo2ePerKwh,
    label: `电力碳足迹因子 ${zone} ${year} ${supply}, ${row.document} (${row.confidence})`,
  };
}

/** An announced or traced factor has no split: it counts as fossil, as statements against it do. */
export function undividedScores(kgCo2e: number): CategoryScores {
  return {
    fossil: kgCo2e,
    land_use: 0,
    biogenic_non_co2: 0,
    biogenic_co2_emission: 0,
    biogenic_co2_uptake: 0,
  };
}

/**
 * A kilowatt hour and a certificate count once.
 * @throws Refusal `electricity_counted_twice` when one meter stands in two entries, one certificate in two places, or
 *   contracts cover more than was used · `factor_family` for a memo of another family
 */
export function refuseDoubleCounting(uses: FootprintInput['electricity']): void {
  const meters = new Set<string>();
  const certificates = new Set<string>();
  for (const [at, { meterId, energyKwh, contracts, tracedMemo }] of uses.entries()) {
    const place = `electricity.${at}`;
    if (meterId !== undefined && !addNew(meters, meterId)) {
      refuseTwice(`meter ${meterId} stands in two entries`, `${place}.meterId`, 'each meter once');
    }
    for (const [number, { certificates: retired }] of contracts.entries()) {
      for (const id of retired) {
        if (!addNew(certificates, id))
          refuseTwice(
            `certificate ${id} stands twice`,
            `${place}.contracts.${number}.certificates`,
            'each 绿证 once',
          );
      }
    }
    const contracted = contracts.reduce((sum, contract) => sum + contract.energyKwh, 0);
    if (contracted > energyKwh) {
      refuseTwice(
        `contracts cover ${contracted} kWh of ${energyKwh} kWh`,
        `${place}.contracts`,
        'at most what was used: each kilowatt hour belongs to a contract or to the rest',
      );
    }
    if (tracedMemo !== undefined) suppliedFactor({ kind: 'traced', ...tracedMemo }, `${place}.tracedMemo`);
  }
}

function addNew(seen: Set<string>, id: string): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}

function refuseTwice(message: string, place: string, remedy: string): never {
  throw new Refusal(message, { code: 'electricity_counted_twice', place, remedy });
}
