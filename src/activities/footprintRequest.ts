/** Activities of a footprint request: compute, issue, publish. Documents stay in the store; the workflow knows references. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type {
  computeRequestedArguments,
  footprintEventArguments,
  IssuedRequest,
  issueRequestedArguments,
  RequestedFootprint,
} from '../../schemas/control.ts';
import { backgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import { footprintInput } from '../../schemas/documents/footprintInput.ts';
import { footprintResult } from '../../schemas/documents/footprintResult.ts';
import { footprintStatement } from '../../schemas/documents/footprintStatement.ts';
import { issueFaults } from '../footprint/issuable.ts';
import type { Store } from '../store/port.ts';
import { findRecord, keepRecord, recordOf } from './footprintRecords.ts';
import type { EvidenceFile, IssuerPlace } from './issueCredential.ts';
import { issueFootprint } from './issueFootprint.ts';
import { productFootprint } from './productFootprint.ts';
import { readVerification } from './readVerification.ts';

/** Collects the activity, computes, and says what stands against issuing. */
export async function computeRequested(
  store: Store,
  home: string,
  { request, question }: z.infer<typeof computeRequestedArguments>,
  clock: () => Date,
): Promise<RequestedFootprint> {
  const done = await productFootprint(store, home, question, clock);
  const { computation, version, origin, document, input, products } = done;
  const keep = (kind: 'input' | 'products' | 'result', value: unknown) =>
    keepRecord(store, { request, kind, id: computation, document: JSON.stringify(value) }, clock());
  await keep('input', input);
  await keep('products', products);
  await keep('result', document);
  return {
    computation,
    version,
    totalKgCo2e: document.perDeclaredUnit.totalKgCo2e,
    origin,
    faults: issueFaults(document).map(({ code, wrong }) => ({ code, wrong })),
  };
}

/** Statement, PDFs, credential and bundle. A statement that exists already is given again. */
export async function issueRequested(
  store: Store,
  place: IssuerPlace,
  args: z.infer<typeof issueRequestedArguments>,
): Promise<IssuedRequest> {
  const { request, computation, statement: id, revision, supersedes, preparedBy, reviewedBy } = args;
  const at = new Date(args.issuedAt);
  const existing = await findRecord(store, request, 'bundle', id);
  if (existing !== undefined)
    return issuedOf(await recordOf(store, request, 'statement', id), Buffer.from(existing, 'base64'));
  const read = async (kind: 'input' | 'products' | 'result') =>
    JSON.parse(await recordOf(store, request, kind, computation)) as unknown;
  const verification =
    args.verification === undefined
      ? undefined
      : verificationOf(await recordOf(store, request, 'verification', args.verification));
  const { statement, bundle } = await issueFootprint(
    place,
    {
      input: footprintInput.parse(await read('input')),
      footprint: footprintResult.parse(await read('result')),
      products: backgroundProducts.parse(await read('products')),
    },
    {
      now: at,
      id,
      revision,
      computation,
      preparedBy,
      reviewedBy,
      ...(supersedes !== undefined && { supersedes }),
      ...(verification && { verification }),
    },
  );
  const document = JSON.stringify(statement);
  await keepRecord(store, { request, kind: 'statement', id, document }, at);
  await keepRecord(
    store,
    { request, kind: 'bundle', id, document: Buffer.from(bundle).toString('base64') },
    at,
  );
  return issuedOf(document, bundle);
}

function issuedOf(document: string, bundle: Uint8Array): IssuedRequest {
  const { id, revision, kind, validUntil, footprint } = footprintStatement.parse(JSON.parse(document));
  return {
    statement: id,
    revision,
    kind,
    totalKgCo2e: footprint.perDeclaredUnit.totalKgCo2e,
    validUntil,
    bundleSha256: createHash('sha256').update(bundle).digest('hex'),
  };
}

export function recordFootprintEvent(
  store: Store,
  { request, statement, event, person, detail }: z.infer<typeof footprintEventArguments>,
  clock: () => Date,
): Promise<string> {
  const document = JSON.stringify({ event, person, detail });
  return keepRecord(store, { request, kind: 'event', id: statement, document }, clock());
}

/** Keeps a body's statement with the file that it signed; the workflow is told its name. */
export async function keepVerification(
  store: Store,
  request: string,
  attested: { readonly statement: Buffer; readonly file: EvidenceFile },
  at: Date,
): Promise<string> {
  readVerification(attested.statement, 'verification', attested.file);
  const document = JSON.stringify({
    statement: attested.statement.toString('utf8'),
    name: attested.file.name,
    file: Buffer.from(attested.file.bytes).toString('base64'),
  });
  const id = createHash('sha256').update(document).digest('hex');
  await keepRecord(store, { request, kind: 'verification', id, document }, at);
  return id;
}

function verificationOf(document: string) {
  const { statement, name, file } = JSON.parse(document) as { statement: string; name: string; file: string };
  return readVerification(Buffer.from(statement), 'verification', {
    name,
    bytes: Buffer.from(file, 'base64'),
  });
}
