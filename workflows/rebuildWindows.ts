/**
 * Mends the projection `stream_windows` of a topic that no longer counts what its readings hold. The topic's ingest
 * rests while it is built anew; afterwards it goes on, whatever became of the rebuild.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { questions, rebuildStreamWindows } from './activityProxies.ts';
import { heldSignal, holdSignal, releaseSignal } from './ingestControl.ts';

export interface RebuildWindowsArguments {
  readonly topic: string;
  /** Workflow that ingests the topic. */
  readonly ingestWorkflow: string;
}

export interface RebuiltWindows {
  readonly difference: number;
  readonly rebuilt: boolean;
}

const LOOKS = 3;
const ATTEMPTS = 3;
const HOLD_S = 3_600;

export async function rebuildWindows({
  topic,
  ingestWorkflow,
}: RebuildWindowsArguments): Promise<RebuiltWindows> {
  const difference = await standingDifference(topic);
  if (difference === 0) return { difference, rebuilt: false };
  const ingest = new HeldIngest(ingestWorkflow, topic);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await ingest.resting(() => rebuilt(topic))) return { difference, rebuilt: true };
    // Somebody wrote meanwhile, or a range stood open: the ingest settles it before the next attempt.
    await sleep(attempt * 10_000);
  }
  throw failure(`the windows of ${topic} differ after ${ATTEMPTS} rebuilds`);
}

async function rebuilt(topic: string): Promise<boolean> {
  try {
    return (await rebuildStreamWindows({ topic })) === 0;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (cause instanceof ApplicationFailure && cause.type === 'TL_LOG_FENCED') return false;
    throw error;
  }
}

/** The workflow that ingests the topic; where there is none, nothing has to be held. */
class HeldIngest {
  private rests = false;
  private readonly workflowId: string;
  private readonly topic: string;

  constructor(workflowId: string, topic: string) {
    this.workflowId = workflowId;
    this.topic = topic;
    setHandler(heldSignal, () => {
      this.rests = true;
    });
  }

  async resting<T>(work: () => Promise<T>): Promise<T> {
    const ingest = getExternalWorkflowHandle(this.workflowId);
    const by = workflowInfo().workflowId;
    this.rests = false;
    const held = await ingest.signal(holdSignal, { by, mostS: HOLD_S }).then(
      () => true,
      () => false,
    );
    try {
      if (held && !(await condition(() => this.rests, '15 minutes')))
        throw failure(`the ingest of ${this.topic} does not rest`);
      return await work();
    } finally {
      if (held)
        await CancellationScope.nonCancellable(() => ingest.signal(releaseSignal, by).catch(() => undefined));
    }
  }
}

/** A difference that stays: readings and windows are counted one after the other while inserts go on. */
async function standingDifference(topic: string): Promise<number> {
  for (let look = 1; ; look++) {
    const difference = await questions.windowsDifference({ topic });
    if (difference === 0 || look === LOOKS) return difference;
    await sleep('1 second');
  }
}

const failure = (message: string) =>
  ApplicationFailure.create({ type: 'TL_WINDOWS_REBUILD', message, nonRetryable: true });
