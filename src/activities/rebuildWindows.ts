/**
 * Builds `stream_windows` of one topic again from its readings. The ingest of the topic must rest meanwhile: the view
 * adds to the same rows, and no count of two tables is taken at one instant.
 */
import type { StreamContract } from '../../schemas/stream.ts';
import { readIntent } from '../ingest/intent.ts';
import type { Log } from '../log/port.ts';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';

export interface RebuildContext {
  readonly store: Store;
  readonly log: Log;
  readonly group: string;
  readonly contract: StreamContract;
  readonly topicPrefix: string;
}

/** Rows counted by the view minus rows of the table, taken one after the other. */
export async function windowsDifference(store: Store, { topic, table }: StreamContract): Promise<number> {
  const [row] = await store.query<{ difference: number }>(
    `SELECT toInt64((SELECT sum(rows) FROM stream_windows WHERE topic = {topic:String})) - toInt64((SELECT count() FROM ${table})) AS difference`,
    { topic },
  );
  return Number(row?.difference ?? 0);
}

/**
 * Deletes the topic's windows and inserts them anew by the view's own SELECT. Repeating it is harmless. An open intent
 * is refused: settling it later would add rows to the view that the rebuild has counted already.
 * @returns the difference that is left, 0 unless something was written meanwhile
 * @throws Fault TL_LOG_FENCED where a range of the topic is not settled
 */
export async function rebuildStreamWindows({
  store,
  log,
  group,
  contract,
  topicPrefix,
}: RebuildContext): Promise<number> {
  const { topic, table } = contract;
  const admin = await log.admin();
  try {
    const open = (await admin.committed(group, topicPrefix + topic)).filter(({ metadata }) =>
      readIntent(metadata),
    );
    if (open.length > 0) {
      const partitions = open.map(({ partition }) => partition).join(', ');
      throw new Fault('TL_LOG_FENCED', `${topic}: ranges of partitions ${partitions} are not settled`, {
        remedy: 'let the ingest settle them; then rebuild',
      });
    }
  } finally {
    await admin.close();
  }
  const onCluster = store.cluster === undefined ? '' : ` ON CLUSTER '${store.cluster}'`;
  const local = store.cluster === undefined ? 'stream_windows' : 'stream_windows_local';
  await store.command(
    `ALTER TABLE ${local}${onCluster} DELETE WHERE topic = {topic:String} SETTINGS mutations_sync = 2`,
    { topic },
  );
  // Without deduplication: rows like those of a former rebuild would be taken for a repeated insert.
  await store.command(
    `INSERT INTO ${local} (topic, key, hour, rows, last_known_at, last_end) SETTINGS insert_deduplicate = 0
     SELECT topic, key, hour, rows, last_known_at, last_end FROM (${await viewSelect(store, table)})`,
  );
  return windowsDifference(store, contract);
}

/** The SELECT of the topic's view; on a cluster over the readings of all shards. */
async function viewSelect(store: Store, table: string): Promise<string> {
  const [view] = await store.query<{ select: string }>(
    'SELECT as_select AS select FROM system.tables WHERE database = currentDatabase() AND name = {name:String}',
    { name: `${table}_windows` },
  );
  if (!view) throw new Fault('TL_INTERNAL', `the view ${table}_windows is missing`);
  return store.cluster === undefined ? view.select : view.select.replaceAll(`${table}_local`, table);
}
