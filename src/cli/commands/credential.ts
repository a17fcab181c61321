/** `tanliu credential …`: statements and footprints as signed credentials, and their revocation. */
import { readFile, writeFile } from 'node:fs/promises';
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
}

async function issue(file: string, options: IssueOptions): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Refusal(`cannot be read: ${error.message}`, {
      code: 'E_FILE',
      place: file,
      remedy: 'a JSON document',
    });
  });
  const { issueCredential } = await import('../../activities/issueCredential.ts');
  const { evidence, claim } = isFootprintInput(text)
    ? await footprintEvidence(text, file, options)
    : await statementEvidence(text, file);
  const { id, credential, bundle } = await issueCredential(await issuerPlace(), evidence, claim, {
    now: new Date(),
    ...(options.supersedes !== undefined && { supersedes: options.supersedes }),
  });
  await writeFile(options.out, bundle);
  say(`${credential.type[1]} ${id}`, `  ${options.out}: check it with tanliu verify`);
  printJson({
    id,
    type: credential.type[1],
    file: options.out,
    validUntil: credential.validUntil,
    logIndex: credential.logProof?.index,
  });
}

function isFootprintInput(text: string): boolean {
  return /"schema"\s*:\s*"tanliu\.footprint-input\/1"/.test(text);
}

async function footprintEvidence(text: string, file: string, options: IssueOptions) {
  const { parseFootprintInput, footprintWithProducts } = await import('../../activities/computeFootprint.ts');
  const { footprintClaim } = await import('../../certificates/credentials/attestations.ts');
  const { EVIDENCE } = await import('../../activities/recomputeEvidence.ts');
  const { refuseUnissuable } = await import('../../footprint/issuable.ts');
  const { loadConfig } = await import('../../runtime/config.ts');
  if (options.background === undefined) throw new UsageError('--background is needed for a footprint');
  const input = parseFootprintInput(text, file);
  const method = options.map === undefined ? {} : { mapFile: options.map };
  const { footprint, products } = await footprintWithProducts(
    loadConfig().home,
    options.background,
    input,
    method,
  );
  refuseUnissuable(footprint);
  return {
    evidence: [
      { name: EVIDENCE.footprint, bytes: json(footprint) },
      { name: EVIDENCE.footprintInput, bytes: Buffer.from(text) },
      { name: EVIDENCE.backgroundProducts, bytes: json(products) },
    ],
    claim: footprintClaim.bind(undefined, footprint),
  };
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

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);
