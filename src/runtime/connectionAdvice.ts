/** What would be right when a server cannot be reached or refuses us, by variable; the same for all three servers. */

export type Party = 'KAFKA' | 'TEMPORAL' | 'CLICKHOUSE';

const ADDRESS: Readonly<Record<Party, string>> = {
  KAFKA: 'KAFKA_BROKERS',
  TEMPORAL: 'TEMPORAL_ADDRESS',
  CLICKHOUSE: 'CLICKHOUSE_URL',
};

/** How TLS is turned on for a party, beside the files. */
const TLS_ON: Readonly<Record<Party, string>> = {
  KAFKA: 'KAFKA_SSL=true',
  TEMPORAL: 'TEMPORAL_TLS=true',
  CLICKHOUSE: 'https:// in CLICKHOUSE_URL',
};

type Kind = 'authority' | 'name' | 'expired' | 'client certificate' | 'not TLS' | 'closed' | 'unreachable';

/** In this order: by OpenSSL's and Node's codes and words, which also stand in the messages of what wraps them. */
const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ['name', /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames|NotValidForName/],
  ['expired', /CERT_HAS_EXPIRED|certificate has expired|CERT_NOT_YET_VALID/],
  [
    'authority',
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|unable to verify the first certificate|self-signed certificate|unable to get (local )?issuer|certificate signature failure|UnknownIssuer/i,
  ],
  [
    'client certificate',
    /alert (bad certificate|certificate|unknown ca|handshake failure|access denied)|TLSV13_ALERT_CERTIFICATE_REQUIRED|ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)|CertificateRequired/i,
  ],
  [
    'not TLS',
    /WRONG_VERSION_NUMBER|wrong version number|packet length too long|before secure TLS connection was established|InvalidContentType/i,
  ],
  ['unreachable', /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|Connection timeout/],
  [
    'closed',
    /Closed connection|Connection closed|socket hang up|ECONNRESET|EPIPE|Connection dropped|ENHANCE_YOUR_CALM/,
  ],
];

/** Whether TLS itself was refused, by either side: another attempt with the same files will not help. */
export function isTlsRefusal(error: unknown): boolean {
  const kind = kindOf(error);
  return kind === 'authority' || kind === 'name' || kind === 'expired' || kind === 'client certificate';
}

/** The advice for an error of a connection, or `undefined` where the error is about something else. */
export function connectionAdvice(party: Party, error: unknown): string | undefined {
  const kind = kindOf(error);
  switch (kind) {
    case 'authority':
      return `${party}_CA_FILE: would be right: the PEM file of the authority that signed the server's certificate`;
    case 'name':
      return `${ADDRESS[party]}: would be right: the server's name as it stands in its certificate`;
    case 'expired':
      return `the server's certificate is out of date, or this machine's clock is wrong; would be right: a new certificate on the server`;
    case 'client certificate':
      return `the server asks for a client certificate or refuses the one it got; ${party}_CERT_FILE and ${party}_KEY_FILE: would be right: a certificate from an authority that the server knows, in date, and its key`;
    case 'not TLS':
      return `the server does not speak TLS there; would be right: its TLS port in ${ADDRESS[party]}, or no TLS (${TLS_ON[party]}, ${party}_CA_FILE, ${party}_CERT_FILE)`;
    case 'closed':
      return `the server closes the connection; it may ask for TLS (${TLS_ON[party]}, ${party}_CA_FILE), a client certificate (${party}_CERT_FILE, ${party}_KEY_FILE)${party === 'KAFKA' ? ' or a login (KAFKA_SASL_MECHANISM)' : ''}`;
    case 'unreachable':
      return `${ADDRESS[party]}: would be right: the address of a server that runs and can be reached from here`;
    default:
      return undefined;
  }
}

/** By the code and message of the error or of what caused it. */
function kindOf(error: unknown): Kind | undefined {
  const words: string[] = [];
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth++)
    words.push(`${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}`);
  const text = words.join('\n');
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0];
}
