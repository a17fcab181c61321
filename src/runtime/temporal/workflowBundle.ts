/** The workflow code as one bundle, made once a process. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const WORKFLOWS = fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url));

const bundles = new Map<string, Promise<WorkflowBundleWithSourceMap>>();

/** The bundle of a module of workflows; the project's own where none is named. */
export function workflowBundle(workflowsPath = WORKFLOWS): Promise<WorkflowBundleWithSourceMap> {
  const known = bundles.get(workflowsPath);
  if (known) return known;
  const made = bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  bundles.set(workflowsPath, made);
  made.catch(() => bundles.delete(workflowsPath));
  return made;
}
