/** Certificates and keys from PEM files, looked at before a server is asked: a wrong file is named, not a failed handshake. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { VariableName } from './configVariables.ts';
import type { Party } from './connectionAdvice.ts';

/** Contents of PEM files; an empty object means TLS with the system's authorities. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The files of one party; what is wrong with them is added to `faults`, each with its variable. */
export function readTls(
  party: Party,
  read: (name: VariableName) => string | undefined,
  faults: string[],
): Tls {
  const [ca, cert, key] = [read(`${party}_CA_FILE`), read(`${party}_CERT_FILE`), read(`${party}_KEY_FILE`)];
  certificateIn(ca, `${party}_CA_FILE`, faults);
  const certificate = certificateIn(cert, `${party}_CERT_FILE`, faults);
  const privateKey = keyIn(key, `${party}_KEY_FILE`, faults);
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey))
    faults.push(
      `${party}_KEY_FILE is not the key of ${party}_CERT_FILE; would be right: the two files that were made together`,
    );
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function certificateIn(
  pem: string | undefined,
  name: VariableName,
  faults: string[],
): X509Certificate | undefined {
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    faults.push(
      `${name} holds no certificate; would be right: a PEM file that begins with -----BEGIN CERTIFICATE-----`,
    );
    return undefined;
  }
}

function keyIn(pem: string | undefined, name: VariableName, faults: string[]): KeyObject | undefined {
  if (pem === undefined) return undefined;
  try {
    return createPrivateKey(pem);
  } catch {
    const encrypted = /ENCRYPTED/.test(pem);
    faults.push(
      encrypted
        ? `${name} is encrypted; would be right: the key without a passphrase (openssl pkey -in KEY -out PLAIN_KEY), readable by this user alone`
        : `${name} holds no private key; would be right: a PEM file that begins with -----BEGIN PRIVATE KEY-----`,
    );
    return undefined;
  }
}
