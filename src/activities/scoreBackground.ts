/** Loads a stored background version and scores every product of it by a named method. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { CATEGORY_COUNT } from '../../schemas/documents/footprintCategories.ts';
import {
  DEFAULT_GWP_SET,
  gwpSet,
  gwpSetId,
  heldGwpSetId,
  PACKAGE_GWP_SET,
} from '../../schemas/reference/gwp.ts';
import { Refusal } from '../../schemas/refusal.ts';
import {
  type Characterisation,
  characterise,
  directScores,
  type FlowMapRow,
  factorsByFlow,
  flowMapRow,
} from '../background/characterisation.ts';
import { FLOW_MATCHING, matchFlows } from '../background/flowMatching.ts';
import { packageGwpSet } from '../background/methodMatching.ts';
import { type ScoredBackground, scoreWith } from '../background/score.ts';
import { type ProductCatalogue, productCatalogue } from '../background/scoredProducts.ts';
import { loadBackground, loadTable, type StoredBackground } from '../store/backgroundFiles.ts';
import { decodeUnmatched } from '../store/backgroundTables.ts';
import { readScores, writeScores } from '../store/scoreFiles.ts';

export interface ScoredVersion {
  readonly name: string;
  readonly version: string;
  readonly sourceSha256: string;
  readonly linkingPolicy: string;
  /** Flows of the package's own method, as it names them, that found no flow of the package; empty where it has none. */
  readonly unmatchedMethodFlows: readonly string[];
  /** Which rules or file named the species of the flows: `cas-code-name/1` or `sha256:…`. */
  readonly flowMap: string;
  readonly scored: ScoredBackground;
}

/** The catalogue of products of a scored version. */
export function catalogueOf({ scored, ...identity }: ScoredVersion): ProductCatalogue {
  return productCatalogue(scored, identity);
}

/**
 * @param reference `name` or `name@version`
 * @throws Refusal `E_GWP_SET` · `E_FLOW_MAP` · of the store and of the solver
 */
export async function scoreStoredBackground(
  home: string,
  reference: string,
  method: { readonly gwpSet?: string; readonly mapFile?: string } = {},
): Promise<ScoredVersion> {
  const stored = await loadBackground(home, reference);
  const { characterisation, flowMap } = await methodOf(stored, method);
  return {
    name: stored.name,
    version: stored.manifest.version,
    sourceSha256: stored.manifest.sourceSha256,
    linkingPolicy: stored.manifest.linkingPolicy,
    unmatchedMethodFlows:
      stored.manifest.method === null
        ? []
        : decodeUnmatched(await loadTable(home, stored, 'unmatched.arrow')),
    flowMap,
    scored: await storedOrSolved(home, stored, characterisation),
  };
}

/** Scores that were solved before, else a solve whose result is kept. */
async function storedOrSolved(
  home: string,
  { name, manifest, system }: StoredBackground,
  characterisation: Characterisation,
): Promise<ScoredBackground> {
  const { version } = manifest;
  const length = system.activities.length * CATEGORY_COUNT;
  const kept = await readScores(home, name, version, characterisation, length);
  if (kept) return { system, characterisation, direct: directScores(system, characterisation), ...kept };
  const scored = scoreWith(system, characterisation);
  await writeScores(home, name, version, characterisation, scored);
  return scored;
}

/** The package's own method where it has one and nobody names another; else AR6 over 100 years. */
async function methodOf(
  { manifest, system }: StoredBackground,
  { gwpSet: wanted, mapFile }: { readonly gwpSet?: string; readonly mapFile?: string },
): Promise<{ characterisation: Characterisation; flowMap: string }> {
  const given = mapFile === undefined ? undefined : await readFlowMap(mapFile);
  const hasOwn = manifest.method !== null && system.flowFactors.length > 0;
  const id = wanted ?? (hasOwn && !given ? PACKAGE_GWP_SET : DEFAULT_GWP_SET);
  if (id === PACKAGE_GWP_SET) {
    if (manifest.method === null) {
      throw new Refusal(`${PACKAGE_GWP_SET} is the method of a package, and this package has none`, {
        code: 'E_GWP_SET',
        place: `${manifest.version}`,
        remedy: `one of ${heldGwpSetId.options.join(', ')}`,
      });
    }
    const title = `${manifest.method.name} (${manifest.method.id})`;
    return {
      characterisation: {
        gwpSet: packageGwpSet(title, system),
        factors: factorsByFlow(system, system.flowFactors),
        characterised: system.flowFactors.length,
        unknown: [],
      },
      flowMap: `method:${manifest.method.id}`,
    };
  }
  const known = heldGwpSetId.safeParse(id);
  if (!known.success) {
    throw new Refusal(`there is no GWP set '${id}'`, {
      code: 'E_GWP_SET',
      remedy: `one of ${gwpSetId.options.join(', ')}`,
    });
  }
  const set = gwpSet(known.data);
  const rows = given?.rows ?? matchFlows(system.natureFlows, set);
  return { characterisation: characterise(system, rows, set), flowMap: given?.id ?? FLOW_MATCHING };
}

async function readFlowMap(file: string): Promise<{ id: string; rows: FlowMapRow[] }> {
  const refuse = (message: string, place: string) =>
    new Refusal(message, {
      code: 'E_FLOW_MAP',
      place,
      remedy: 'CSV with columns flow_uuid, species, class',
    });
  let text: Buffer;
  let records: Record<string, string>[];
  try {
    text = await readFile(file);
    records = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    throw refuse((error as Error).message, file);
  }
  const seen = new Set<string>();
  const rows = records.map((record, at) => {
    const place = `${file} line ${at + 2}`;
    const row = flowMapRow.safeParse(record);
    if (!row.success) {
      const issue = row.error.issues[0];
      throw refuse(issue?.message ?? 'not a row', `${place} ${issue?.path.join('.') ?? ''}`);
    }
    const key = `${row.data.flow_uuid} ${row.data.class}`;
    if (seen.has(key)) throw refuse(`flow ${row.data.flow_uuid} is mapped to ${row.data.class} twice`, place);
    seen.add(key);
    return row.data;
  });
  if (rows.length === 0) throw refuse('the map has no rows', file);
  return { id: `sha256:${createHash('sha256').update(text).digest('hex')}`, rows };
}
