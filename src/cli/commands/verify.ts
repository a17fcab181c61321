/** `tanliu verify FILE`: checks a bundle offline, one line a check; 0 only where none fails. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { didDocument } from '../../../schemas/documents/credential.ts';
import { Refusal } from '../../../schemas/refusal.ts';
import { action, EXIT, printJson, say, UsageError } from '../run.ts';

const MARK = { holds: '✓', fails: '✗', 'not checked': '–' } as const;

export function register(program: Command): void {
  program
    .command('verify')
    .argument('<file>', 'bundle (zip) of a certificate or statement')
    .option('--did <file>', "the issuer's DID document, fetched by yourself: pins its keys")
    .option('--log-key <text>', "the log's verifier key, name+hash+key: pins it")
    .option('--at <instant>', 'judge validity at this instant instead of now')
    .option('--json', 'the checks as one JSON document')
    .description('checks signature, status, log inclusion, evidence and figures offline 离线验证')
    .action(action(verify));
}

interface VerifyFlags {
  readonly did?: string;
  readonly logKey?: string;
  readonly at?: string;
  readonly json?: true;
}

async function verify(file: string, flags: VerifyFlags): Promise<void> {
  const { unpackBundle } = await import('../../certificates/credentials/bundle.ts');
  const { verifyBundle } = await import('../../certificates/credentials/verify.ts');
  const { recomputeFootprintEvidence, recomputeStatementEvidence } = await import(
    '../../activities/recomputeEvidence.ts'
  );
  const checks = await verifyBundle(unpackBundle(await bytesOf(file), file), {
    name: file,
    at: instant(flags.at),
    ...(flags.did !== undefined && { did: await pinnedDid(flags.did) }),
    ...(flags.logKey !== undefined && { logVerifier: flags.logKey }),
    recomputations: [recomputeFootprintEvidence, recomputeStatementEvidence],
  });
  const valid = checks.every(({ outcome }) => outcome !== 'fails');
  const lines = checks.map(({ check, outcome, detail }) => `${MARK[outcome]} ${check}: ${detail}`);
  if (flags.json) {
    say(...lines);
    printJson({ valid, checks });
  } else process.stdout.write(`${lines.join('\n')}\n`);
  if (!valid) process.exitCode = EXIT.refused;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: Error) => {
    throw new Refusal(`cannot be read: ${error.message}`, {
      code: 'E_FILE',
      place: file,
      remedy: 'a bundle (zip)',
    });
  });
}

async function pinnedDid(file: string) {
  const parsed = didDocument.safeParse(JSON.parse(Buffer.from(await bytesOf(file)).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new Refusal('not a DID document', {
    code: 'E_DID',
    place: file,
    remedy: 'the did.json that the issuer publishes',
  });
}

function instant(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || !/(Z|[+-]\d\d:\d\d)$/.test(text)) {
    throw new UsageError(`--at ${text} is no instant; would be right: 2026-03-01T00:00:00+08:00`);
  }
  return at;
}
