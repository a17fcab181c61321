/** Asserts again and again until it holds or the time is up; then the last failure is the test's. */
import { setTimeout as sleep } from 'node:timers/promises';

export async function eventually(assertion: () => Promise<void>, limitMs = 30_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(150);
    }
  }
}
