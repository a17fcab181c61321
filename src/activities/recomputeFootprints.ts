/** A page of products on another background version: scored once, each product read, computed and written by itself. */
import type { z } from 'zod';
import {
  footprintRequestName,
  type RecomputedPage,
  type recomputePageArguments,
} from '../../schemas/control.ts';
import { footprintQuestion } from '../../schemas/documents/footprintQuestion.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { ProductCatalogue } from '../background/scoredProducts.ts';
import { callsForRevision } from '../footprint/issuable.ts';
import type { Store } from '../store/port.ts';
import { catalogueFor, productFootprint } from './productFootprint.ts';

interface Present {
  readonly product: string;
  readonly cursor: string;
  readonly totalKgCo2e: number;
  readonly parameters: string;
}

/** Products in order of their cursor; the activity and the documents of one product are in memory at a time. */
export async function recomputePage(
  store: Store,
  home: string,
  { background, after, limit }: z.infer<typeof recomputePageArguments>,
  clock: () => Date,
): Promise<RecomputedPage> {
  const present = await store.query<Present>(
    `SELECT f.product AS product, concat(f.product, ':', toString(f.start)) AS cursor,
       f.total_kg_co2e AS totalKgCo2e, c.parameters AS parameters
     FROM footprints_current AS f INNER JOIN computations AS c ON c.id = f.computation
     WHERE cursor > {after:String} AND JSONExtractString(c.parameters, 'question', 'background', 'name') = {name:String}
     ORDER BY cursor LIMIT {limit:UInt32}`,
    { after, name: background.name, limit },
  );
  const catalogues = new Map<string, ProductCatalogue>();
  const failed: RecomputedPage['failed'][number][] = [];
  const changed: string[] = [];
  let computed = 0;
  for (const { product, totalKgCo2e, parameters } of present) {
    const stored = footprintQuestion.parse((JSON.parse(parameters) as { question: unknown }).question);
    const question = { ...stored, background };
    try {
      const catalogue = catalogues.get(question.gwpSet) ?? (await catalogueFor(home, question));
      catalogues.set(question.gwpSet, catalogue);
      const { existed, document } = await productFootprint(store, home, question, clock, catalogue);
      if (!existed) computed++;
      if (callsForRevision(totalKgCo2e, document.perDeclaredUnit.totalKgCo2e))
        changed.push(footprintRequestName(product, question.period.start));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed.push({ product, code: error.code ?? '', message: error.message });
    }
  }
  return {
    next: present.length < limit ? null : (present.at(-1)?.cursor ?? null),
    computed,
    unchanged: present.length - computed - failed.length,
    failed,
    changed,
  };
}
