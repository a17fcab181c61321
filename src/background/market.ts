/** Who may supply what: makers and treatments of every flow, less those that the gate has barred. */

import type { AllocatedProcess } from './assembly.ts';
import { type Finding, finding } from './findings.ts';
import { type CutReason, chooseSuppliers, cutOff, type Link, type Supplier } from './linking.ts';

/** What the gate has decided so far. All of it only grows, so that the gate ends. */
export interface GateDecisions {
  /** Process ids. */
  readonly quarantined: Set<string>;
  /** Products (`productKey`) that supply nobody, with the reason that their users' inputs get. */
  readonly barred: Map<string, 'provider_no_content' | 'provider_outlier'>;
  /** Inputs (`exchangeKey`) that were cut to stop a loop. */
  readonly cut: Set<string>;
  /** Flows that a quarantined dataset would have made. */
  readonly lostFlows: Set<string>;
}

export const productKey = (processId: string, flowId: string) => `${processId} ${flowId}`;
export const exchangeKey = (processId: string, exchangeId: string) => `${processId} ${exchangeId}`;

/** Suppliers that a reviewed override names, by `exchangeKey`. */
export type NamedProviders = ReadonlyMap<string, string>;

interface FlowMarket {
  readonly makers: Supplier[];
  readonly treatments: Supplier[];
  readonly barred: ('provider_no_content' | 'provider_outlier')[];
}

export interface Market {
  /** Who may supply that flow at all, wherever. */
  suppliers(flowId: string, kind: 'use' | 'waste'): readonly Supplier[];
  link(
    input: {
      readonly processId: string;
      readonly location: string;
      readonly exchangeId: string;
      readonly flowId: string;
      readonly providerId: string | undefined;
    },
    kind: 'use' | 'waste',
  ): Link;
}

/**
 * A process that uses at least as much of a flow as it makes (a stage, e.g. lifting) supplies nobody with it.
 * @param processes those that are not quarantined, numbered
 */
export function createMarket(
  processes: readonly AllocatedProcess[],
  decisions: GateDecisions,
  providers: NamedProviders,
  findings: Finding[],
): Market {
  const flows = new Map<string, FlowMarket>();
  const marketOf = (flowId: string) => {
    const known = flows.get(flowId) ?? { makers: [], treatments: [], barred: [] };
    flows.set(flowId, known);
    return known;
  };
  for (const { process, products, uses, isTreatment, firstActivity } of processes) {
    products.forEach((product, at) => {
      const flowId = product.flow.id;
      const market = marketOf(flowId);
      const ownUse = uses.reduce((sum, use) => (use.flow.id === flowId ? sum + use.amount : sum), 0);
      if (!isTreatment && ownUse >= product.amount) {
        const facts = { used: ownUse, made: product.amount, flow: product.flow.name };
        findings.push(finding('stage_chain', process.id, product.source.id, 'no_provider', facts));
        return;
      }
      const barred = decisions.barred.get(productKey(process.id, flowId));
      if (barred) {
        market.barred.push(barred);
        return;
      }
      (isTreatment ? market.treatments : market.makers).push({
        activity: firstActivity + at,
        processId: process.id,
        location: process.location,
        annualVolume: process.annualVolumes.get(flowId),
      });
    });
  }
  return {
    suppliers: (flowId, kind) => flows.get(flowId)?.[kind === 'use' ? 'makers' : 'treatments'] ?? [],
    link({ processId, location, exchangeId, flowId, providerId }, kind) {
      const market = flows.get(flowId);
      const makers = market?.makers ?? [];
      const key = exchangeKey(processId, exchangeId);
      if (decisions.cut.has(key)) return cutOff(makers.length, 'self_feeding', false);
      // A treatment takes an output of its flow only where nobody makes that flow as a product.
      const candidates = kind === 'use' ? makers : makers.length > 0 ? [] : (market?.treatments ?? []);
      const link = chooseSuppliers(candidates, location, providers.get(key) ?? providerId);
      if (link.rule !== 'cut_off') return link;
      return { ...link, reason: reasonOf(market, decisions.lostFlows.has(flowId)) };
    },
  };
}

function reasonOf(market: FlowMarket | undefined, isLost: boolean): CutReason {
  if (isLost) return 'provider_quarantined';
  if (!market || market.barred.length === 0) return 'no_maker';
  return market.barred.includes('provider_outlier') ? 'provider_outlier' : 'provider_no_content';
}
