/** Publishes a computed footprint to partners: checked, given an id, kept for ever; announced to those it is shared with. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type FootprintResult, footprintResult } from '../../schemas/documents/footprintResult.ts';
import { urn } from '../../schemas/documents/pactFields.ts';
import {
  type PublicationDetails,
  type PublishedFootprint,
  publicationDetails,
  publishedFootprint,
} from '../../schemas/documents/publishedFootprint.ts';
import { REGION_NAMES } from '../../schemas/reference/worldRegions.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { toV2 } from '../exchange/pact/v2.ts';
import { toV3 } from '../exchange/pact/v3.ts';
import { refuseUnissuable } from '../footprint/issuable.ts';
import { addTask } from '../store/exchangeTasks.ts';
import type { Store } from '../store/port.ts';
import { companyKey, insertPublication, readPublication } from '../store/publishedFootprints.ts';
import { canonicalSha256 } from './lineage.ts';

const VALID_YEARS = 3;

export interface Publication {
  readonly result: FootprintResult;
  readonly details: PublicationDetails;
  /** URN of the company whose footprint it is. */
  readonly company: string;
  readonly shareWith: readonly string[];
}

/**
 * @returns the document, and the versions of PACT in which partners can read it
 * @throws Refusal of `refuseUnissuable` (`simulated_input`, `example_input`, `cut_off_limit`, …) · `E_PUBLICATION`
 */
export async function publishFootprint(
  store: Store,
  { result, details, company, shareWith }: Publication,
  now: Date,
): Promise<{ published: PublishedFootprint; sha256: string; versions: string[] }> {
  refuseUnfit(result);
  for (const name of [company, ...shareWith]) {
    if (!urn.safeParse(name).success) throw refusal(`${name} is no URN`, 'company', 'a URN of a company');
  }
  const productIds = details.productIds ?? result.product.productIds;
  if (productIds.length === 0)
    throw refusal('the product has no id', 'productIds', 'at least one URN, in the input or the details');
  if (details.geography?.kind === 'region' && !REGION_NAMES.includes(details.geography.value))
    throw refusal(
      `${details.geography.value} is no region`,
      'geography.value',
      `one of ${REGION_NAMES.join(', ')}`,
    );
  const published = publishedFootprint.parse({
    schema: 'tanliu.published-footprint/1',
    id: randomUUID(),
    created: now.toISOString(),
    holder: company,
    validity: validityOf(details, result.referencePeriod.end),
    details,
    footprint: result,
  });
  const versions = formsOf(published);
  await refuseForeignPredecessors(store, published);
  const sha256 = canonicalSha256(published);
  await insertPublication(store, { published, sha256, sharedWith: shareWith, at: now.toISOString() });
  for (const partner of shareWith) {
    await addTask(store, {
      id: randomUUID(),
      kind: 'announce',
      partner: companyKey(partner),
      version: '',
      created: now.toISOString(),
      body: JSON.stringify({ pfIds: [published.id] }),
    });
  }
  return { published, sha256, versions };
}

/** @throws Refusal E_PUBLICATION for a text that is no footprint result or no details */
export function parsePublication(resultText: string, detailsText: string) {
  return {
    result: read(footprintResult, resultText, 'the result', 'what tanliu footprint compute --json prints'),
    details: read(publicationDetails, detailsText, 'the details', 'a document tanliu.publication-details/1'),
  };
}

function read<T>(schema: z.ZodType<T>, text: string, what: string, remedy: string): T {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw refusal(`${what} cannot be read as JSON: ${(error as Error).message}`, what, remedy);
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw refusal(`${what} cannot be published:\n${z.prettifyError(parsed.error)}`, what, remedy);
}

function refuseUnfit(result: FootprintResult): void {
  const { product, contributors } = result;
  if (contributors.some(({ origin }) => origin === 'simulated')) {
    throw new Refusal(`the footprint of ${product.name} rests on simulated quantities`, {
      code: 'simulated_input',
      remedy: 'quantities that were measured or estimated; nothing simulated is ever published',
    });
  }
  refuseUnissuable(result);
}

/** Every form that the document has, made once before it is kept: what cannot be exchanged is refused now. */
function formsOf(published: PublishedFootprint): string[] {
  const state = { status: 'Active' } as const;
  const made = (make: () => object | undefined, name: string): string[] => {
    try {
      return make() ? [name] : [];
    } catch (error) {
      const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      throw refusal(`there is no PACT ${name} of it:\n${message}`, name, 'figures that the field allows');
    }
  };
  const versions = [
    ...made(() => toV3(published, state), '3.0'),
    ...made(() => toV2(published, state), '2.3'),
  ];
  if (versions.length > 0) return versions;
  throw refusal(
    `neither version of PACT has a form for ${published.footprint.declaredUnit.unit} under ${published.footprint.versions.gwpSet}`,
    'versions.gwpSet',
    'a footprint scored by ar6_100',
  );
}

function validityOf(details: PublicationDetails, periodEnd: string) {
  const latest = new Date(periodEnd);
  latest.setUTCFullYear(latest.getUTCFullYear() + VALID_YEARS);
  const validity = details.validity ?? {
    start: new Date(periodEnd).toISOString(),
    end: latest.toISOString(),
  };
  if (Date.parse(validity.start) >= Date.parse(validity.end))
    throw refusal('the validity ends before it starts', 'validity.end', 'an end after the start');
  if (Date.parse(validity.end) > latest.getTime())
    throw refusal(
      `the validity ends more than ${VALID_YEARS} years after the reference period`,
      'validity.end',
      `at most ${latest.toISOString()}`,
    );
  return validity;
}

async function refuseForeignPredecessors(
  store: Store,
  { details, holder }: PublishedFootprint,
): Promise<void> {
  for (const id of details.precedingIds) {
    const before = await readPublication(store, id);
    if (before && companyKey(before.holder) === companyKey(holder)) continue;
    throw refusal(`${id} is no footprint of ${holder}`, 'precedingIds', 'ids that this company published');
  }
}

const refusal = (message: string, place: string, remedy: string) =>
  new Refusal(message, { code: 'E_PUBLICATION', place, remedy });
