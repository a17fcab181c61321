/** What each uncertain exchange adds where in the matrices, per unit of its stated amount: the rows that draws are made of. */
import { type AllocatedProcess, type Assembly, eachShare } from '../assembly.ts';
import type { ReferenceExchange } from '../normalise.ts';
import { type Distribution, type DistributionFault, judgeDistribution } from './distribution.ts';
import { pedigreeSigma } from './pedigree.ts';

export interface DrawnPartRow {
  readonly processId: string;
  readonly exchangeId: string;
  readonly matrix: 'technosphere' | 'biosphere';
  readonly row: number;
  readonly column: number;
  /** Matrix units per unit of the stated amount. */
  readonly coefficient: number;
}

export interface UncertainExchange {
  readonly processId: string;
  readonly exchangeId: string;
  readonly statedAmount: number;
  readonly distribution: Distribution;
  readonly basis: 'stated' | 'pedigree';
}

export interface BackgroundUncertainty {
  readonly exchanges: readonly UncertainExchange[];
  readonly parts: readonly DrawnPartRow[];
  /** Distributions that cannot be, by fault: their amounts count as certain. */
  readonly impossible: Readonly<Partial<Record<DistributionFault, number>>>;
}

/** Of the processes that the gate kept, in their order. */
export function uncertaintyOf({ processes, links, natureFlows }: Assembly): BackgroundUncertainty {
  const suppliers = new Map(links.map((link) => [`${link.processId} ${link.exchangeId}`, link.suppliers]));
  const natureRow = new Map(natureFlows.map(({ id }, row) => [id, row]));
  const exchanges: UncertainExchange[] = [];
  const parts: DrawnPartRow[] = [];
  const impossible: Partial<Record<DistributionFault, number>> = {};
  for (const process of processes) {
    for (const { exchange, role } of exchangesOf(process)) {
      const { id: exchangeId, amount: statedAmount, uncertainty, pedigree } = exchange.source;
      const judged = judgeDistribution(uncertainty, statedAmount);
      if ('fault' in judged) impossible[judged.fault] = (impossible[judged.fault] ?? 0) + 1;
      const distribution =
        'distribution' in judged ? judged.distribution : fromPedigree(pedigree, statedAmount);
      if (!distribution || statedAmount === 0) continue;
      const processId = process.process.id;
      const basis = 'distribution' in judged ? 'stated' : 'pedigree';
      exchanges.push({ processId, exchangeId, statedAmount, distribution, basis });
      // Signed by its role and in reference units, per unit stated.
      const unit = exchange.amount / statedAmount;
      const add = (matrix: DrawnPartRow['matrix'], row: number, column: number, coefficient: number) =>
        parts.push({ processId, exchangeId, matrix, row, column, coefficient });
      if (role === 'product') {
        const at = process.products.indexOf(exchange);
        add('technosphere', process.firstActivity + at, process.firstActivity + at, unit);
      } else if (role === 'nature') {
        eachShare(process, exchange, (column, share) => {
          add('biosphere', natureRow.get(exchange.flow.id)!, column, unit * share);
        });
      } else {
        for (const { activity, share } of suppliers.get(`${processId} ${exchangeId}`) ?? []) {
          eachShare(process, exchange, (column, part) =>
            add('technosphere', activity, column, -unit * share * part),
          );
        }
      }
    }
  }
  return { exchanges, parts, impossible };
}

function fromPedigree(pedigree: string | undefined, amount: number): Distribution | undefined {
  const sigma = pedigree ? pedigreeSigma(pedigree) : undefined;
  return sigma ? { kind: 'lognormal', a: amount, b: sigma, c: 0 } : undefined;
}

function* exchangesOf({
  products,
  uses,
  wastes,
  nature,
}: AllocatedProcess): Generator<{ exchange: ReferenceExchange; role: 'product' | 'use' | 'nature' }> {
  for (const exchange of products) yield { exchange, role: 'product' };
  for (const exchange of [...uses, ...wastes]) yield { exchange, role: 'use' };
  for (const exchange of nature) yield { exchange, role: 'nature' };
}
