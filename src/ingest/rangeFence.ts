/**
 * A writer that is stopped between its check of the assignment and its insert may wake up when another has settled its
 * range, by another contract or by comparison. A token shuts it out only where the other has put in rows under it,
 * table by table and month by month. So whoever settles a range by comparison raises a fence first, and every insert
 * of a range asks for it in its own statement.
 */
import { randomUUID } from 'node:crypto';
import { Fault } from '../runtime/errors.ts';
import type { Store } from '../store/port.ts';

export interface Fence {
  /** Token of the range as it was first cut. */
  readonly token: string;
  readonly owner: string;
}

/** From now on only inserts under this fence go in; those that run already must be waited for. */
export async function raiseFence(store: Store, token: string): Promise<Fence> {
  const [row] = await store.query<{ n: number }>(
    `SELECT toUInt32(max(n) + 1) AS n FROM ${fences(store)} WHERE token = {token:String}`,
    { token },
  );
  const owner = randomUUID();
  await store.insertRows('range_fences', [{ token, n: row?.n ?? 1, owner }], `fence:${owner}`);
  return { token, owner };
}

/** Condition of an insert: the range has no fence. */
export const unfenced = (store: Store, token: string): string =>
  `${text(token)} NOT IN (SELECT token FROM ${fences(store)} WHERE token = ${text(token)})`;

/** Condition of an insert: the latest fence of the range is this one. */
export const within = (store: Store, { token, owner }: Fence): string =>
  `${text(owner)} IN (SELECT argMax(owner, (n, owner)) FROM ${fences(store)} WHERE token = ${text(token)})`;

/** @throws Fault TL_LOG_FENCED where another has raised a later fence: what was inserted since may not have gone in. */
export async function expectWithin(store: Store, fence: Fence): Promise<void> {
  const [row] = await store.query<{ held: number }>(`SELECT ${within(store, fence)} AS held`);
  if (!row?.held) throw new Fault('TL_LOG_FENCED', `another settles the range ${fence.token}`);
}

export async function isFenced(store: Store, token: string): Promise<boolean> {
  const [row] = await store.query<{ free: number }>(`SELECT ${unfenced(store, token)} AS free`);
  return !row?.free;
}

const fences = ({ cluster }: Store): string => (cluster ? 'range_fences_local' : 'range_fences');

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
