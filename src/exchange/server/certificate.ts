/** The certificate of the exchange: given by files, or made once and kept where none is given. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
  /** Whether it was made here: partners then need its PEM file as their authority. */
  readonly selfMade: boolean;
  /** Where the made one stands. */
  readonly path?: string;
}

const VALID_DAYS = 825;
const RENEW_BEFORE_MS = 30 * 86_400_000;

/** A certificate for the given host and this machine; the one that was made before while it holds. */
export async function ownCertificate(folder: string, host: string, now: Date): Promise<ServerCertificate> {
  const path = join(folder, 'certificate.pem');
  const keyPath = join(folder, 'certificate.key');
  const notePath = join(folder, 'certificate.json');
  const note = await readFile(notePath, 'utf8').then(
    (text) => JSON.parse(text) as { host: string; until: string },
    () => undefined,
  );
  if (note?.host === host && Date.parse(note.until) - now.getTime() > RENEW_BEFORE_MS)
    return { cert: await readFile(path, 'utf8'), key: await readFile(keyPath, 'utf8'), selfMade: true, path };
  const until = new Date(now.getTime() + VALID_DAYS * 86_400_000);
  const made = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - 60_000),
    notAfterDate: until,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: altNames(host) },
    ],
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(keyPath, made.private, { mode: 0o600 });
  await writeFile(path, made.cert);
  await writeFile(notePath, JSON.stringify({ host, until: until.toISOString() }));
  return { cert: made.cert, key: made.private, selfMade: true, path };
}

function altNames(host: string) {
  const names = [...new Set([host, 'localhost', '127.0.0.1', '::1'])];
  return names.map((name) =>
    isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
  );
}
