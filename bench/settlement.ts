/** `tanliu bench settlement`: the large synthetic months, matched, priced, posted durably and certified. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { gecRules } from '../schemas/reference/settlementRules.ts';
import { postRun } from '../src/activities/settlementJournal.ts';
import { GecLedger } from '../src/certificates/gecLedger.ts';
import { monthLines } from '../src/settlement/ledger/monthLines.ts';
import { type MonthSettlement, settleMonth } from '../src/settlement/monthSettlement.ts';
import { largeMonth, matchLargeMonth } from '../src/settlement/vectors/largeMarket.ts';
import { largeMonthMarket } from '../src/settlement/vectors/largeMonthMarket.ts';
import { openChdbStore } from '../src/store/chdbStore.ts';
import { migrate } from '../src/store/migrations.ts';

const SPARSE_SEED = 7002;
const FULL_SEED = 7003;
/** A month takes seconds; each repeat is a market of its own in one store. */
const REPEATS = 3;

export interface SettlementBench {
  readonly bench: 'settlement';
  readonly machine: { readonly cores: number; readonly memory_gib: number; readonly node: string };
  /** No public peer settles contracts by this rule. */
  readonly peer: null;
  readonly ours: {
    /**
     * 2,976 intervals, 2,000 contracts: both matches, money lines, statements of 100 data centres, all postings with
     * `fsync_after_insert=1`, certificates issued, moved and cancelled.
     */
    readonly sparse_month_s: number;
    /** 20,000 contracts, matched. */
    readonly full_month_match_s: number;
    /** Durable postings in batches of 20,000, their differences and hashes included. */
    readonly postings_per_s: number;
    readonly postings: number;
    readonly peak_rss_mib: number;
  };
  readonly theirs: null;
  readonly ratios: Record<string, never>;
}

/**
 * Settles the sparse month durably (median of 3 warm repeats) and matches the full one.
 * @throws Error when settlement, plain match and certificates disagree, or money does not add up to 0
 */
export async function benchSettlement(progress: (message: string) => void): Promise<SettlementBench> {
  const sparse = largeMonth(SPARSE_SEED, 'sparse');
  const market = largeMonthMarket(sparse);
  const { matchedWh } = matchLargeMonth(sparse);
  const seconds: number[] = [];
  const postingsPerS: number[] = [];
  let postings = 0;
  const dir = await mkdtemp(join(tmpdir(), 'tanliu-bench-settlement-'));
  const store = await openChdbStore(dir);
  try {
    await migrate(store);
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      const begun = performance.now();
      const settlement = settleMonth(market);
      const settled = performance.now();
      const run = await postRun(store, runOf(settlement, `SC-${repeat}`), () => new Date());
      const posted = performance.now();
      certify(settlement);
      const certified = performance.now();
      check(settlement, matchedWh);
      postings = run.postings;
      progress(
        `month ${repeat}: settled ${seconds1(settled - begun)}, ${postings} postings ${seconds1(posted - settled)}, certified ${seconds1(certified - posted)}`,
      );
      // The first one warms the code up.
      if (repeat === 0) continue;
      seconds.push((certified - begun) / 1000);
      postingsPerS.push(postings / ((posted - settled) / 1000));
    }
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
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
      postings_per_s: median(postingsPerS),
      postings,
      peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1024),
    },
    theirs: null,
    ratios: {},
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function runOf(settlement: MonthSettlement, market: string) {
  return {
    market,
    period: '2026-03',
    runType: 'S1',
    runNo: 1,
    inputHash: 'bench',
    ruleVersion: 'bench',
    frozen: ['|environment'],
    lines: monthLines(settlement),
    computation: 'bench',
    isOpen: false,
  } as const;
}

/** 绿证 of the month: issued on generation, moved by settled quantity, cancelled for the data centre. */
function certify({ plants, statements }: MonthSettlement): void {
  const ledger = new GecLedger(gecRules);
  const month = '2026-03';
  const next = new Map<string, number>();
  const must = (code: string) => {
    if (code !== 'ok') throw new Error(`a certificate was refused: ${code}`);
  };
  for (const { plant, generatedWh } of plants) {
    must(ledger.registerPlant(plant, { account: plant, tradable: true }));
    must(ledger.issue(plant, month, generatedWh));
  }
  for (const { dataCenter, contracts } of statements) {
    for (const { plant, settledWh } of contracts) {
      const count = Number(settledWh / 1_000_000n);
      if (count === 0) continue;
      const from = next.get(plant) ?? 1;
      next.set(plant, from + count);
      const range = { plant, vintage: month, from, to: from + count - 1, month };
      must(ledger.transfer({ ...range, owner: plant }, dataCenter));
      must(ledger.cancel({ ...range, owner: dataCenter }, { beneficiary: dataCenter, purposeMonth: month }));
    }
  }
}

function check({ statements, netFen }: MonthSettlement, matchedWh: number): void {
  const settledWh = statements.reduce((sum, statement) => sum + statement.matchedWh, 0n);
  const netOfAllFen = [...netFen.values()].reduce((sum, fen) => sum + fen, 0n);
  if (settledWh !== BigInt(matchedWh) || netOfAllFen !== 0n) {
    throw new Error(`settled ${settledWh} Wh of ${matchedWh}, money adds up to ${netOfAllFen} fen`);
  }
}

function seconds1(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
