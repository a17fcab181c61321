/** `tanliu` as a process of its own, as people and service managers run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/cli/tanliu.ts', import.meta.url));

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningTanliu {
  readonly process: ChildProcess;
  /** Standard error so far. */
  readonly said: () => string;
  /** Resolves when standard error holds the words; rejects when the process ends before. */
  says(words: string | RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

const children = new Set<ChildProcess>();

/** Ends what a failed test has left running; for `afterAll`. */
export function killLeft(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts `tanliu …args`; only `env` says where its servers are. */
export function startTanliu(args: readonly string[], env: Environment): RunningTanliu {
  const given = /^(KAFKA_|TEMPORAL_|CLICKHOUSE_|TANLIU_(?!TEST)|VITEST|NODE_ENV)/;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !given.test(name)));
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return {
    process: child,
    said: () => stderr,
    ended,
    async says(words) {
      const isSaid = () => (typeof words === 'string' ? stderr.includes(words) : words.test(stderr));
      while (!isSaid()) {
        const more = await Promise.race([once(child.stderr, 'data'), ended]);
        if (!Array.isArray(more) && !isSaid())
          throw new Error(`tanliu ${args.join(' ')} ended without saying ${words}:\n${stderr}`);
      }
    },
  };
}

/** Runs `tanliu …args` to its end. */
export function runTanliu(args: readonly string[], env: Environment): Promise<Ended> {
  return startTanliu(args, env).ended;
}
