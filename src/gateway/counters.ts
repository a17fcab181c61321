/** Counts of a gateway. `seen = accepted + duplicates + dead + waiting` holds at every moment. */
import type { BadFrameReason } from '../../schemas/reference/hj212.ts';

export class Counters {
  /** Frames, broken ones and stretches of noise. */
  seen = 0;
  /** Durable, each once. */
  accepted = 0;
  duplicates = 0;
  readonly dead: Partial<Record<BadFrameReason, number>> = {};
  readings = 0;
  answered = 0;
  noiseBytes = 0;
  splitIncomplete = 0;
  logFaults = 0;
  connectionsAccepted = 0;
  readonly refusedConnections: Record<string, number> = {};
  readonly closedConnections: Record<string, number> = {};

  deadOf(reason: BadFrameReason): void {
    this.dead[reason] = (this.dead[reason] ?? 0) + 1;
  }

  get deadTotal(): number {
    return Object.values(this.dead).reduce((sum, count) => sum + count, 0);
  }

  /** Seen and neither durable nor known to be a repeat yet. */
  get waiting(): number {
    return this.seen - this.accepted - this.duplicates - this.deadTotal;
  }
}

export const increase = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};
