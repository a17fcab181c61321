/** What a company may see, as documents of a version; a document is made once for each state that it has. */
import type { FootprintV2 } from '../../schemas/documents/pactV2.ts';
import type { FootprintV3 } from '../../schemas/documents/pactV3.ts';
import type { PublishedFootprint } from '../../schemas/documents/publishedFootprint.ts';
import type { FootprintShelf, SharedFootprint } from '../store/publishedFootprints.ts';
import { toV2 } from './pact/v2.ts';
import { toV3 } from './pact/v3.ts';

export interface Forms<Document> {
  /** In the order of publication. */
  list(company: string, asOf: string): Promise<Document[]>;
  /** Undefined also where the version has no form for it. */
  find(company: string, id: string, asOf: string): Promise<Document | undefined>;
}

export const formsV3 = (shelf: FootprintShelf): Forms<FootprintV3> => formsOf(shelf, toV3);
export const formsV2 = (shelf: FootprintShelf): Forms<FootprintV2> => formsOf(shelf, toV2);

function formsOf<Document>(
  shelf: FootprintShelf,
  make: (published: PublishedFootprint, state: SharedFootprint) => Document | undefined,
): Forms<Document> {
  const made = new WeakMap<PublishedFootprint, Map<string, Document | undefined>>();
  const formOf = (shared: SharedFootprint): Document | undefined => {
    const { published, deprecated } = shared;
    const byState = made.get(published) ?? new Map<string, Document | undefined>();
    made.set(published, byState);
    const state = deprecated?.at ?? '';
    if (!byState.has(state)) byState.set(state, make(published, shared));
    return byState.get(state);
  };
  return {
    async list(company, asOf) {
      return (await shelf.shared(company, asOf)).flatMap((shared) => formOf(shared) ?? []);
    },
    async find(company, id, asOf) {
      const shared = await shelf.find(company, id, asOf);
      return shared && formOf(shared);
    },
  };
}
