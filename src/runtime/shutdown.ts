/** Running until told to stop: SIGINT and SIGTERM drain; a second signal ends at once. */
import { say } from './say.ts';

export interface Running {
  /** Rejects when it cannot go on. */
  readonly fault: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Takes the steps of an ending from the last to the first. One that fails keeps none of the others from being taken:
 * its fault is thrown afterwards.
 */
export async function stopAll(steps: (() => Promise<void>)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const step of steps.splice(0).reverse()) await step().catch((fault: unknown) => faults.push(fault));
  if (faults.length > 0) throw faults[0];
}

/** Exit code of a start that a signal cut short, as shells count SIGINT. */
const INTERRUPTED = 130;

/**
 * Starts, waits for a signal or a fault, and stops in order. A signal during the start aborts it, and the exit code
 * says so: nothing of what was asked for was done.
 */
export async function untilStopped(start: (signal: AbortSignal) => Promise<Running>): Promise<void> {
  const abort = new AbortController();
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (abort.signal.aborted) process.exit(INTERRUPTED);
        say(`${signal}: stopping; once more ends at once`);
        abort.abort();
        resolve();
      });
    }
  });
  let running: Running | undefined;
  let fault: unknown;
  try {
    running = await start(abort.signal);
    await Promise.race([told, running.fault]);
  } catch (error) {
    fault = error;
  }
  // What made it end says more than what its parts say while they end.
  await running?.stop().catch((error: unknown) => {
    fault ??= error;
  });
  if (!abort.signal.aborted && fault !== undefined) throw fault;
  if (running === undefined) process.exitCode = INTERRUPTED;
}
