/** Waits for a server to answer, and stops waiting at once when its process ends. */
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';

const POLL_MS = 60;
const LAST_BYTES = 4096;

/** What is waited for. */
export interface Readiness {
  readonly name: string;
  readonly limitMs: number;
  /** Resolves (with what it ended on) when the server's process is gone. */
  readonly exited: Promise<string>;
  /** Files whose end is shown when the server does not come up. */
  readonly logs: readonly string[];
  /** Whether the server answers; an exception counts as no. */
  readonly answers: () => Promise<boolean>;
  /** Cuts the waiting short; the server is for the caller to end. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws Fault TL_SERVER_START with the end of the server's log, when it ends or the limit passes. */
export async function waitUntilReady(readiness: Readiness): Promise<void> {
  const { limitMs, answers } = readiness;
  const gone = { why: '' };
  readiness.exited.then((why) => {
    gone.why = why;
  });
  const deadline = performance.now() + limitMs;
  while (!(await answers().catch(() => false))) {
    readiness.signal?.throwIfAborted();
    if (gone.why) throw await failure(readiness, `ended while starting (${gone.why})`);
    if (performance.now() > deadline)
      throw await failure(readiness, `did not answer within ${limitMs / 1000} s`);
    await sleep(POLL_MS);
  }
  if (gone.why) throw await failure(readiness, `ended while starting (${gone.why})`);
}

async function failure({ name, logs }: Readiness, what: string): Promise<Fault> {
  const ends = await Promise.all(logs.map(async (log) => `${log}:\n${await endOf(log)}`));
  return new Fault('TL_SERVER_START', `${name} ${what}\n${ends.join('\n')}`);
}

async function endOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '(nothing)';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - LAST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LAST_BYTES), 0, LAST_BYTES, from);
    return buffer.toString('utf8', 0, bytesRead).trimEnd() || '(nothing)';
  } finally {
    await file.close();
  }
}
