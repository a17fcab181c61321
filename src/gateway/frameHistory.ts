/** What the store knows of frames that came before this gateway began: asked for in batches, and never in the way. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DecodedFrame } from '../emissions/hj212/decode.ts';
import type { Store } from '../store/port.ts';
import type { KnownContent } from './seenFrames.ts';

interface Question {
  readonly device: string;
  readonly command: string;
  readonly dataTimeMs: number;
  readonly pno: number;
}

interface Row extends KnownContent {
  readonly device: string;
  readonly command: string;
  readonly dataMs: string;
  readonly pno: string;
}

const GATHER_MS = 20;
const MOST_A_QUERY = 500;
const PATIENCE_MS = 3_000;

/**
 * Asks the store for the contents of a key, oldest first; none where it does not answer in time. A frame about which
 * nothing is known is revision 0: should it differ from a stored one, both are kept and listed as a conflict.
 */
export function frameHistory(
  store: Store,
  onFault: (fault: unknown) => void,
): (message: DecodedFrame) => Promise<readonly KnownContent[]> {
  let gathering: { asked: Question[]; answer: Promise<Map<string, KnownContent[]>> } | undefined;
  const ask = async (batch: Question[]) => {
    await sleep(GATHER_MS);
    gathering = undefined;
    return query(store, batch);
  };
  return async ({ mn, st, cn, dataTimeMs, pno }) => {
    if (mn === undefined || dataTimeMs === undefined) return [];
    const question = { device: mn, command: `${st}|${cn}`, dataTimeMs, pno: pno ?? 0 };
    if (!gathering || gathering.asked.length >= MOST_A_QUERY) {
      const asked: Question[] = [];
      gathering = { asked, answer: ask(asked) };
    }
    gathering.asked.push(question);
    const { answer } = gathering;
    try {
      const late = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => undefined);
      return (await Promise.race([answer, late]))?.get(nameOf(question)) ?? [];
    } catch (fault) {
      onFault(fault);
      return [];
    }
  };
}

async function query(store: Store, asked: readonly Question[]): Promise<Map<string, KnownContent[]>> {
  const times = asked.map(({ dataTimeMs }) => dataTimeMs);
  const rows = await store.query<Row>(
    `SELECT device, concat(st, '|', cn) AS command, toString(toUnixTimestamp64Milli(data_time)) AS dataMs, toString(pno) AS pno,
       content_hash AS hash, ifNull(qn, '') AS qn, toInt32(content_revision) AS revision
     FROM emissions_frames
     WHERE verdict = 'accepted' AND content_hash IS NOT NULL AND device IN {devices:Array(String)}
       AND start >= fromUnixTimestamp64Milli({from:Int64})
       AND toUnixTimestamp64Milli(data_time) IN {times:Array(Int64)}
     ORDER BY device, content_revision, start LIMIT 20000`,
    {
      devices: [...new Set(asked.map(({ device }) => device))],
      times: [...new Set(times)],
      // Receipt cannot lie long before the time that a frame is about.
      from: Math.max(0, Math.min(...times) - 86_400_000),
    },
  );
  const found = new Map<string, KnownContent[]>();
  for (const { device, command, dataMs, pno, hash, qn, revision } of rows) {
    const name = nameOf({ device, command, dataTimeMs: Number(dataMs), pno: Number(pno) });
    found.set(name, [...(found.get(name) ?? []), { hash, qn, revision: Number(revision) }]);
  }
  return found;
}

const nameOf = ({ device, command, dataTimeMs, pno }: Question): string =>
  `${device}|${command}|${dataTimeMs}|${pno}`;
