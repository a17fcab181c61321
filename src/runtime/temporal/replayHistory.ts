/** Replays a recorded history against the workflow code of today: what breaks running workflows fails here first. */
import { Worker } from '@temporalio/worker';
import { installRuntime } from './startWorkers.ts';
import { workflowBundle } from './workflowBundle.ts';

/**
 * @param history as Temporal's JSON, see `historyToJSON`
 * @param workflowsPath module of workflows; the project's own where absent
 * @throws DeterminismViolationError where today's code would have done otherwise at some event
 */
export async function replayHistory(history: unknown, workflowsPath?: string): Promise<void> {
  installRuntime();
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle(workflowsPath) }, history);
}
