/** `tanliu demo`: the main job, from Kafka to three answers. */
import type { Command } from 'commander';
import { action, printJson, say } from '../run.ts';

interface Options {
  readonly data?: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('demo')
    .description(
      'the whole way once: produces into Kafka and shows a carbon curve, a footprint and a reconciliation',
    )
    .option('--data <dir>', 'real data instead of the simulated Sichuan scenario')
    .option('--once', 'end after the answers')
    .option('--json', 'the answers as one JSON document on standard output')
    .action(action(demo));
}

async function demo({ data, once, json }: Options): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { untilStopped } = await import('../../runtime/shutdown.ts');
  const { runDemo } = await import('../../demo/runDemo.ts');
  const { answersAsText } = await import('../../demo/showAnswers.ts');
  const begun = performance.now();
  const progress = (message: string) =>
    say(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${message}`);
  await untilStopped(async (signal) => {
    const { pipeline, answers } = await runDemo({
      config: loadConfig(),
      data,
      serve: once !== true,
      progress,
      signal,
    });
    const { apiUrl: url } = pipeline;
    if (json) printJson({ ...answers, ...(url !== undefined && { url }) });
    else for (const line of answersAsText(answers)) process.stdout.write(`${line}\n`);
    if (once) return { ...pipeline, fault: Promise.reject(DONE) };
    say(
      `the pipeline keeps running: TANLIU_HOME=${pipeline.stack.config.home} npx tanliu status shows it; Ctrl-C ends it`,
      url !== undefined && `the API answers on ${url} (${url}/docs)`,
    );
    return pipeline;
  }).catch((error: unknown) => {
    if (error !== DONE) throw error;
  });
}

/** How `--once` ends: nothing went wrong. */
const DONE = Symbol('the answers have been shown');
