/** `tanliu recompute ID`: makes a published figure again from what its computation names; exit code 1 where it differs. */
import type { Command } from 'commander';
import { action, EXIT, printJson, say } from '../run.ts';

export function register(program: Command): void {
  program
    .command('recompute')
    .description('the same bytes again, or what differs 重新计算')
    .argument('<id>', 'a computation, or a figure: grid/<zone>/<start>/<family>[/15_minutes][@v<version>]')
    .option('--json', 'one JSON document on standard output')
    .action(action(recompute));
}

async function recompute(id: string, { json }: { json?: boolean }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { recomputeResult } = await import('../../activities/resultKinds.ts');
  const store = await openStore();
  try {
    const result = await recomputeResult(store, id);
    if (json) printJson(result);
    else if (result.same) say(`${result.computation}: the same bytes, SHA-256 ${result.expectedSha256}`);
    else {
      say(
        `${result.computation} differs`,
        `  published  ${result.expectedSha256}`,
        `  stored     ${result.storedSha256}`,
        `  recomputed ${result.recomputedSha256}`,
        ...result.changedInputs.map((table) => `  the readings of ${table} are not those that were used`),
        ...result.differences.map(
          ({ figure, stored, recomputed }) => `  ${figure}: ${stored} was stored, ${recomputed} comes out`,
        ),
      );
    }
    if (!result.same) process.exitCode = EXIT.refused;
  } finally {
    await store.close();
  }
}
