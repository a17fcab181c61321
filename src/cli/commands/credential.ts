/** `tanliu credential …`: statements and footprints as signed credentials, and their revocation. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../../../schemas/refusal.ts';
import { action, printJson, say, UsageError } from '../run.ts';

export function register(program: Command): void {
  const credential = program
    .command('credential')
    .description('signed statements that others verify offline 可验证凭证');
  credential
    .command('issue')
    .argument('<file>', 'a settlement statement, or a footprint input (tanliu.footprint-input/1), JSON')
    .requiredOption('--out <file>', 'the bundle to write (zip)')
    .option('--background <name>', 'for a footprint: background version, name or name@version')
    .option('--map <file>', 'for a footprint: CSV that names species and class of elementary flows')
    .option('--prepared-by <person>', 'for a footprint: who made it')
    .option('--reviewed-by <person>', 'for a footprint: who reviewed it, another person')
    .option('--verification <file>', "for a footprint: a verification body's statement about it, JSON")
    .option('--verification-file <file>', 'the document that the body signed')
    .option('--font <file>', 'for a footprint: font with Chinese characters, FILE or FILE.ttc#FACE')
    .option('--supersedes <id>', 'credential that this one replaces; it is revoked')
    .description('issues a credential into a bundle with its evidence')
    .action(action(issue));
  credential
    .command('revoke')
    .argument('<id>', 'urn:uuid:…')
    .requiredOption('--reason <text>', 'why')
    .option('--out <file>', 'writes the signed status list')
    .description('revokes a credential of this issuer')
    .action(action(revoke));
  credential
    .command('did')
    .description("prints the issuer's DID document, to be published under its domain")
    .action(action(did));
}

interface IssueOptions {
  readonly out: string;
  readonly background?: string;
  readonly map?: string;
  readonly supersedes?: string;
  readonly preparedBy?: string;
  readonly reviewedBy?: string;
  readonly verification?: string;
  readonly verificationFile?: string;
  readonly font?: string;
}

async function issue(file: string, options: IssueOptions): Promise<void> {
  const bytes = await bytesOf(file);
  const issued = isFootprint(bytes)
    ? await issueProduct(file, options)
    : await issueStatement(bytes.toString('utf8'), file, options);
  await writeFile(options.out, issued.bundle);
  say(`${issued.type} ${issued.id}`, `  ${options.out}: check it with tanliu verify`);
  const { id, type, validUntil, logIndex } = issued;
  printJson({ id, type, file: options.out, validUntil, logIndex });
}

async function bytesOf(file: string): Promise<Buffer> {
  return readFile(file).catch((error: Error) => {
    throw new Refusal(`cannot be read: ${error.message}`, {
      code: 'E_FILE',
      place: file,
      remedy: 'a readable file',
    });
  });
}

/** A workbook, or a document that says so. */
function isFootprint(bytes: Buffer): boolean {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return true;
  return /"schema"\s*:\s*"tanliu\.footprint-input\/1"/.test(bytes.toString('utf8'));
}

async function issueProduct(file: string, options: IssueOptions) {
  const { readFootprintInput, footprintWithProducts } = await import('../../activities/computeFootprint.ts');
  const { issueFootprint } = await import('../../activities/issueFootprint.ts');
  const { loadConfig } = await import('../../runtime/config.ts');
  const { background, map, supersedes, preparedBy, reviewedBy, font } = options;
  if (background === undefined) throw new UsageError('--background is needed for a footprint');
  const input = await readFootprintInput(file);
  const method = map === undefined ? {} : { mapFile: map };
  const computed = await footprintWithProducts(loadConfig().home, background, input, method);
  const verification = await verificationOf(options);
  const issued = await issueFootprint(
    await issuerPlace(),
    { input, ...computed },
    {
      now: new Date(),
      ...(supersedes !== undefined && { supersedes: supersedes.replace(/^urn:uuid:/, '') }),
      ...(preparedBy !== undefined && { preparedBy }),
      ...(reviewedBy !== undefined && { reviewedBy }),
      ...(font !== undefined && { font }),
      ...(verification && { verification }),
    },
  );
  return { ...issued, id: `urn:uuid:${issued.id}`, type: 'ProductFootprintStatement' };
}

async function verificationOf({ verification, verificationFile }: IssueOptions) {
  if (verification === undefined && verificationFile === undefined) return undefined;
  if (verification === undefined || verificationFile === undefined)
    throw new UsageError('--verification and --verification-file belong together');
  const { readVerification } = await import('../../activities/readVerification.ts');
  return readVerification(await bytesOf(verification), verification, {
    name: basename(verificationFile),
    bytes: await bytesOf(verificationFile),
  });
}

async function issueStatement(text: string, file: string, options: IssueOptions) {
  const { issueCredential } = await import('../../activities/issueCredential.ts');
  const { evidence, claim } = await statementEvidence(text, file);
  const { id, credential, bundle } = await issueCredential(await issuerPlace(), evidence, claim, {
    now: new Date(),
    ...(options.supersedes !== undefined && { supersedes: options.supersedes }),
  });
  const { validUntil, logProof, type } = credential;
  return { id, bundle, validUntil, logIndex: logProof?.index, type: type[1] };
}

async function statementEvidence(text: string, file: string) {
  const { parseStatement } = await import('../../activities/readStatement.ts');
  const { greenUseClaim } = await import('../../certificates/credentials/attestations.ts');
  const { EVIDENCE } = await import('../../activities/recomputeEvidence.ts');
  const statement = parseStatement(text, file);
  return {
    evidence: [{ name: EVIDENCE.statement, bytes: Buffer.from(text) }],
    claim: greenUseClaim.bind(undefined, statement),
  };
}

async function revoke(id: string, options: { reason: string; out?: string }): Promise<void> {
  const { revokeCredential } = await import('../../activities/issueCredential.ts');
  const list = await revokeCredential(await issuerPlace(), id, options.reason, new Date());
  if (options.out !== undefined) await writeFile(options.out, list);
  say(`${id} is revoked: publish the new status list${options.out ? ` (${options.out})` : ''}`);
}

async function did(): Promise<void> {
  const { openIdentity } = await import('../../store/issuerIdentity.ts');
  const { didWebUrl } = await import('../../certificates/credentials/sign.ts');
  const place = await issuerPlace();
  const identity = await openIdentity(place.folder, place, new Date());
  say(`to be published at ${didWebUrl(identity.did)}`);
  printJson(identity.document);
}

async function issuerPlace() {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { join } = await import('node:path');
  const { home, issuer } = loadConfig();
  if (issuer.domain === undefined) {
    throw new UsageError(
      'TANLIU_ISSUER_DOMAIN is needed: the domain in whose name credentials are issued, e.g. tanliu.example.org',
    );
  }
  return { folder: join(home, 'identity'), domain: issuer.domain, name: issuer.name ?? issuer.domain };
}
