/** `tanliu schema`: what a stream's contract says, in the form that a producer's tools read. */
import type { Command } from 'commander';
import type { StreamContract } from '../../../schemas/stream.ts';
import { action, printJson, UsageError } from '../run.ts';

export function register(program: Command): void {
  program
    .command('schema')
    .description("a stream's contract; without TOPIC the list of streams")
    .argument('[topic]', 'e.g. grid.generation')
    .option('--format <form>', 'json-schema, arrow or sql', 'json-schema')
    .option('--json', 'one JSON document on standard output')
    .action(action(schema));
}

async function schema(topic: string | undefined, options: { format: string; json?: boolean }): Promise<void> {
  if (!['json-schema', 'arrow', 'sql'].includes(options.format)) {
    throw new UsageError(`--format ${options.format}: would be right: json-schema, arrow or sql`);
  }
  if (topic === undefined) return list(options.json === true);
  const contract = await contractOf(topic);
  if (options.format === 'arrow') return printArrow(contract, options.json === true);
  if (options.format === 'sql') return printSql(contract, options.json === true);
  const { jsonSchemaOf } = await import('../../../schemas/jsonSchema.ts');
  if (options.json) printJson(jsonSchemaOf(contract));
  else print(JSON.stringify(jsonSchemaOf(contract), null, 2));
}

async function list(json: boolean): Promise<void> {
  const { STREAMS } = await import('../../../schemas/streams/index.ts');
  if (json)
    return printJson(STREAMS.map(({ topic, about, shape, key }) => ({ topic, ...about, shape, key })));
  const width = Math.max(...STREAMS.map(({ topic }) => topic.length));
  for (const { topic, about } of STREAMS) print(`${topic.padEnd(width)}  ${about.zh} · ${about.en}`);
}

async function printArrow(contract: StreamContract, json: boolean): Promise<void> {
  const { arrowSchemaOf, arrowSchemaText } = await import('../../../schemas/arrowSchema.ts');
  if (!json) return print(arrowSchemaText(contract));
  const fields = arrowSchemaOf(contract).fields.map(({ name, type, nullable, metadata }) => ({
    name,
    type: String(type),
    nullable,
    metadata: Object.fromEntries(metadata),
  }));
  printJson({ topic: contract.topic, fields });
}

async function printSql(contract: StreamContract, json: boolean): Promise<void> {
  const { createTableSql } = await import('../../../schemas/clickhouseColumns.ts');
  if (json) printJson({ topic: contract.topic, sql: createTableSql(contract) });
  else print(`${createTableSql(contract)};`);
}

/** The contract of a topic; wrong use, naming the nearest topic, where there is none. */
export async function contractOf(topic: string): Promise<StreamContract> {
  const { STREAMS, streamOf } = await import('../../../schemas/streams/index.ts');
  const contract = streamOf(topic);
  if (contract) return contract;
  const { nearestName } = await import('../../sheets/nearestName.ts');
  const topics = STREAMS.map((stream) => stream.topic);
  const near = nearestName(topic, topics);
  const hint = near ? `did you mean ${near}?` : `one of ${topics.join(', ')}`;
  throw new UsageError(`no stream ${topic}; would be right: ${hint}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
