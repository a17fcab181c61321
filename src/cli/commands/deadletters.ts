/** `tanliu deadletters`: what was refused, and sending it on after a fix. */
import type { Command } from 'commander';
import { DEAD_REASONS, type DeadReason } from '../../ingest/deadReasons.ts';
import { action, EXIT, printJson, say, UsageError } from '../run.ts';

const LIMIT = 100_000;

interface RedriveOptions {
  readonly reason?: string;
  readonly topic?: string;
  readonly id?: string[];
  readonly json?: boolean;
}

export function register(program: Command): void {
  const group = program.command('deadletters').description('messages that were refused');
  group
    .command('list')
    .description('counts by topic and reason')
    .option('--json', 'one JSON document on standard output')
    .action(action(list));
  group
    .command('show <id>')
    .description('one letter with its bytes, reason and attempts')
    .option('--json', 'one JSON document on standard output')
    .action(action(show));
  group
    .command('redrive')
    .description(
      'judges refused messages again by the contract of today; what is accepted goes into the readings',
    )
    .option('--reason <reason>', `one of ${Object.keys(DEAD_REASONS).join(', ')}`)
    .option('--topic <topic>', 'only this topic')
    .option('--id <id...>', 'only these letters, tried even if they were refused again before')
    .option('--json', 'one JSON document on standard output')
    .action(action(redriveLetters));
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { groupDeadLetters } = await import('../../ingest/deadLetters.ts');
  const store = await openStore();
  try {
    const groups = await groupDeadLetters(store);
    if (json) printJson(groups);
    else if (groups.length === 0) say('no dead letters');
    for (const { topic, reason, open, redriven, lastKnownAt, example } of json ? [] : groups) {
      say(
        `${topic}  ${reason}: ${open} open, ${redriven} redriven; last ${lastKnownAt} UTC; e.g. ${example}`,
        `  ${DEAD_REASONS[reason as DeadReason] ?? ''}`,
      );
    }
  } finally {
    await store.close();
  }
}

async function show(id: string, { json }: { json?: boolean }): Promise<void> {
  const { openStore } = await import('../connect.ts');
  const { showDeadLetter } = await import('../../ingest/deadLetters.ts');
  const store = await openStore();
  try {
    const letter = await showDeadLetter(store, id);
    if (json) {
      printJson(letter);
      return;
    }
    say(
      `${letter.id}: ${letter.reason} at ${letter.path || 'the message'}: ${letter.detail}`,
      `key ${letter.key ?? '(none)'}, known ${letter.knownAt} UTC, contract ${letter.contract}`,
    );
    for (const [name, values] of Object.entries(letter.headers)) say(`  ${name}: ${values.join(', ')}`);
    for (const { attemptedAt, outcome, reason, detail } of letter.attempts)
      say(`  tried ${attemptedAt}: ${outcome} ${reason} ${detail}`);
    process.stdout.write(Buffer.from(letter.valueBase64 ?? '', 'base64'));
  } finally {
    await store.close();
  }
}

async function redriveLetters({ reason, topic, id, json }: RedriveOptions): Promise<void> {
  if (reason !== undefined && !(reason in DEAD_REASONS))
    throw new UsageError(
      `--reason ${reason}: would be right: one of ${Object.keys(DEAD_REASONS).join(', ')}`,
    );
  const { STREAMS, streamOf } = await import('../../../schemas/streams/index.ts');
  if (topic !== undefined && !streamOf(topic))
    throw new UsageError(
      `--topic ${topic}: would be right: one of ${STREAMS.map((stream) => stream.topic).join(', ')}`,
    );
  const { openStore } = await import('../connect.ts');
  const { redrive } = await import('../../ingest/redrive.ts');
  const store = await openStore();
  try {
    const results = [];
    for (const contract of STREAMS) {
      if (topic !== undefined && contract.topic !== topic) continue;
      const ids = id
        ?.filter((one) => one.startsWith(`${contract.topic}:`))
        .map((one) => one.slice(contract.topic.length + 1));
      if (ids && ids.length === 0) continue;
      const selection = {
        limit: LIMIT,
        ...(reason !== undefined && { reason: reason as DeadReason }),
        ...(ids && { ids }),
      };
      const result = await redrive(store, contract, selection);
      if (result.tried > 0)
        say(
          `${contract.topic}: ${result.tried} tried, ${result.accepted} accepted, ${result.refused} refused again`,
        );
      results.push({ topic: contract.topic, ...result });
    }
    const tried = results.reduce((sum, result) => sum + result.tried, 0);
    if (tried === 0) say('nothing to redrive');
    if (results.some(({ refused }) => refused > 0)) process.exitCode = EXIT.refused;
    if (json) printJson(results);
  } finally {
    await store.close();
  }
}
