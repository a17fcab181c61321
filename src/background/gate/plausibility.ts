/** Checks of one dataset by itself, before anything is linked: value, volume and mass. */
import type { GateThresholds } from '../../../schemas/reference/gateThresholds.ts';
import { type Finding, finding } from '../findings.ts';
import type { Inventory } from '../inventory.ts';
import type { Accepted, NormalisedProcess, ReferenceExchange } from '../normalise.ts';

const WATER = /\bwater\b|水/i;
const KWH_PER: Readonly<Record<string, number>> = { MJ: 1 / 3.6, kWh: 1 };

/**
 * The process less what is not plausible in it; undefined when it is quarantined.
 * `value_implausible` quarantines, `unit_mismatch` drops an exchange, `mass_implausible` and `energy_implausible` warn.
 */
export function implausible(
  normal: NormalisedProcess,
  inventory: Inventory,
  thresholds: GateThresholds,
  accepted: Accepted,
  findings: Finding[],
): NormalisedProcess | undefined {
  const { process, products } = normal;
  const reference = products.find(({ source }) => source.isReference) ?? products[0]!;
  const value = accepted(process.id, 'value_implausible') ? 0 : valueUsed(normal, reference, inventory);
  if (value > reference.amount) {
    const facts = { made: reference.amount, used: value, unit: reference.referenceUnitName };
    findings.push(finding('value_implausible', process.id, reference.source.id, 'quarantined', facts));
    return undefined;
  }
  const plausible = accepted(process.id, 'unit_mismatch')
    ? normal
    : withoutMixedUp(normal, reference, thresholds, findings);
  warnOfMass(plausible, thresholds, findings);
  if (!accepted(process.id, 'energy_implausible')) {
    warnOfEnergy(plausible, reference, thresholds, inventory.method !== undefined, findings);
  }
  return plausible;
}

function isMonetary({ flow }: ReferenceExchange, { flowProperties }: Inventory): boolean {
  return flowProperties.get(flow.referencePropertyId)?.kind === 'economic';
}

/** Monetary inputs beside a monetary reference, in its unit; 0 where the reference is not monetary. */
function valueUsed({ uses }: NormalisedProcess, reference: ReferenceExchange, inventory: Inventory): number {
  if (!isMonetary(reference, inventory)) return 0;
  return uses.reduce((sum, use) => (isMonetary(use, inventory) ? sum + use.amount : sum), 0);
}

/** A tonne of water stored as a thousand cubic metres: more water than any product of that mass takes. */
function withoutMixedUp(
  normal: NormalisedProcess,
  reference: ReferenceExchange,
  { volumeM3PerKg }: GateThresholds,
  findings: Finding[],
): NormalisedProcess {
  if (reference.referenceUnitName !== 'kg') return normal;
  const kept = (exchange: ReferenceExchange) => {
    const { flow, amount, referenceUnitName, source } = exchange;
    const perKg = Math.abs(amount) / reference.amount;
    const isMixedUp =
      source.isInput && referenceUnitName === 'm3' && WATER.test(flow.name) && perKg > volumeM3PerKg;
    if (isMixedUp) {
      const what = `${Number(perKg.toPrecision(4))} m3 of ${flow.name} per kg of ${reference.flow.name}: litres or kilograms stored as m3`;
      findings.push(finding('unit_mismatch', normal.process.id, source.id, 'exchange_dropped', { what }));
    }
    return !isMixedUp;
  };
  return { ...normal, uses: normal.uses.filter(kept), nature: normal.nature.filter(kept) };
}

function warnOfMass(normal: NormalisedProcess, { massRatio }: GateThresholds, findings: Finding[]): void {
  const mass = (exchanges: readonly ReferenceExchange[], side: (e: ReferenceExchange) => boolean) =>
    exchanges.reduce(
      (sum, e) => (e.referenceUnitName === 'kg' && side(e) ? sum + Math.abs(e.amount) : sum),
      0,
    );
  const { products, uses, wastes, nature, burdenFree } = normal;
  const all = [...products, ...uses, ...wastes, ...nature, ...burdenFree];
  const made = mass(all, ({ source }) => !source.isInput);
  const used = mass(all, ({ source }) => source.isInput);
  if (made === 0 || used === 0) return;
  const ratio = made / used;
  if (ratio >= massRatio.least && ratio <= massRatio.most) return;
  findings.push(finding('mass_implausible', normal.process.id, '', 'kept', { made, used }));
}

function warnOfEnergy(
  { process, uses }: NormalisedProcess,
  reference: ReferenceExchange,
  { energyKwhPerKg }: GateThresholds,
  judgesByScore: boolean,
  findings: Finding[],
): void {
  if (reference.referenceUnitName !== 'kg') return;
  const kwh = uses.reduce((sum, use) => sum + use.amount * (KWH_PER[use.referenceUnitName] ?? 0), 0);
  const perKg = kwh / reference.amount;
  if (!(perKg > energyKwhPerKg)) return;
  const rounded = Number(perKg.toPrecision(4));
  const facts = {
    what: `${rounded} kWh go into 1 kg of ${reference.flow.name}`,
    whatZh: `每 1 kg ${reference.flow.name} 投入 ${rounded} kWh`,
    flowId: reference.flow.id,
  };
  findings.push(finding('energy_implausible', process.id, '', judgesByScore ? 'no_provider' : 'kept', facts));
}
