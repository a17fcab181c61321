/** Loads a stored background version and scores every product of it by a named method. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { DEFAULT_GWP_SET, type GwpSet, gwpSet, gwpSetId } from '../../schemas/reference/gwp.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type FlowMapRow, flowMapRow } from '../background/characterisation.ts';
import { FLOW_MATCHING, matchFlows } from '../background/flowMatching.ts';
import { type ScoredBackground, scoreBackground } from '../background/score.ts';
import { loadBackground } from '../store/backgroundFiles.ts';

export interface ScoredVersion {
  readonly name: string;
  readonly version: string;
  readonly sourceSha256: string;
  readonly linkingPolicy: string;
  /** Which rules or file named the species of the flows: `cas-code-name/1` or `sha256:…`. */
  readonly flowMap: string;
  readonly scored: ScoredBackground;
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
  const set = gwpSetOf(method.gwpSet ?? DEFAULT_GWP_SET);
  const given = method.mapFile === undefined ? undefined : await readFlowMap(method.mapFile);
  const { name, manifest, system } = await loadBackground(home, reference);
  const rows = given?.rows ?? matchFlows(system.natureFlows, set);
  return {
    name,
    version: manifest.version,
    sourceSha256: manifest.sourceSha256,
    linkingPolicy: manifest.linkingPolicy,
    flowMap: given?.id ?? FLOW_MATCHING,
    scored: scoreBackground(system, rows, set),
  };
}

function gwpSetOf(id: string): GwpSet {
  const known = gwpSetId.safeParse(id);
  if (known.success) return gwpSet(known.data);
  throw new Refusal(`there is no GWP set '${id}'`, {
    code: 'E_GWP_SET',
    remedy: `one of ${gwpSetId.options.join(', ')}`,
  });
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
