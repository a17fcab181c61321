/** `tanliu bench settlement`: the large synthetic months of settlement, matched and priced in process. */
import { availableParallelism, totalmem } from 'node:os';
import { settleMonth } from '../src/settlement/monthSettlement.ts';
import { largeMonth, matchLargeMonth } from '../src/settlement/vectors/largeMarket.ts';
import { largeMonthMarket } from '../src/settlement/vectors/largeMonthMarket.ts';

const SPARSE_SEED = 7002;
const FULL_SEED = 7003;
const REPEATS = 5;

export interface SettlementBench {
  readonly bench: 'settlement';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  /** No public peer settles contracts by this rule. */
  readonly peer: null;
  readonly ours: {
    /** 2,976 intervals, 2,000 contracts: both matches, money lines, statements of 100 data centres. */
    readonly sparse_month_s: number;
    /** 20,000 contracts, matched. */
    readonly full_month_match_s: number;
    /** Durable postings; null until the journal is stored. */
    readonly postings_per_s: null;
    readonly peak_rss_mib: number;
  };
  readonly theirs: null;
  readonly ratios: Record<string, never>;
}

/**
 * Settles the sparse month (median of 5 warm repeats) and matches the full one.
 * @throws Error when the settlement and the plain match disagree, or money does not add up to 0
 */
export async function benchSettlement(): Promise<SettlementBench> {
  const sparse = largeMonth(SPARSE_SEED, 'sparse');
  const market = largeMonthMarket(sparse);
  const { matchedWh } = matchLargeMonth(sparse);
  const seconds: number[] = [];
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const begun = performance.now();
    const { statements, netFen } = settleMonth(market);
    // The first one warms the code up.
    if (repeat > 0) seconds.push((performance.now() - begun) / 1000);
    const settledWh = statements.reduce((sum, statement) => sum + statement.matchedWh, 0n);
    const netOfAllFen = [...netFen.values()].reduce((sum, fen) => sum + fen, 0n);
    if (settledWh !== BigInt(matchedWh) || netOfAllFen !== 0n) {
      throw new Error(`settled ${settledWh} Wh of ${matchedWh}, money adds up to ${netOfAllFen} fen`);
    }
  }
  const full = largeMonth(FULL_SEED, 'full');
  const begun = performance.now();
  matchLargeMonth(full);
  const fullS = (performance.now() - begun) / 1000;
  return {
    bench: 'settlement',
    machine: {
      cores: availableParallelism(),
      memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
      node: process.version,
    },
    peer: null,
    ours: {
      sparse_month_s: median(seconds),
      full_month_match_s: fullS,
      postings_per_s: null,
      peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1024),
    },
    theirs: null,
    ratios: {},
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
