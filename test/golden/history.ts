/**
 * Golden histories: what workflows did once. `TANLIU_RECORD=1` records them anew while the tests run. They are the
 * messages' own plain objects: the SDK's JSON needs one copy of protobufjs in the tree, and there are several.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
const FOLDER = join(import.meta.dirname, 'histories');

/** Fields that name machines or places of code; a replay does not read them. */
const PLACES = new Set(['identity', 'stackTrace', 'workerVersion', 'deploymentId']);

export interface GoldenHistory {
  readonly name: string;
  readonly workflow: string;
  readonly history: unknown;
}

/** Writes a run's history down when recording, else does nothing. Without `runId`: of the latest run. */
export async function keepHistory(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId?: string },
  name: string,
): Promise<void> {
  if (process.env.TANLIU_RECORD !== '1') return;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const plain = History.toObject(history as never, { longs: String, enums: String, bytes: String });
  const text = JSON.stringify(plain, (key, value: unknown) => (PLACES.has(key) ? undefined : value), 1);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), `${text}\n`);
}

/** All recorded histories with the type of their workflow. */
export function goldenHistories(): GoldenHistory[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const history = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recorded;
      const started = history.events[0]?.workflowExecutionStartedEventAttributes;
      return {
        name: file.slice(0, -'.json'.length),
        workflow: started?.workflowType.name ?? '',
        history: History.fromObject(history),
      };
    });
}

interface Recorded {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
  }[];
}
