/** `tanliu bench NAME`: ours and the peer's figures from one run. */
import type { Command } from 'commander';
import { action, printJson, say, UsageError } from '../run.ts';

/** Each takes a function that shows progress. */
const BENCHES: Readonly<
  Record<string, () => Promise<(progress: (message: string) => void) => Promise<object>>>
> = {
  ingest: async () => (await import('../../../bench/ingest/ingest.ts')).benchIngest,
  tracing: async () => (await import('../../../bench/tracing.ts')).benchTracing,
  backfill: async () => (await import('../../../bench/backfill.ts')).benchBackfill,
  footprint: async () => (await import('../../../bench/footprint.ts')).benchFootprint,
  montecarlo: async () => (await import('../../../bench/montecarlo.ts')).benchMonteCarlo,
  matching: async () => (await import('../../../bench/matching.ts')).benchMatching,
  settlement: async () => (await import('../../../bench/settlement.ts')).benchSettlement,
};

export function register(program: Command): void {
  program
    .command('bench')
    .description(`measures beside a peer: ${Object.keys(BENCHES).join(', ')}`)
    .argument('<name>')
    .option('--json', 'one JSON document on standard output (it always is)')
    .action(
      action(async (name: string) => {
        const bench = await BENCHES[name]?.();
        if (!bench)
          throw new UsageError(
            `there is no benchmark ${name}; would be right: ${Object.keys(BENCHES).join(', ')}`,
          );
        printJson(await bench((message) => say(message)));
      }),
    );
}
