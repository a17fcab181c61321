/**
 * Work on events, as a table of tasks and one of attempts. A task that has no `done` and no `dead` attempt is open, so
 * whatever ends in the middle is taken up again. A task's id makes it count once.
 */
import type { Store } from './port.ts';

/** `announce`: publish to a partner; `answer`: an accepted request; `send`: an event as it goes out; `fetch`: one footprint; `keep`: documents that a partner sent. */
export type TaskKind = 'announce' | 'answer' | 'send' | 'fetch' | 'keep';

export interface ExchangeTask {
  readonly id: string;
  readonly kind: TaskKind;
  readonly partner: string;
  /** Of the API, `2` or `3`; empty: the partner's own. */
  readonly version: string;
  readonly created: string;
  readonly body: string;
}

export interface OpenTask extends ExchangeTask {
  readonly attempts: number;
}

export interface DeadTask extends ExchangeTask {
  readonly attempts: number;
  readonly at: string;
  readonly detail: string;
}

export interface TaskAttempt {
  readonly task: string;
  readonly attempt: number;
  readonly outcome: 'done' | 'failed' | 'dead';
  readonly at: string;
  readonly nextAt: string;
  readonly detail: string;
}

const iso = (column: string) => `formatDateTime(${column}, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')`;

/** The same id again changes nothing. */
export async function addTask(store: Store, task: ExchangeTask): Promise<void> {
  await store.insertRows('exchange_tasks', [{ ...task }], `task:${task.id}`);
}

export async function recordAttempt(store: Store, attempt: TaskAttempt): Promise<void> {
  const { nextAt, ...row } = attempt;
  await store.insertRows('exchange_attempts', [{ ...row, next_at: nextAt }]);
}

/** Open tasks whose next attempt is due, the oldest first. */
export async function dueTasks(store: Store, now: string, limit: number): Promise<OpenTask[]> {
  return store.query<OpenTask>(
    `SELECT t.id AS id, t.kind AS kind, t.partner AS partner, t.version AS version, ${iso('t.created')} AS created, t.body AS body,
       toUInt32(a.attempts) AS attempts
     FROM (SELECT * FROM exchange_tasks LIMIT 1 BY id) AS t
     LEFT JOIN (${ATTEMPTS}) AS a ON a.task = t.id
     WHERE NOT a.closed AND a.next <= parseDateTime64BestEffort({now:String}, 3, 'UTC')
     ORDER BY t.created, t.id LIMIT ${limit}`,
    { now },
  );
}

/** What was given up, the newest first. */
export async function deadTasks(store: Store, limit = 1_000): Promise<DeadTask[]> {
  return store.query<DeadTask>(
    `SELECT t.id AS id, t.kind AS kind, t.partner AS partner, t.version AS version, ${iso('t.created')} AS created, t.body AS body,
       toUInt32(a.attempts) AS attempts, ${iso('a.last')} AS at, a.said AS detail
     FROM (SELECT * FROM exchange_tasks LIMIT 1 BY id) AS t INNER JOIN (${ATTEMPTS}) AS a ON a.task = t.id
     WHERE a.dead ORDER BY a.last DESC, t.id LIMIT ${limit}`,
  );
}

const ATTEMPTS = `SELECT task, count() AS attempts, countIf(outcome IN ('done', 'dead')) > 0 AS closed, countIf(outcome = 'dead') > 0 AS dead,
  max(next_at) AS next, max(at) AS last, argMax(detail, at) AS said FROM exchange_attempts GROUP BY task`;
