/** `market.contracts` of a scenario: green-power contracts with their terms, and the tariff that the rest of the bill follows. */
import { type ExampleContract, exampleTerms } from '../../schemas/reference/exampleMarket.ts';
import { sichuanTariff } from '../../schemas/reference/tariffs.ts';
import { periodOf, type Span } from './civilTime.ts';
import type { Reading } from './scenario.ts';

/** Contract documents, valid for the span. Those of measured sites are simulated too: no real contract is public. */
export function* contractDocuments(contracts: readonly ExampleContract[], span: Span): Generator<Reading> {
  const { source: _source, confidence: _confidence, ...terms } = exampleTerms;
  for (const { source: _s, confidence: _c, ...contract } of contracts) {
    yield { kind: 'contract', ...head(contract.id, span), ...contract, ...terms };
  }
}

/** Tariff lines that hold for every user, in the components of a statement. */
export function* tariffDocuments(span: Span): Generator<Reading> {
  const { energy, transmission, loss, systemOperation, funds, id } = sichuanTariff;
  for (const [band, ratioPpm] of Object.entries(energy.ratioPpm)) {
    const priceMilliYuanPerMwh = Math.round((energy.basePriceMilliYuanPerMwh * ratioPpm) / 1e6);
    yield line('grid_energy', band, priceMilliYuanPerMwh);
  }
  yield line('tnd_volumetric', 'all', transmission.priceMilliYuanPerMwh);
  yield line('line_loss', 'all', loss.priceMilliYuanPerMwh);
  for (const { item, priceMilliYuanPerMwh } of systemOperation.items) {
    yield line(
      item === undefined ? 'system_operation' : `system_operation:${item}`,
      'all',
      priceMilliYuanPerMwh,
    );
  }
  yield line('gov_funds', 'all', funds.priceMilliYuanPerMwh);

  function line(component: string, band: string, priceMilliYuanPerMwh: number): Reading {
    return {
      kind: 'tariff',
      ...head(`tariff/${component}/${band}`, span),
      component,
      band,
      priceMilliYuanPerMwh,
      document: `${id}（示例电价，假设值）`,
    };
  }
}

/** The capacity fee of one user by its connection (kVA). */
export function capacityFeeDocument(user: string, capacityKva: number, span: Span): Reading {
  return {
    kind: 'capacity_fee',
    ...head(`capacity-fee/${user}`, span),
    user,
    feeFenPerKvaMonth: sichuanTariff.transmission.fenPerKvaMonth,
    capacityKva,
    document: `${sichuanTariff.id}（示例电价，假设值）`,
  };
}

function head(id: string, span: Span) {
  const { start: validFrom, end: validTo } = periodOf(span);
  return { id, validFrom, validTo, quality: 'simulated', revision: 0 };
}
