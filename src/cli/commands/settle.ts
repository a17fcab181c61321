/** `tanliu settle …`: the settlement engine on files, without any server. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Refusal } from '../../../schemas/refusal.ts';
import { action, printJson, say, UsageError } from '../run.ts';

/** A file of vectors is held in memory as a whole. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

export function register(program: Command): void {
  program
    .command('settle')
    .description('green-power settlement')
    .command('vectors')
    .description('answers a file of settlement vectors: {"suite", "cases": [{"case", "actual"}]}')
    .argument('<FILE.json>', 'one suite, as in data/settlement')
    .option('--json', 'one JSON document on standard output (it always is)')
    .action(action(answerFile));
}

async function answerFile(path: string): Promise<void> {
  const document = await readJson(path);
  const { answerSuite } = await import('../../settlement/vectors/answerSuite.ts');
  const { settlementSuites } = await import('../../settlement/vectors/suites.ts');
  const { loadLinearSolver } = await import('../../settlement/optimiser/linearSolver.ts');
  const { certificateSuites } = await import('../../certificates/vectors/certificateSuites.ts');
  const { solve } = await loadLinearSolver();
  const answer = answerSuite(document, new Map([...settlementSuites(solve), ...certificateSuites]));
  printJson(answer);
  const refused = answer.cases.filter(({ actual }) => isRefusal(actual)).length;
  say(`${answer.suite}: ${answer.cases.length} cases answered, ${refused} of them refused`);
}

async function readJson(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') throw new UsageError(`${path} is not a file`);
    throw error;
  });
  if (bytes.length > MAX_FILE_BYTES) {
    throw new Refusal('the file is too large for vectors', {
      code: 'TL_VECTORS_SIZE',
      place: path,
      remedy: `at most ${MAX_FILE_BYTES} bytes`,
    });
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Refusal(`not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'TL_VECTORS_FORM',
      place: path,
    });
  }
}

function isRefusal(actual: unknown): boolean {
  return typeof actual === 'object' && actual !== null && 'refused' in actual;
}
