/** Heartbeats of activities that are one long statement or computation. */
import { Context } from '@temporalio/activity';

const BEAT_EVERY_MS = 2_000;

/** Heartbeats while one long statement runs, so that a lost worker is noticed before the activity's time is up. */
export async function beating<T>(run: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), BEAT_EVERY_MS);
  try {
    return await run();
  } finally {
    clearInterval(beat);
  }
}
