/** Finds products of a background by words, in Chinese and English. */
import type { BackgroundSystem } from './technosphere.ts';

export interface SearchHit {
  readonly activity: number;
  readonly process: string;
  readonly flow: string;
  readonly name: string;
  readonly nameZh: string;
  readonly flowName: string;
  readonly flowNameZh: string;
  readonly location: string;
  readonly unit: string;
  /** Between 0 and 1: share of the query that the names hold, less what else they say. */
  readonly relevance: number;
}

/** English by words, Chinese by pairs of characters: neither needs a dictionary. */
function termsOf(text: string): string[] {
  const lower = text.toLowerCase().normalize('NFKC');
  const words = lower.match(/[\p{Script=Latin}\p{N}][\p{Script=Latin}\p{N}.]*/gu) ?? [];
  const runs = lower.match(/\p{Script=Han}+/gu) ?? [];
  const pairs = runs.flatMap((run) => {
    const characters = [...run];
    return characters.length === 1
      ? characters
      : characters.slice(0, -1).map((character, at) => character + characters[at + 1]!);
  });
  return [...new Set([...words.map(singular), ...pairs])];
}

const singular = (word: string) => (word.length > 3 ? word.replace(/(?<!s)s$/, '') : word);

export interface SearchIndex {
  /** Best first; equal ones by process id. */
  find(query: string, most?: number): SearchHit[];
}

/** Names of the product count twice as much as those of the process. */
export function createSearchIndex(system: BackgroundSystem): SearchIndex {
  const { activities } = system;
  const names = new Map<string, string>();
  for (const { kind, id, language, name } of system.names) names.set(`${kind} ${id} ${language}`, name);
  const nameOf = (kind: string, id: string, language: string) => names.get(`${kind} ${id} ${language}`) ?? '';
  const documents = activities.map(({ processId, flowId, processName, flowName }) => {
    const flow = new Set(termsOf(`${flowName} ${nameOf('flow', flowId, 'zh')}`));
    const process = new Set(termsOf(`${processName} ${nameOf('process', processId, 'zh')}`));
    return { flow, process };
  });
  const counts = new Map<string, number>();
  for (const { flow, process } of documents) {
    for (const term of new Set([...flow, ...process])) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const weightOf = (term: string) => Math.log(1 + documents.length / (counts.get(term) ?? documents.length));
  return {
    find(query, most = 20) {
      const terms = termsOf(query);
      const whole = terms.reduce((sum, term) => sum + weightOf(term), 0);
      if (whole === 0) return [];
      const hits: SearchHit[] = [];
      documents.forEach(({ flow, process }, at) => {
        let found = 0;
        for (const term of terms) {
          if (flow.has(term)) found += weightOf(term);
          else if (process.has(term)) found += weightOf(term) / 2;
        }
        if (found === 0) return;
        const { processId, flowId, processName, flowName, location, referenceUnit } = activities[at]!;
        hits.push({
          activity: at,
          process: processId,
          flow: flowId,
          name: processName,
          nameZh: nameOf('process', processId, 'zh'),
          flowName,
          flowNameZh: nameOf('flow', flowId, 'zh'),
          location,
          unit: referenceUnit,
          // A short name that holds the query says it better than a long one.
          relevance: (found / whole) * (0.9 + 0.1 / Math.max(1, flow.size)),
        });
      });
      return hits
        .sort((a, b) => b.relevance - a.relevance || (a.process < b.process ? -1 : 1))
        .slice(0, most);
    },
  };
}
