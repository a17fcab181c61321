/** Where every produced message has gone, by value: in the readings, in the dead letters, once, and by whose verdict. */
import { plantGeneration } from '../../schemas/streams/plantGeneration.ts';
import { auditOffsets, type TopicAudit } from '../../src/ingest/auditOffsets.ts';
import { contractVersion } from '../../src/ingest/contractVersion.ts';
import type { Log } from '../../src/log/port.ts';
import { openChdbStore } from '../../src/store/chdbStore.ts';
import type { Store } from '../../src/store/port.ts';
import { otherPlantGeneration } from './otherContracts.ts';
import { numberOfEnergy, numberOfValue, verdictOf } from './plantMessages.ts';

export interface Accounts {
  readonly readings: number;
  readonly deadLetters: number;
  readonly missing: number;
  /** Messages that stand more than once, wherever. */
  readonly repeated: number;
  /** Rows that their own contract would have judged otherwise. */
  readonly misjudged: number;
  /** Judged by the other build, and by which verdict it matters. */
  readonly judgedByOther: number;
  /** Hours where the view's count is not that of the table. */
  readonly viewDifferences: number;
  readonly audit: TopicAudit;
}

interface Where {
  /** Folder of the store, or the store where this process holds it. */
  readonly dir: string;
  readonly held?: Store;
  readonly log: Log;
  readonly group: string;
  readonly prefix: string;
  /** Messages 0 to `produced`, exclusive, were sent. */
  readonly produced: number;
}

export async function takeAccounts(where: Where): Promise<Accounts> {
  if (where.held) return account(where.held, where);
  const store = await openChdbStore(where.dir);
  try {
    return await account(store, where);
  } finally {
    await store.close();
  }
}

async function account(store: Store, { log, group, prefix, produced }: Where): Promise<Accounts> {
  const other = contractVersion(otherPlantGeneration);
  const readings = await store.query<{ energyWh: number; contract: string }>(
    'SELECT toFloat64(energy_wh) AS energyWh, contract FROM plant_generation',
  );
  const dead = await store.query<{ value: string; contract: string }>(
    "SELECT value, contract FROM dead_letters WHERE topic = 'plant.generation'",
  );
  const seen = new Uint8Array(produced);
  let misjudged = 0;
  let judgedByOther = 0;
  const place = (n: number, contract: string, accepted: boolean) => {
    seen[n] = (seen[n] ?? 0) + 1;
    const verdict = verdictOf(n);
    const by = contract === other ? 'accepted by other' : 'accepted by usual';
    if (accepted !== (verdict === 'accepted by both' || verdict === by)) misjudged++;
    if (contract === other && /by (usual|other)/.test(verdict)) judgedByOther++;
  };
  for (const { energyWh, contract } of readings) place(numberOfEnergy(energyWh), contract, true);
  for (const { value, contract } of dead) place(numberOfValue(value), contract, false);
  const [view] = await store.query<{ differences: number }>(
    `SELECT toUInt32(count()) AS differences FROM (
       SELECT hour, sum(n) AS difference FROM (
         SELECT hour, toInt64(rows) AS n FROM stream_windows WHERE topic = 'plant.generation'
         UNION ALL SELECT toStartOfHour(start) AS hour, toInt64(-1) AS n FROM plant_generation)
       GROUP BY hour HAVING difference != 0)`,
  );
  return {
    readings: readings.length,
    deadLetters: dead.length,
    missing: seen.filter((times) => times === 0).length,
    repeated: seen.filter((times) => times > 1).length,
    misjudged,
    judgedByOther,
    viewDifferences: Number(view?.differences ?? 0),
    audit: await auditOffsets({ store, log, group, contract: plantGeneration, topicPrefix: prefix }),
  };
}
