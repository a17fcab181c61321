/** Reads a footprint's input document, scores the background it stands on, and computes the result document. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type BackgroundProducts, backgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import {
  type FootprintComparison,
  footprintComparison,
} from '../../schemas/documents/footprintComparison.ts';
import { type FootprintInput, footprintInput } from '../../schemas/documents/footprintInput.ts';
import { type FootprintResult, footprintResult } from '../../schemas/documents/footprintResult.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type ComparedVersion, compareFootprints } from '../footprint/compareFootprints.ts';
import { computeFootprint } from '../footprint/computeFootprint.ts';
import { extractProducts } from '../footprint/productExtract.ts';
import { readFootprintWorkbook } from '../sheets/footprintWorkbook.ts';
import { footprintUncertainty, type UncertaintyRequest } from './footprintUncertainty.ts';
import { catalogueOf, type ScoredVersion, scoreStoredBackground } from './scoreBackground.ts';

/** A footprint's input from a JSON document or a filled-in workbook. @throws Refusal E_FILE, E_FOOTPRINT_INPUT, TL_SHEET_… */
export async function readFootprintInput(path: string): Promise<FootprintInput> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new Refusal(`cannot be read: ${error.message}`, {
      code: 'E_FILE',
      place: path,
      remedy: 'a JSON document or a workbook (XLSX)',
    });
  });
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  return isZip ? readFootprintWorkbook(path) : parseFootprintInput(bytes.toString('utf8'), path);
}

/** @throws Refusal `E_FOOTPRINT_INPUT` with every place that is wrong */
function parseFootprintInput(text: string, place: string): FootprintInput {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Refusal(`not readable as JSON: ${(error as Error).message}`, {
      code: 'E_FOOTPRINT_INPUT',
      place,
      remedy: 'one JSON document tanliu.footprint-input/1',
    });
  }
  const parsed = footprintInput.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new Refusal(`the document is not a footprint input:\n${z.prettifyError(parsed.error)}`, {
    code: 'E_FOOTPRINT_INPUT',
    place,
    remedy: 'a document tanliu.footprint-input/1',
  });
}

/**
 * @param reference `name` or `name@version` of the background
 * @throws Refusal of the store, the solver and the footprint
 */
export async function footprintFromStore(
  home: string,
  reference: string,
  input: FootprintInput,
  method: { readonly mapFile?: string; readonly uncertainty?: UncertaintyRequest } = {},
): Promise<FootprintResult> {
  const version = await versionFor(home, reference, input, method);
  const result = computeFootprint(input, catalogueOf(version));
  if (!method.uncertainty) return footprintResult.parse(result);
  const uncertainty = await footprintUncertainty(home, version, input, method.uncertainty);
  return footprintResult.parse({ ...result, uncertainty });
}

/** The footprint, and the background rows that it used: together with the input enough to compute it again. */
export async function footprintWithProducts(
  home: string,
  reference: string,
  input: FootprintInput,
  method: { readonly mapFile?: string } = {},
): Promise<{ footprint: FootprintResult; products: BackgroundProducts }> {
  const catalogue = catalogueOf(await versionFor(home, reference, input, method));
  return {
    footprint: footprintResult.parse(computeFootprint(input, catalogue)),
    products: backgroundProducts.parse(extractProducts(input, catalogue)),
  };
}

/** Two versions of a product, each against its background. @throws Refusal of the store and of the footprints */
export async function compareFromStore(
  home: string,
  before: { readonly input: FootprintInput; readonly background: string },
  after: { readonly input: FootprintInput; readonly background: string },
  method: { readonly mapFile?: string } = {},
): Promise<FootprintComparison> {
  const side = async ({ input, background }: typeof before): Promise<ComparedVersion> => ({
    input,
    background: catalogueOf(await versionFor(home, background, input, method)),
  });
  return footprintComparison.parse(compareFootprints(await side(before), await side(after)));
}

function versionFor(
  home: string,
  reference: string,
  { gwpSet }: FootprintInput,
  { mapFile }: { readonly mapFile?: string },
): Promise<ScoredVersion> {
  return scoreStoredBackground(home, reference, {
    ...(mapFile !== undefined && { mapFile }),
    ...(gwpSet !== undefined && { gwpSet }),
  });
}
