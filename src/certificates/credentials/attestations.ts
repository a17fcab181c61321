/** What a credential says: settlement statements and footprints in the form of a conformity attestation. */
import type {
  Attestation,
  CredentialKind,
  Evidence,
  Measure,
} from '../../../schemas/documents/credential.ts';
import type { FootprintResult } from '../../../schemas/documents/footprintResult.ts';
import type { SettlementStatement } from '../../../schemas/documents/settlementStatement.ts';
import { Refusal } from '../../../schemas/refusal.ts';

export interface Claim {
  readonly kind: CredentialKind;
  readonly attestation: Attestation;
  readonly ruleSet: string;
  readonly notice: string;
}

const NOT_A_GEC =
  'This credential is a computed statement and no official green electricity certificate 绿证.';
const SELF_DECLARED =
  'Self-declared product footprint statement 产品碳足迹声明: no third-party verification is attached.';

/**
 * A data centre's month of green use.
 * @throws Refusal `E_STATEMENT_OPEN` while a reading is missing
 */
export function greenUseClaim(
  statement: SettlementStatement,
  id: string,
  date: string,
  evidence: readonly Evidence[],
): Claim {
  const { dataCenter, period, ruleSet } = statement;
  if (statement.status !== 'complete') {
    throw new Refusal(`the statement of ${dataCenter} for ${period} is open`, {
      code: 'E_STATEMENT_OPEN',
      place: `${statement.missingQuarters} quarters without a reading`,
      remedy: 'a statement whose readings are complete',
    });
  }
  const { start, end } = monthInShanghai(period);
  return {
    kind: 'GreenUseStatement',
    ruleSet: `${ruleSet.id}@${ruleSet.version} (${ruleSet.status})`,
    notice: NOT_A_GEC,
    attestation: {
      type: ['ConformityAttestation'],
      id,
      name: { en: `Green power use of ${dataCenter}, ${period}`, zh: `${dataCenter} ${period} 绿色电力使用` },
      assessorLevel: 'Self',
      assessmentLevel: 'Unspecified',
      attestationType: 'selfDeclaration',
      issuedToParty: { id: dataCenter, name: dataCenter },
      scope: { id: `${ruleSet.id}@${ruleSet.version}`, name: ruleSet.name.en, status: ruleSet.status },
      period: { start, end },
      assessment: [
        {
          type: ['ConformityAssessment'],
          assessmentDate: date,
          conformityTopic: 'environment.energy',
          referenceStandard: [],
          referenceRegulation: [{ name: ruleSet.name.zh }],
          assessmentCriteria: [],
          declaredValue: [
            wattHours('electricity used', statement.useWh),
            wattHours('green electricity by contract', statement.contractWh),
            wattHours('matched by quarter hour', statement.matchedWh),
            wattHours('environmental value settled', statement.settledWh),
          ],
          assessedFacility: [{ id: dataCenter, name: dataCenter }],
          assessedProduct: [],
        },
      ],
      auditableEvidence: [...evidence],
    },
  };
}

/** Who attested a footprint outside the house. */
export interface AttestedBy {
  readonly body: string;
  readonly standard: string;
  readonly levelOfAssurance: string;
}

/**
 * A product's footprint, self-declared unless a third party attests it.
 * @throws Refusal `simulated_input` · `E_FOOTPRINT_IDENTITY` where the document does not add up
 */
export function footprintClaim(
  footprint: FootprintResult,
  id: string,
  date: string,
  evidence: readonly Evidence[],
  attestedBy?: AttestedBy,
): Claim {
  const { product, declaredUnit, perDeclaredUnit, versions, referencePeriod } = footprint;
  if (footprint.origin === 'simulated') {
    throw new Refusal(`the footprint of ${product.name} rests on simulated quantities`, {
      code: 'simulated_input',
      remedy: 'quantities that were measured or estimated; nothing simulated is ever issued',
    });
  }
  const broken = footprint.identities.find(({ holds }) => !holds);
  if (broken) {
    throw new Refusal(`the footprint of ${product.name} does not add up: ${broken.name}`, {
      code: 'E_FOOTPRINT_IDENTITY',
      place: `${broken.left} and ${broken.right}`,
      remedy: 'a document as the engine wrote it',
    });
  }
  const unit = `kgCO2e/(${declaredUnit.amount} ${declaredUnit.unit})`;
  const figure = (metricName: string, value: number): Measure => ({
    metricName,
    metricValue: { value: decimalText(value), unit },
  });
  return {
    kind: 'ProductFootprintStatement',
    ruleSet: `${versions.engine} ${versions.background} ${versions.gwpSet} ${versions.linkingPolicy}`,
    notice: attestedBy
      ? `Product footprint statement 产品碳足迹声明, verified by ${attestedBy.body} (${attestedBy.standard}, ${attestedBy.levelOfAssurance} assurance).`
      : SELF_DECLARED,
    attestation: {
      type: ['ConformityAttestation'],
      id,
      name: { en: `Carbon footprint of ${product.name}`, zh: `${product.name} 碳足迹` },
      assessorLevel: attestedBy ? '3rdParty' : 'Self',
      assessmentLevel: attestedBy ? 'Verified' : 'Unspecified',
      attestationType: attestedBy ? 'verification' : 'selfDeclaration',
      issuedToParty: { id: footprint.company ?? footprint.site, name: footprint.company ?? footprint.site },
      scope: { id: versions.engine, name: 'cradle to gate 摇篮到大门' },
      period: { start: referencePeriod.start, end: referencePeriod.end },
      assessment: [
        {
          type: ['ConformityAssessment'],
          assessmentDate: date,
          conformityTopic: 'environment.emissions',
          referenceStandard: [{ name: 'ISO 14067' }, { name: 'GB/T 24067-2024' }],
          referenceRegulation: [],
          assessmentCriteria: [],
          declaredValue: [
            figure('total excluding biogenic uptake', perDeclaredUnit.totalKgCo2e),
            figure('total including biogenic uptake', perDeclaredUnit.includingBiogenicUptakeKgCo2e),
            ...Object.entries(perDeclaredUnit.categories).map(([name, value]) => figure(name, value)),
            {
              metricName: 'primary data share',
              metricValue: { value: decimalText(footprint.primaryDataSharePercent), unit: '%' },
            },
          ],
          assessedFacility: [{ id: footprint.site, name: footprint.site }],
          assessedProduct: [{ id: product.id, name: product.name }],
        },
      ],
      auditableEvidence: [...evidence],
    },
  };
}

function wattHours(metricName: string, wh: string | number | bigint): Measure {
  return { metricName, metricValue: { value: String(wh), unit: 'Wh' } };
}

/** Every digit of a double, and 0 for −0. */
const decimalText = (value: number): string => String(value === 0 ? 0 : value);

function monthInShanghai(period: string): { start: string; end: string } {
  const [year, month] = period.split('-').map(Number) as [number, number];
  const next = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
  return { start: `${period}-01T00:00:00+08:00`, end: `${next}-01T00:00:00+08:00` };
}
