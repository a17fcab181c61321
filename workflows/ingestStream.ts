/**
 * Keeps the ingest of one topic running, stretch by stretch, for ever: one line of history each. People pause, resume,
 * drain and limit it; other workflows hold and release it.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { IngestLimitsChange, IngestStretch, PartitionPositions } from '../schemas/control.ts';
import { ingestActivity } from './activityProxies.ts';
import {
  drainUpdate,
  type Hold,
  heldSignal,
  holdSignal,
  type IngestState,
  lagQuery,
  offsetsQuery,
  pauseUpdate,
  releaseSignal,
  resumeUpdate,
  setLimitsUpdate,
  stateQuery,
} from './ingestControl.ts';

export interface IngestStreamArguments {
  readonly topic: string;
  readonly limits: IngestLimitsChange;
  readonly heartbeatTimeoutS: number;
  /** Stretches of one history. */
  readonly stretchesPerRun: number;
  /** What goes over to the next history. */
  readonly carried?: Carried;
}

interface Carried {
  readonly pausedFor: string | null;
  readonly failure: string | null;
  readonly stretches: number;
  readonly messages: number;
  readonly rows: number;
  readonly refused: number;
  readonly positions: PartitionPositions;
  readonly lastEnded: IngestStretch['ended'] | null;
}

const STRETCH_S = 600;
const NOTHING: Carried = {
  pausedFor: null,
  failure: null,
  stretches: 0,
  messages: 0,
  rows: 0,
  refused: 0,
  positions: {},
  lastEnded: null,
};

export async function ingestStream(args: IngestStreamArguments): Promise<IngestState> {
  const ingest = new TopicIngest(args);
  ingest.listen();
  for (let stretches = 0; !ingest.drained; ) {
    await ingest.rest();
    const enough = stretches >= args.stretchesPerRun || workflowInfo().continueAsNewSuggested;
    if (enough && !ingest.draining) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof ingestStream>(ingest.next());
    }
    await ingest.stretch();
    stretches++;
  }
  await condition(allHandlersFinished);
  return ingest.state();
}

/** The state of one topic and the stretch that runs for it. */
class TopicIngest {
  draining = false;
  drained = false;
  private carried: Carried;
  private limits: IngestLimitsChange;
  private readonly args: IngestStreamArguments;
  /** Holder → number of its hold, so that the end of an earlier one does not end a later one. */
  private readonly holders = new Map<string, number>();
  private holds = 0;
  private unanswered: string[] = [];
  private running: CancellationScope | undefined;

  constructor(args: IngestStreamArguments) {
    this.args = args;
    this.carried = args.carried ?? NOTHING;
    this.limits = args.limits;
  }

  listen(): void {
    setHandler(stateQuery, () => this.state());
    setHandler(offsetsQuery, () => this.carried.positions);
    setHandler(lagQuery, () => {
      const behind = Object.entries(this.carried.positions).map(
        ([partition, { next, high }]) => [partition, Math.max(0, high - next)] as const,
      );
      return {
        messages: behind.reduce((sum, [, messages]) => sum + messages, 0),
        partitions: Object.fromEntries(behind),
      };
    });
    setHandler(pauseUpdate, async (reason) => {
      this.carried = { ...this.carried, pausedFor: reason };
      await this.leave();
      return this.state();
    });
    setHandler(resumeUpdate, () => {
      this.carried = { ...this.carried, pausedFor: null, failure: null };
      return this.state();
    });
    setHandler(drainUpdate, async () => {
      this.draining = true;
      this.carried = { ...this.carried, failure: null };
      this.running?.cancel();
      await condition(() => this.drained || this.carried.failure !== null);
      return this.state();
    });
    setHandler(setLimitsUpdate, async (change) => {
      this.limits = { ...this.limits, ...change };
      // The stretch that runs has the old limits: the next one begins at once.
      await this.leave();
      return this.state();
    });
    setHandler(holdSignal, (hold) => this.hold(hold));
    setHandler(releaseSignal, (by) => {
      this.holders.delete(by);
    });
  }

  /** Waits while somebody wants the topic to rest, and tells holders that it does. */
  async rest(): Promise<void> {
    while (this.mustRest()) {
      setCurrentDetails(this.state().reasons.join('\n'));
      const unanswered = this.unanswered;
      this.unanswered = [];
      for (const by of unanswered) {
        // A holder that is gone holds nothing.
        await getExternalWorkflowHandle(by)
          .signal(heldSignal, this.args.topic)
          .catch(() => this.holders.delete(by));
      }
      await condition(() => !this.mustRest() || this.unanswered.length > 0);
    }
    setCurrentDetails('');
  }

  /** One stretch; a failure that no other attempt can mend makes the topic rest until somebody resumes it. */
  async stretch(): Promise<void> {
    const { topic, heartbeatTimeoutS } = this.args;
    const until = this.draining ? 'end' : 'open';
    const run = ingestActivity({ stretchS: this.limits.stretchS ?? STRETCH_S, heartbeatTimeoutS });
    const scope = new CancellationScope();
    this.running = scope;
    try {
      const stretch = await scope.run(() => run({ topic, limits: this.limits, until }));
      this.add(stretch);
      // Cancelled from outside: everything is settled and the group is left.
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('ingest cancelled');
      // A partition may end on records that are no messages; then nothing comes any more.
      const idle = stretch.ended === 'time' && stretch.messages === 0;
      this.drained = until === 'end' && (stretch.ended === 'end' || idle);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      if (!isCancellation(error)) this.fail(error);
    } finally {
      this.running = undefined;
    }
  }

  state(): IngestState {
    const { stretches, messages, rows, refused, lastEnded } = this.carried;
    return {
      topic: this.args.topic,
      state: this.word(),
      reasons: this.reasons(),
      stretches,
      messages,
      rows,
      refused,
      limits: this.limits,
      lastEnded,
    };
  }

  next(): IngestStreamArguments {
    return { ...this.args, limits: this.limits, carried: this.carried };
  }

  private mustRest(): boolean {
    return !this.draining && this.reasons().length > 0;
  }

  private reasons(): string[] {
    const { pausedFor, failure } = this.carried;
    return [pausedFor, failure, ...[...this.holders.keys()].map((by) => `held by ${by}`)].filter(
      (reason) => reason !== null,
    );
  }

  private word(): IngestState['state'] {
    if (this.drained) return 'drained';
    if (this.draining) return 'draining';
    if (this.carried.failure !== null) return 'failed';
    return this.reasons().length > 0 ? 'paused' : 'running';
  }

  /** Ends the stretch that runs and waits until it has left the group. */
  private async leave(): Promise<void> {
    const { running } = this;
    running?.cancel();
    await condition(() => this.running === undefined || this.running !== running);
  }

  private hold({ by, mostS }: Hold): void {
    const hold = ++this.holds;
    this.holders.set(by, hold);
    this.unanswered.push(by);
    this.running?.cancel();
    // Not awaited by the handler: the workflow may end before the hold would.
    void sleep(mostS * 1_000).then(() => {
      if (this.holders.get(by) === hold) this.holders.delete(by);
    });
  }

  private add(stretch: IngestStretch): void {
    const { carried } = this;
    this.carried = {
      ...carried,
      stretches: carried.stretches + 1,
      messages: carried.messages + stretch.messages,
      rows: carried.rows + stretch.rows,
      refused: carried.refused + stretch.refused,
      positions: { ...carried.positions, ...stretch.partitions },
      lastEnded: stretch.ended,
    };
  }

  private fail(error: unknown): void {
    const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
    this.draining = false;
    this.carried = { ...this.carried, failure: cause instanceof Error ? cause.message : String(cause) };
  }
}
