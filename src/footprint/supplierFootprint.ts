/** A supplier's own footprint (PACT 3.0 or 2.3) in the place of a background product: checked, and as scores of one declared unit. Pure. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { CategoryScores } from '../../schemas/documents/footprintCategories.ts';
import type { FootprintInput, SupplierRef } from '../../schemas/documents/footprintInput.ts';
import { footprintV2, identitiesV2 } from '../../schemas/documents/pactV2.ts';
import { footprintV3, identitiesV3 } from '../../schemas/documents/pactV3.ts';
import { DECLARED_UNIT_FACTORS } from '../../schemas/reference/declaredUnits.ts';
import { Refusal } from '../../schemas/refusal.ts';

/** Partners round their figures: sums may miss by this part of what is added up. */
const SUM_TOLERANCE = 1e-3;
const VALID_YEARS = 3;

export interface SupplierProduct {
  /** Of one declared unit of measurement. */
  readonly scores: CategoryScores;
  /** Declared units of measurement in one of each unit by which a quantity may be stated. */
  readonly unitFactors: ReadonlyMap<string, number>;
  /** 0 to 1; a share that the supplier does not state counts 0. */
  readonly primaryDataShare: number;
  readonly label: string;
  readonly location: string | undefined;
  readonly characterisation: readonly string[];
}

/**
 * @throws Refusal `supplier_hash` · `supplier_document` · `supplier_deprecated` · `supplier_expired` where the validity
 *   does not meet the reference period · `supplier_amount` where the figures can be read in two ways
 */
export function supplierProduct(
  { document, sha256 }: SupplierRef,
  period: FootprintInput['referencePeriod'],
  place: string,
): SupplierProduct {
  const refuse = (code: string, message: string, remedy: string) =>
    new Refusal(message, { code, place: `${place}.supplier`, remedy });
  const found = createHash('sha256').update(canonicalize(document)!).digest('hex');
  if (found !== sha256)
    throw refuse('supplier_hash', `the document has the SHA-256 ${found}`, 'the document as it was fetched');
  const read = String(document.specVersion).startsWith('2.') ? readV2(document) : readV3(document);
  if ('faults' in read) throw refuse('supplier_document', read.faults, 'a footprint of PACT 3.0 or 2.3');
  const { common, unit, amount, massKg, scores, primaryDataShare, characterisation } = read;
  if (common.status !== 'Active')
    throw refuse('supplier_deprecated', `${common.id} is deprecated`, 'the footprint that replaced it');
  if (Number(amount) !== 1)
    throw refuse(
      'supplier_amount',
      `its figures are for ${amount} ${unit} or for one: documents differ`,
      'a document with the declared amount 1',
    );
  const end = common.validityPeriodEnd ?? yearsAfter(common.pcf.referencePeriodEnd);
  const start = common.validityPeriodStart ?? common.pcf.referencePeriodEnd;
  if (Date.parse(end) < Date.parse(period.start) || Date.parse(start) > Date.parse(period.end))
    throw refuse(
      'supplier_expired',
      `it is valid from ${start} to ${end}`,
      'one valid in the reference period',
    );
  const factors = new Map(Object.entries(DECLARED_UNIT_FACTORS[unit]));
  if (!factors.has('kg') && massKg > 0) factors.set('kg', 1 / massKg);
  return {
    scores,
    unitFactors: factors,
    primaryDataShare,
    label: `${common.productNameCompany}, ${common.companyName}, PACT ${common.specVersion} ${common.id}`,
    location: common.pcf.geographyCountrySubdivision ?? common.pcf.geographyCountry,
    characterisation,
  };
}

function readV3(document: unknown) {
  const parsed = footprintV3.safeParse(document);
  if (!parsed.success) return { faults: z.prettifyError(parsed.error) };
  const broken = identitiesV3(parsed.data, SUM_TOLERANCE);
  if (broken.length > 0) return { faults: broken.join('; ') };
  const { pcf } = parsed.data;
  return {
    common: parsed.data,
    unit: pcf.declaredUnitOfMeasurement,
    amount: pcf.declaredUnitAmount,
    massKg: Number(pcf.productMassPerDeclaredUnit),
    scores: scoresOf({
      excluding: pcf.pcfExcludingBiogenicUptake,
      including: pcf.pcfIncludingBiogenicUptake,
      landUse: [
        pcf.landUseChangeGhgEmissions,
        pcf.landManagementBiogenicCO2Emissions,
        pcf.landManagementBiogenicCO2Removals,
      ],
      biogenicNonCo2: pcf.biogenicNonCO2Emissions,
    }),
    primaryDataShare: Number(pcf.primaryDataShare ?? 0) / 100,
    characterisation: pcf.ipccCharacterizationFactors,
  };
}

function readV2(document: unknown) {
  const parsed = footprintV2.safeParse(document);
  if (!parsed.success) return { faults: z.prettifyError(parsed.error) };
  const broken = identitiesV2(parsed.data, SUM_TOLERANCE);
  if (broken.length > 0) return { faults: broken.join('; ') };
  const { pcf } = parsed.data;
  return {
    common: parsed.data,
    unit: pcf.declaredUnit,
    amount: pcf.unitaryProductAmount,
    massKg: 0,
    scores: scoresOf({
      excluding: pcf.pCfExcludingBiogenic,
      including: pcf.pCfIncludingBiogenic ?? pcf.pCfExcludingBiogenic,
      landUse: [pcf.dLucGhgEmissions, pcf.landManagementGhgEmissions],
      biogenicNonCo2: pcf.otherBiogenicGhgEmissions,
    }),
    primaryDataShare: (pcf.primaryDataShare ?? 0) / 100,
    characterisation: [pcf.characterizationFactors],
  };
}

/** What is neither land nor biogenic counts as fossil, so that the supplier's total is kept. */
function scoresOf(given: {
  readonly excluding: string;
  readonly including: string;
  readonly landUse: readonly (string | undefined)[];
  readonly biogenicNonCo2: string | undefined;
}): CategoryScores {
  const total = Number(given.excluding);
  const landUse = given.landUse.reduce((sum, text) => sum + Number(text ?? 0), 0);
  const biogenicNonCo2 = Number(given.biogenicNonCo2 ?? 0);
  return {
    fossil: total - landUse - biogenicNonCo2,
    land_use: landUse,
    biogenic_non_co2: biogenicNonCo2,
    biogenic_co2_emission: 0,
    biogenic_co2_uptake: Number(given.including) - total,
  };
}

function yearsAfter(instant: string): string {
  const later = new Date(instant);
  later.setUTCFullYear(later.getUTCFullYear() + VALID_YEARS);
  return later.toISOString();
}
