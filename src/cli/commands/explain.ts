/** `tanliu explain ID`: walks a published figure back to readings, factors and offsets. */
import type { Command } from 'commander';
import type { Explanation } from '../../activities/resultKinds.ts';
import { action, printJson, toJson } from '../run.ts';

export function register(program: Command): void {
  program
    .command('explain')
    .description('lineage of a published figure 追溯数值来源')
    .argument('<id>', 'a computation, or a figure: grid/<zone>/<start>/<family>[/15_minutes][@v<version>]')
    .option('--json', 'one JSON document on standard output')
    .action(action(explain));
}

async function explain(id: string, { json }: { json?: boolean }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { explainResult } = await import('../../activities/resultKinds.ts');
  const store = await openStore();
  try {
    const explanation = await explainResult(store, id);
    if (json) printJson(explanation);
    else process.stdout.write(`${textOf(explanation).join('\n')}\n`);
  } finally {
    await store.close();
  }
}

function textOf({ id, computation, inputs, versions, details }: Explanation): string[] {
  const { kind, subject, start, end, version, cause, origin } = computation;
  return [
    id,
    `computation 计算   ${computation.id}`,
    `  ${kind} of ${subject}, ${start} to ${end}, version ${version} (${cause}), ${origin}, computed ${computation.computedAt} UTC by ${computation.codeVersion}`,
    `  result SHA-256 ${computation.resultSha256}`,
    ...(computation.factorSet ? [`factors 因子       ${computation.factorSet}`] : []),
    ...(computation.ruleSet ? [`rules 规则         ${computation.ruleSet}`] : []),
    ...inputs.flatMap(({ table, rows, sha256, offsets, lastKnownAt }) => [
      `input 输入         ${table}: ${rows} rows, last known ${lastKnownAt}, SHA-256 ${sha256}`,
      ...offsets.map(
        ({ generation, partition, first, last }) =>
          `  topic life ${generation}, partition ${partition}: offsets ${first} to ${last}`,
      ),
    ]),
    ...versions.map(
      (each) => `version 版本 ${each.version}      ${each.computedAt} UTC: ${each.cause} (${each.id})`,
    ),
    ...Object.entries(details).flatMap(([name, value]) => [name, ...indented(value)]),
  ];
}

/** Arrays one element a line, so that a reading is a line. */
function indented(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [`  ${toJson(value)}`];
  if (Array.isArray(value)) return value.map((item) => `  ${toJson(item)}`);
  return Object.entries(value).flatMap(([name, item]) =>
    Array.isArray(item) && item.length > 0
      ? [`  ${name}`, ...item.map((each) => `    ${toJson(each)}`)]
      : [`  ${name}: ${toJson(item)}`],
  );
}
