/** The lists and the single footprints of both versions, each showing a caller what is shared with it and nothing else. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ExchangeProblem } from '../exchangeProblem.ts';
import { filtersOf, matchesV3 } from '../pact/filters.ts';
import { parseFilter } from '../pact/odata.ts';
import { type Forms, formsV2, formsV3 } from '../sharedForms.ts';
import { hostOf } from './authRoutes.ts';
import type { ExchangeContext, ExchangeServer } from './exchangeServer.ts';
import { openCursor, sealCursor } from './pageCursor.ts';

type Query = Readonly<Record<string, unknown>>;

interface ListOf<Document> {
  readonly path: '/2/footprints' | '/3/footprints';
  readonly forms: Forms<Document>;
  /** @throws ExchangeProblem BadRequest */
  readonly condition: (query: Query) => (document: Document) => boolean;
}

export function footprintRoutes(app: ExchangeServer, context: ExchangeContext): void {
  const v3 = formsV3(context.shelf);
  const v2 = formsV2(context.shelf);
  listAndGet(app, context, {
    path: '/3/footprints',
    forms: v3,
    condition: (query) => {
      const filters = filtersOf(query);
      return (document) => matchesV3(document, filters);
    },
  });
  listAndGet(app, context, {
    path: '/2/footprints',
    forms: v2,
    condition: ({ $filter }) => {
      if ($filter === undefined || $filter === '') return () => true;
      if (typeof $filter !== 'string') throw new ExchangeProblem('BadRequest', '$filter stands once');
      return parseFilter($filter);
    },
  });
}

function listAndGet<Document>(
  app: ExchangeServer,
  context: ExchangeContext,
  { path, forms, condition }: ListOf<Document>,
): void {
  app.get(path, async (request, reply) => {
    const query = request.query as Query;
    const company = request.partner!.company;
    const limit = limitOf(query.limit);
    const matches = condition(query);
    const question = JSON.stringify({ path, ...query, cursor: undefined });
    const { skip, asOf } = pageOf(context, query.cursor, { company, question });
    const all = (await forms.list(company, asOf)).filter(matches);
    const end = limit === undefined ? all.length : skip + limit;
    if (end < all.length) {
      const cursor = sealCursor(context.keys.page, context.clock(), { skip: end, asOf, company, question });
      reply.header('link', `<${nextUrl(request, path, query, cursor)}>; rel="next"`);
    }
    return { data: all.slice(skip, end) };
  });

  app.get<{ Params: { id: string } }>(`${path}/:id`, async (request) => {
    const company = request.partner!.company;
    const id = request.params.id.toLowerCase();
    if (!z.uuid().safeParse(id).success) throw new ExchangeProblem('BadRequest', 'the id is no UUID');
    const asOf = new Date(context.clock()).toISOString();
    const data = await forms.find(company, id, asOf);
    if (data !== undefined) return { data };
    // Who could see it once knows that it exists; whoever never could learns nothing.
    if ((await context.shelf.visibility(company, id, asOf)) === 'withdrawn')
      throw new ExchangeProblem('AccessDenied', 'this footprint is not shared with you any more');
    throw new ExchangeProblem('NotFound', 'there is no such footprint');
  });
}

function limitOf(given: unknown): number | undefined {
  if (given === undefined || given === '') return undefined;
  if (typeof given === 'string' && /^\d{1,9}$/.test(given) && Number(given) > 0) return Number(given);
  throw new ExchangeProblem('BadRequest', 'limit is a whole number above 0, once');
}

function pageOf(
  { keys, clock }: ExchangeContext,
  cursor: unknown,
  whose: { company: string; question: string },
): { skip: number; asOf: string } {
  const now = clock();
  if (cursor === undefined) return { skip: 0, asOf: new Date(now).toISOString() };
  if (typeof cursor !== 'string') throw new ExchangeProblem('BadRequest', 'cursor stands once');
  return openCursor(keys.page, now, cursor, whose);
}

/** The same question on the same host, with the cursor. */
function nextUrl(request: FastifyRequest, path: string, query: Query, cursor: string): string {
  const search = new URLSearchParams();
  for (const [name, given] of Object.entries(query)) {
    if (name === 'cursor') continue;
    for (const value of Array.isArray(given) ? given : [given]) search.append(name, String(value));
  }
  search.append('cursor', cursor);
  return `https://${hostOf(request)}${path}?${search}`;
}
