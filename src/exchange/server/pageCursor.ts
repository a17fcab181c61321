/** Where a list goes on: signed, and bound to the caller, the question and the instant at which the list was begun. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ExchangeProblem } from '../exchangeProblem.ts';

/** Long enough for a client that works on each page; the specification asks for 180 s. */
const VALID_MS = 3_600_000;

const cursor = z.strictObject({
  /** Footprints before this one have been given. */
  skip: z.int().positive(),
  /** The list is of this instant, so that every call of the link gives the same. */
  asOf: z.iso.datetime(),
  until: z.int(),
  company: z.string(),
  question: z.string(),
});
export type PageCursor = z.infer<typeof cursor>;

export function sealCursor(key: Uint8Array, now: number, page: Omit<PageCursor, 'until'>): string {
  const body = Buffer.from(JSON.stringify({ ...page, until: now + VALID_MS })).toString('base64url');
  return `${body}.${mac(key, body)}`;
}

/** @throws ExchangeProblem BadRequest for one that is not ours, has run out or belongs to another list */
export function openCursor(
  key: Uint8Array,
  now: number,
  text: string,
  { company, question }: Pick<PageCursor, 'company' | 'question'>,
): PageCursor {
  const [body = '', signature = ''] = text.split('.');
  const expected = Buffer.from(mac(key, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new ExchangeProblem('BadRequest', 'this page is none of ours; ask for the list again');
  const page = cursor.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  if (page.until < now)
    throw new ExchangeProblem('BadRequest', 'this page has run out; ask for the list again');
  if (page.company !== company || page.question !== question)
    throw new ExchangeProblem('BadRequest', 'this page belongs to another list; ask for the list again');
  return page;
}

const mac = (key: Uint8Array, body: string): string =>
  createHmac('sha256', key).update(body).digest('base64url');
