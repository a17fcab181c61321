/** `tanliu explain ID`: walks a published figure back to readings, factors and offsets. */
import type { Command } from 'commander';
import type { Explanation } from '../../activities/resultKinds.ts';
import { action, printJson, toJson } from '../run.ts';

export function register(program: Command): void {
  program
    .command('explain')
    .description('lineage of a published figure 追溯数值来源')
    .argument(
      '<id>',
      'a computation, or a figure: grid/<zone>/<start>/<family>[/15_minutes][@v<version>], facility/<facility>/<period>, emissions/<period>/<site>|<stack>, report/<area>/<sector>/<period>[#<figure>], background/<name>[@<version>]/<process>[/<flow>]',
    )
    .option('--json', 'one JSON document on standard output')
    .action(action(explain));
}

async function explain(id: string, { json }: { json?: boolean }): Promise<void> {
  if (id.startsWith('background/')) return explainScore(id, json);
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

/** Scores of a background stand on the local store: no server is asked. */
async function explainScore(id: string, json: boolean | undefined): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { explainBackground } = await import('../../activities/explainBackground.ts');
  const explanation = await explainBackground(loadConfig().home, id);
  if (json) return printJson(explanation);
  const { background, manifest, parts, findings, ...score } = explanation;
  const lines = [
    `${score.name}: ${score.totalKgCo2e} kgCO2e/${score.unit} by ${score.gwpSet} (${score.flowMap})`,
    `  ${background}, package SHA-256 ${manifest.sourceSha256} (${manifest.format}), ${manifest.linkingPolicy}, ${manifest.gate.thresholds}`,
    `  one run makes ${score.output} and nets ${score.pivot} ${score.unit}; allocation ${score.allocation.rule}, share ${score.allocation.share}`,
    ...parts.flatMap(({ exchange, flowName, stated, kgCo2e, factor, link }) => [
      `  ${kgCo2e}  exchange ${exchange}: ${stated.amount} ${stated.unit} ${flowName}`,
      ...(factor ? [`      × ${factor.kgCo2ePerUnit} kgCO2e (${factor.source})`] : []),
      ...(link
        ? [
            `      ${link.rule} ${link.tier} ${link.reason}, ${link.candidates} candidates`
              .replace(/ +/g, ' ')
              .replace(/^ /, '      '),
          ]
        : []),
      ...(link?.suppliers ?? []).map(
        ({ name, process: supplier, share, kgCo2ePerUnit }) =>
          `      ${share} from ${name} [${supplier}], ${kgCo2ePerUnit} kgCO2e each`,
      ),
    ]),
    `  sum of the parts ${score.sumKgCo2e}`,
    ...findings.map(
      ({ code, exchangeId, detail, action }) => `  ${code} ${exchangeId} ${detail} (${action})`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
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
