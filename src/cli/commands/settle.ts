/** `tanliu settle …`: the settlement engine on files, without any server. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Refusal } from '../../../schemas/refusal.ts';
import { action, EXIT, printJson, say, UsageError } from '../run.ts';

/** A file of vectors is held in memory as a whole. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

export function register(program: Command): void {
  const settle = program.command('settle').description('green-power settlement');
  settle
    .command('vectors')
    .description('answers a file of settlement vectors: {"suite", "cases": [{"case", "actual"}]}')
    .argument('<FILE.json>', 'one suite, as in data/settlement')
    .option('--json', 'one JSON document on standard output (it always is)')
    .action(action(answerFile));
  settle
    .command('reconcile')
    .description('explains each difference between a statement and a received bill, by line and cause')
    .argument('<STATEMENT.json>', 'a data centre’s statement of a month')
    .argument('<BILL>', '电费账单 or 结算单, XLSX or CSV')
    .option('--mapping <FILE.json>', 'how the issuer’s columns are read; kept for the next time')
    .option('--issuer <NAME>', 'the mapping that was kept for this issuer')
    .option('--json', 'one JSON document on standard output')
    .action(action(reconcile));
  settle
    .command('check')
    .description('every fault of a market month’s registry: contracts, tariffs, parties, meters')
    .requiredOption('--month <YYYY-MM>', 'settlement month')
    .option('--json', 'one JSON document on standard output')
    .action(action(check));
  settle
    .command('left')
    .description('what the legal rule left on the table for each data centre; advice, never settled')
    .requiredOption('--month <YYYY-MM>', 'settlement month')
    .option('--market <ID>', 'market', 'SC')
    .option('--json', 'one JSON document on standard output')
    .action(action(left));
}

async function check({ month, json }: { month: string; json?: boolean }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { marketFaults } = await import('../../activities/marketAdvice.ts');
  const store = await openStore();
  try {
    const faults = await marketFaults(store, month);
    if (json) printJson({ month, faults });
    for (const { code, place, message, remedy } of faults) {
      say(`${place}: ${message} [${code}]`, `  would be right: ${remedy}`);
    }
    say(`${faults.length} faults`);
    if (faults.length > 0) process.exitCode = EXIT.refused;
  } finally {
    await store.close();
  }
}

async function left({
  month,
  market,
  json,
}: {
  month: string;
  market: string;
  json?: boolean;
}): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { monthAdvice } = await import('../../activities/marketAdvice.ts');
  const store = await openStore();
  try {
    const dataCenters = await monthAdvice(store, { market, period: month });
    if (json) printJson({ market, month, dataCenters });
    for (const { dataCenter, legalWh, optimumWh, leftWh, quarters } of dataCenters) {
      say(
        `${dataCenter}: ${legalWh} Wh by the rule, ${optimumWh} Wh possible, ${leftWh} left in ${quarters} quarter hours`,
      );
    }
  } finally {
    await store.close();
  }
}

async function reconcile(
  statementPath: string,
  billPath: string,
  options: { mapping?: string; issuer?: string; json?: boolean },
): Promise<void> {
  const { readBillMapping } = await import('../billMappings.ts');
  const { billRows } = await import('../../sheets/billRows.ts');
  const { readBillRows } = await import('../../settlement/money/billDocument.ts');
  const { explainBill } = await import('../../settlement/money/explainBill.ts');
  const { settlementStatement } = await import('../../../schemas/documents/settlementStatement.ts');
  const parsed = settlementStatement.safeParse(await readJson(statementPath));
  if (!parsed.success) {
    throw new Refusal(`not a statement: ${parsed.error.issues[0]?.message}`, {
      code: 'E_STATEMENT_FORM',
      place: `${statementPath}, ${parsed.error.issues[0]?.path.join('.') || 'as a whole'}`,
    });
  }
  const mapping = await readBillMapping(options, readJson);
  const rows = await billRows(billPath, mapping.sheet);
  const bill = readBillRows(rows, mapping, parsed.data.dataCenter);
  const explained = explainBill(parsed.data, bill, mapping);
  if (options.json) {
    printJson(explained);
    return;
  }
  const yuan = (fen: bigint) => (Number(fen) / 100).toFixed(2);
  for (const { component, note, differenceFen, cause, status } of explained.rows) {
    if (status === 'equal') continue;
    say(
      `${component}${note === null ? '' : ` ${note}`}: ${yuan(differenceFen)} yuan, ${cause.en} ${cause.zh}`,
    );
  }
  for (const label of explained.unmapped) say(`not in the mapping: ${label}`);
  say(`difference in all: ${yuan(explained.totalDifferenceFen)} yuan (received less rebuilt)`);
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
