/** The footprint of one product from its activity in the store and a background version. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type BackgroundProducts, backgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';
import type { FootprintQuestion } from '../../schemas/documents/footprintQuestion.ts';
import { type FootprintResult, footprintResult } from '../../schemas/documents/footprintResult.ts';
import {
  EXAMPLE_BACKGROUND,
  exampleBackgroundFiles,
  exampleFlowMap,
} from '../../schemas/reference/exampleBackground.ts';
import { gwpSet, heldGwpSetId } from '../../schemas/reference/gwp.ts';
import type { ProductionActivity } from '../../schemas/streams/productionActivity.ts';
import { flowMapRow } from '../background/characterisation.ts';
import { LINKING_POLICY } from '../background/linking.ts';
import { createOpenLcaReader } from '../background/openLca/readPackage.ts';
import { scoreBackground } from '../background/score.ts';
import { type ProductCatalogue, productCatalogue } from '../background/scoredProducts.ts';
import { buildBackground } from '../background/technosphere.ts';
import { footprintInputOf } from '../footprint/activityInput.ts';
import { computeFootprint } from '../footprint/computeFootprint.ts';
import { extractProducts } from '../footprint/productExtract.ts';
import { loadBackground } from '../store/backgroundFiles.ts';
import type { Store } from '../store/port.ts';
import { CODE_VERSION } from './codeVersion.ts';
import { importBackground } from './importBackground.ts';
import {
  canonicalSha256,
  type InputRows,
  originOf,
  recordComputation,
  snapshotInputs,
  versionOf,
} from './lineage.ts';
import { catalogueOf, scoreStoredBackground } from './scoreBackground.ts';

export interface ProductFootprint {
  readonly computation: string;
  readonly version: number;
  readonly existed: boolean;
  readonly origin: string;
  readonly document: FootprintResult;
  /** What it was computed from: enough to compute it again. */
  readonly input: FootprintInput;
  readonly products: BackgroundProducts;
}

/**
 * Reads the product's batches, scores the background and writes the footprint with its lineage. The same activity and
 * background give the version that exists.
 * @param home folder of the background versions
 * @param scored the background, where it has been scored already
 * @throws Refusal E_PRODUCT_NO_ACTIVITY, E_PRODUCT_INPUT, and those of the background and the footprint
 */
export async function productFootprint(
  store: Store,
  home: string,
  question: FootprintQuestion,
  clock: () => Date,
  scored?: ProductCatalogue,
): Promise<ProductFootprint> {
  const rows = activityRows(question);
  const inputs = await snapshotInputs(store, [rows]);
  const background = scored ?? (await catalogueFor(home, question));
  const input = footprintInputOf(question, await readActivity(store, rows));
  const document = footprintResult.parse(computeFootprint(input, background));
  const draft = {
    kind: 'footprint',
    subject: question.id,
    start: question.period.start,
    end: question.period.end,
    origin: originOf(inputs),
    inputs,
    factorSet: canonicalSha256(document.versions).slice(0, 20),
    ruleSet: '',
    parameters: { question },
    codeVersion: CODE_VERSION,
    resultSha256: canonicalSha256(document),
  } as const;
  const { id, version, cause, existed } = await versionOf(store, draft);
  if (!existed) {
    const row = {
      computation: id,
      product: question.id,
      start: question.period.start,
      end: question.period.end,
      version,
      total_kg_co2e: document.perDeclaredUnit.totalKgCo2e,
      declared_unit: question.declaredUnit.unit,
      origin: draft.origin,
      document: JSON.stringify(document),
    };
    await store.insertRows('footprints', [row], `footprint:${id}`);
    await recordComputation(store, { ...draft, id, version, cause, computedAt: clock().toISOString() });
  }
  const products = backgroundProducts.parse(extractProducts(input, background));
  return { computation: id, version, existed, origin: draft.origin, document, input, products };
}

function activityRows({ id, site, period }: FootprintQuestion): InputRows {
  return {
    table: 'production_activity_current',
    where:
      "product = {product:String} AND site = {site:String} AND start >= parseDateTime64BestEffort({start:String}, 3, 'UTC') AND start < parseDateTime64BestEffort({end:String}, 3, 'UTC')",
    params: { product: id, site, start: period.start, end: period.end },
    order: ['site', 'product', 'batch', 'start', 'source'],
  };
}

interface ActivityRow {
  readonly batch: string;
  readonly start: string;
  readonly durationS: number;
  readonly output: number;
  readonly outputUnit: string;
  readonly quality: ProductionActivity['quality'];
  readonly items: string[];
  readonly quantities: number[];
  readonly units: string[];
}

async function readActivity(
  store: Store,
  { table, where, params, order }: InputRows,
): Promise<ProductionActivity[]> {
  const rows = await store.query<ActivityRow>(
    `SELECT batch, formatDateTime(start, '%Y-%m-%dT%H:%i:%SZ') AS start, duration_s AS durationS, output, output_unit AS outputUnit, quality,
       inputs.item AS items, inputs.quantity AS quantities, inputs.unit AS units
     FROM (SELECT * FROM ${table} WHERE ${where}) ORDER BY ${order.join(', ')}`,
    params,
  );
  return rows.map(({ items, quantities, units, ...row }) => ({
    ...row,
    site: String(params.site),
    product: String(params.product),
    revision: 0,
    inputs: items.map((item, at) => ({
      item,
      quantity: quantities[at] ?? Number.NaN,
      unit: units[at] ?? '',
    })),
  }));
}

export async function catalogueFor(
  home: string,
  { background, gwpSet: set }: Pick<FootprintQuestion, 'background' | 'gwpSet'>,
): Promise<ProductCatalogue> {
  if (background.kind === 'example') return exampleCatalogue(set);
  const { name, path, flowMapPath } = background;
  const stored = await loadBackground(home, name).catch(() => undefined);
  if (stored?.manifest.sourceSha256 !== (await fileSha256(path))) await importBackground(home, name, path);
  return catalogueOf(await scoreStoredBackground(home, name, { gwpSet: set, mapFile: flowMapPath }));
}

/** The built-in example goes the same way as a package: reader, linker, solver. */
function exampleCatalogue(set: string): ProductCatalogue {
  const reader = createOpenLcaReader();
  const files = exampleBackgroundFiles();
  for (const { name, document } of files) reader.accept(name, Buffer.from(JSON.stringify(document)));
  const built = buildBackground(reader.finish());
  const scored = scoreBackground(
    built.system,
    exampleFlowMap.map((row) => flowMapRow.parse(row)),
    gwpSet(heldGwpSetId.parse(set)),
  );
  const sourceSha256 = canonicalSha256(files);
  return productCatalogue(scored, {
    name: EXAMPLE_BACKGROUND,
    version: sourceSha256.slice(0, 16),
    sourceSha256,
    linkingPolicy: LINKING_POLICY,
    flowMap: 'example',
  });
}

async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
