/** Running until told to stop: SIGINT and SIGTERM drain; a second signal ends at once. */
import { say } from './say.ts';

export interface Running {
  /** Rejects when it cannot go on. */
  readonly fault: Promise<never>;
  stop(): Promise<void>;
}

/** Starts, waits for a signal or a fault, and stops in order. A signal during the start aborts it. */
export async function untilStopped(start: (signal: AbortSignal) => Promise<Running>): Promise<void> {
  const abort = new AbortController();
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (abort.signal.aborted) process.exit(130);
        say(`${signal}: stopping; once more ends at once`);
        abort.abort();
        resolve();
      });
    }
  });
  let running: Running | undefined;
  try {
    running = await start(abort.signal);
    await Promise.race([told, running.fault]);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    await running?.stop();
  }
}
