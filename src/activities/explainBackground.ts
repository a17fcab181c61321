/** Walks a score of a stored background back to exchanges, links, factors, and the package that they came in. */
import { Refusal } from '../../schemas/refusal.ts';
import { explainScore, type ScoreExplanation } from '../background/explainScore.ts';
import { type BackgroundManifest, loadManifest, loadTable } from '../store/backgroundFiles.ts';
import { decodeExchanges } from '../store/backgroundTables.ts';
import { scoreStoredBackground } from './scoreBackground.ts';

export interface BackgroundExplanation extends ScoreExplanation {
  readonly background: string;
  /** Sums of the package and of every table, policy, gate and method. */
  readonly manifest: BackgroundManifest;
  readonly flowMap: string;
  readonly gwpSet: string;
}

/** `background/<name>[@<version>]/<process>[/<flow>]`; without a flow the process's reference product. */
const ID = /^background\/([^/]+)\/([^/]+)(?:\/(.+))?$/;

/** @throws Refusal `E_EXPLAIN_ID` · `E_PRODUCT_UNKNOWN` · of the store */
export async function explainBackground(
  home: string,
  id: string,
  method: { readonly gwpSet?: string; readonly mapFile?: string } = {},
): Promise<BackgroundExplanation> {
  const [, reference, process, flow] = ID.exec(id) ?? [];
  if (reference === undefined || process === undefined) {
    throw new Refusal('no score of a background', {
      code: 'E_EXPLAIN_ID',
      place: id,
      remedy: 'background/<name>[@<version>]/<process>[/<flow>]',
    });
  }
  const stored = await loadManifest(home, reference);
  const version = `${stored.name}@${stored.manifest.version}`;
  const { scored, flowMap } = await scoreStoredBackground(home, version, method);
  const exchanges = decodeExchanges(await loadTable(home, stored, 'exchanges.arrow'));
  return {
    background: version,
    gwpSet: scored.characterisation.gwpSet.id,
    flowMap,
    ...explainScore(scored, exchanges, { process, flow }),
    manifest: stored.manifest,
  };
}
