/** Reading the dead letters: by reason, and one with its bytes. */
import { Refusal } from '../../schemas/refusal.ts';
import type { Store } from '../store/port.ts';
import { OPEN_LETTERS } from './redrive.ts';

export interface DeadLetterGroup {
  readonly topic: string;
  readonly reason: string;
  /** Not yet redriven. */
  readonly open: number;
  readonly redriven: number;
  readonly lastKnownAt: string;
  /** Id of the newest. */
  readonly example: string;
}

/** Name of a letter: `<topic>:<generation>:<partition>:<offset>`. */
const ID =
  "concat(d.topic, ':', toString(d._generation), ':', toString(d._partition), ':', toString(d._offset))";

/** Counts by topic and reason, most open first. */
export function groupDeadLetters(store: Store): Promise<DeadLetterGroup[]> {
  return store.query<DeadLetterGroup>(
    `SELECT d.topic AS topic, d.reason AS reason, countIf(${OPEN_LETTERS}) AS open, countIf(NOT (${OPEN_LETTERS})) AS redriven,
       toString(max(d.known_at)) AS lastKnownAt, argMax(${ID}, d.known_at) AS example
     FROM dead_letters AS d GROUP BY topic, reason ORDER BY open DESC, topic, reason`,
  );
}

export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly reason: string;
  readonly path: string;
  readonly detail: string;
  readonly contract: string;
  readonly knownAt: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly valueBase64: string | null;
  readonly attempts: readonly {
    readonly attemptedAt: string;
    readonly outcome: string;
    readonly reason: string;
    readonly detail: string;
  }[];
}

/** One letter with its original bytes. @throws Refusal TL_NO_LETTER */
export async function showDeadLetter(store: Store, id: string): Promise<DeadLetter> {
  const [row] = await store.query<Omit<DeadLetter, 'headers' | 'attempts'> & { headers: string }>(
    `SELECT ${ID} AS id, d.topic AS topic, d.reason AS reason, d.path AS path, d.detail AS detail, d.contract AS contract, toString(d.known_at) AS knownAt,
       d.key AS key, d.headers AS headers, if(d.value IS NULL, NULL, base64Encode(assumeNotNull(d.value))) AS valueBase64
     FROM dead_letters AS d WHERE id = {id:String} LIMIT 1`,
    { id },
  );
  if (!row)
    throw new Refusal(`there is no dead letter ${id}`, {
      code: 'TL_NO_LETTER',
      remedy: 'an id as tanliu deadletters list shows it',
    });
  const attempts = await store.query<DeadLetter['attempts'][number]>(
    `SELECT toString(attempted_at) AS attemptedAt, toString(outcome) AS outcome, reason, detail FROM dead_letter_attempts AS d WHERE ${ID} = {id:String} ORDER BY d.attempted_at`,
    { id },
  );
  const headers = Object.entries(JSON.parse(row.headers) as Record<string, string[]>).map(
    ([name, values]) => [name, values.map((value) => Buffer.from(value, 'base64').toString())],
  );
  return { ...row, headers: Object.fromEntries(headers), attempts };
}
