/** The configuration in force: the environment checked as a whole, every fault reported at once. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import {
  defaultOf,
  type Env,
  noteOf,
  type VariableName,
  variableNames,
  variables,
} from './configVariables.ts';
import type { Party } from './connectionAdvice.ts';
import { Fault } from './errors.ts';
import { readTls, type Tls } from './pemFiles.ts';

export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly tls?: Tls;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

export interface TemporalConnection {
  readonly address: string;
  readonly namespace: string;
  readonly tls?: Tls;
  readonly apiKey?: string;
}

export interface ClickHouseConnection {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly cluster?: string;
  readonly tls?: Tls;
}

/** The HJ 212 gateway; times in seconds. */
export interface Hj212Settings {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  readonly maxPerAddress: number;
  readonly readTimeoutS: number;
  readonly idleTimeoutS: number;
  readonly splitTimeoutS: number;
  readonly futureToleranceS: number;
}

/** The PACT exchange of footprints. */
export interface ExchangeSettings {
  readonly host: string;
  readonly port: number;
  readonly url?: string;
  readonly partnersFile?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly tokenLifeS: number;
}

/** `kafka`, `temporal` and `clickhouse` are there only where an address is given; else the local ones are used. */
export interface Config {
  readonly home: string;
  readonly cacheDir: string;
  readonly log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' };
  readonly consumerGroup: string;
  readonly topics: {
    readonly prefix: string;
    readonly partitions: number;
    /** Undefined: the cluster's own default. */
    readonly replicas: number | undefined;
    /** Milliseconds; -1 for ever. */
    readonly retentionMs: number;
  };
  readonly localKafkaHeapMib: number;
  /** Absent: no gateway. */
  readonly hj212?: Hj212Settings;
  /** Sources of grid readings that count first, in this order. */
  readonly gridSources?: readonly string[];
  /** Absent: no exchange. */
  readonly exchange?: ExchangeSettings;
  readonly issuer: { readonly domain?: string; readonly name?: string };
  readonly api: {
    readonly host: string;
    readonly port: number;
    /** Empty: everybody on loopback. */
    readonly tokens: readonly string[];
    readonly requestsPerMinute: number;
  };
  readonly kafka?: KafkaConnection;
  readonly temporal?: TemporalConnection;
  readonly clickhouse?: ClickHouseConnection;
}

/** One line of `tanliu config`. */
export interface ConfigLine {
  readonly name: string;
  readonly meaning: string;
  /** The value in force; a secret is only said to be set; null where there is none. */
  readonly value: string | null;
  readonly default: string | null;
  readonly source: 'environment' | 'file' | 'default' | 'unset';
}

type Raw = Partial<Record<VariableName, string>>;
type Parsed = z.infer<typeof variables>;

const SECRETS = [
  'KAFKA_SASL_PASSWORD',
  'TEMPORAL_API_KEY',
  'CLICKHOUSE_PASSWORD',
  'TANLIU_API_TOKENS',
] as const;
const PARTIES = ['KAFKA', 'TEMPORAL', 'CLICKHOUSE'] as const satisfies readonly Party[];
/** Those that present a certificate of their own. */
const CERTIFIED = [...PARTIES, 'PACT'] as const;

/**
 * The configuration that the environment says.
 * @throws Fault TL_CONFIG with one line for each variable that is wrong and what would be right.
 */
export function loadConfig(env: Env = process.env): Config {
  const faults: string[] = [];
  const raw = rawVariables(env);
  const read = (name: VariableName) => readVariableFile(raw, name, faults);
  resolveSecrets(raw, read, faults);
  const tls: Record<string, Tls> = Object.fromEntries(
    PARTIES.map((party) => [party, readTls(party, read, faults)]),
  );
  const [cert, key] = [read('PACT_CERT_FILE'), read('PACT_KEY_FILE')];
  tls.PACT = { ...(cert && { cert }), ...(key && { key }) };
  const parsed = variables.safeParse(withDefaults(raw, env));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(wrong(raw, issue.path[0] as VariableName));
  }
  faults.push(...checkTogether(raw));
  if (!parsed.success || faults.length > 0) {
    throw new Fault(
      'TL_CONFIG',
      `the environment is not usable:\n${[...new Set(faults)].map((line) => `  ${line}`).join('\n')}`,
      {
        remedy: 'tanliu config lists every variable with its meaning',
      },
    );
  }
  return nest(parsed.data, tls);
}

/** Every variable with its meaning, the value in force (secrets masked), its default and where the value is from. */
export function describeConfig(env: Env = process.env): ConfigLine[] {
  const raw = rawVariables(env);
  return variableNames.map((name) => {
    const { meaning, secret } = noteOf(name);
    const fallback = defaultIn(name, env) ?? null;
    const fromFile = secret && raw[`${name}_FILE` as VariableName] !== undefined;
    const set = raw[name] !== undefined;
    const source = set ? 'environment' : fromFile ? 'file' : fallback !== null ? 'default' : 'unset';
    const value = secret && (set || fromFile) ? '(set, not shown)' : (withoutLogin(raw[name]) ?? fallback);
    return { name, meaning, value, default: fallback, source };
  });
}

/** Our variables as they stand in the environment; an empty one counts as not set, as compose files write it. */
function rawVariables(env: Env): Raw {
  return Object.fromEntries(variableNames.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function withDefaults(raw: Raw, env: Env): Raw {
  return Object.fromEntries(
    variableNames.flatMap((name) => {
      const value = raw[name] ?? defaultIn(name, env);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Members of one consumer group must read the same topics: another prefix of topics is another group by default. */
function defaultIn(name: VariableName, env: Env): string | undefined {
  const value = defaultOf(name, env);
  return name === 'TANLIU_CONSUMER_GROUP' ? `${env.KAFKA_TOPIC_PREFIX ?? ''}${value}` : value;
}

/** A URL may have been given with user and password in it: they are not shown. */
function withoutLogin(value: string | undefined): string | undefined {
  return value?.replace(/:\/\/[^/?#]*@/, '://…@');
}

function wrong(raw: Raw, name: VariableName): string {
  const shown = noteOf(name).secret ? 'not usable' : JSON.stringify(withoutLogin(raw[name]));
  return `${name} is ${shown}; would be right: ${noteOf(name).right}`;
}

function resolveSecrets(raw: Raw, read: (name: VariableName) => string | undefined, faults: string[]): void {
  for (const name of SECRETS) {
    const fileName = `${name}_FILE` as const;
    if (raw[fileName] === undefined) continue;
    if (raw[name] !== undefined) {
      faults.push(`${name} and ${fileName} are both set; would be right: one of them`);
      continue;
    }
    const secret = read(fileName)?.replace(/\r?\n$/, '');
    if (secret === '')
      faults.push(`${fileName}: ${raw[fileName]} is empty; would be right: a file that holds ${name}`);
    if (secret) raw[name] = secret;
  }
}

function readVariableFile(raw: Raw, name: VariableName, faults: string[]): string | undefined {
  const path = raw[name];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    faults.push(`${name}: ${path} cannot be read (${code}); would be right: the path of a readable file`);
    return undefined;
  }
}

/** What must hold between variables, checked on what is set so that it is said along with the faults of single ones. */
function checkTogether(raw: Raw): string[] {
  const faults: string[] = [];
  for (const party of CERTIFIED) {
    const [cert, key] = [`${party}_CERT_FILE`, `${party}_KEY_FILE`] as const;
    if (raw[cert] && !raw[key]) faults.push(`${key} is not set; would be right: the key of ${cert}`);
    if (raw[key] && !raw[cert]) faults.push(`${cert} is not set; would be right: the certificate of ${key}`);
  }
  faults.push(...checkAddresses(raw));
  for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const) {
    const given = raw[name] ?? (name === 'KAFKA_SASL_PASSWORD' ? raw.KAFKA_SASL_PASSWORD_FILE : undefined);
    if (raw.KAFKA_SASL_MECHANISM && !given) {
      faults.push(`${name} is not set; would be right: a text, since KAFKA_SASL_MECHANISM is set`);
    }
    if (!raw.KAFKA_SASL_MECHANISM && given) {
      faults.push(
        `KAFKA_SASL_MECHANISM is not set; would be right: ${noteOf('KAFKA_SASL_MECHANISM').right}, since ${name} is set`,
      );
    }
  }
  for (const [party, switchName] of [
    ['KAFKA', 'KAFKA_SSL'],
    ['TEMPORAL', 'TEMPORAL_TLS'],
  ] as const) {
    const file = ([`${party}_CA_FILE`, `${party}_CERT_FILE`] as const).find((name) => raw[name]);
    const off = raw[switchName] && /^(false|0|no)$/.test(raw[switchName]);
    if (off && file)
      faults.push(
        `${switchName} is off but ${file} is set; would be right: ${switchName}=true, or no ${file}`,
      );
  }
  const host = raw.TANLIU_API_HOST;
  if (host !== undefined && !isLoopback(host) && !raw.TANLIU_API_TOKENS)
    faults.push(
      `TANLIU_API_TOKENS is not set; would be right: tokens, since TANLIU_API_HOST=${host} lets other machines ask`,
    );
  return faults;
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

/** How a server is to be reached says nothing where the server is not given, and TLS not where its URL has none. */
function checkAddresses(raw: Raw): string[] {
  const faults: string[] = [];
  for (const [address, names] of [
    ['KAFKA_BROKERS', ['KAFKA_CA_FILE', 'KAFKA_CERT_FILE', 'KAFKA_SASL_MECHANISM']],
    ['TEMPORAL_ADDRESS', ['TEMPORAL_CA_FILE', 'TEMPORAL_CERT_FILE']],
    ['CLICKHOUSE_URL', ['CLICKHOUSE_CA_FILE', 'CLICKHOUSE_CERT_FILE']],
  ] as const) {
    const given = names.find((name) => raw[name]);
    if (given && !raw[address])
      faults.push(`${address} is not set; would be right: ${noteOf(address).right}, since ${given} is set`);
  }
  const file = (['CLICKHOUSE_CA_FILE', 'CLICKHOUSE_CERT_FILE'] as const).find((name) => raw[name]);
  if (file && raw.CLICKHOUSE_URL?.startsWith('http:'))
    faults.push(
      `CLICKHOUSE_URL is ${JSON.stringify(withoutLogin(raw.CLICKHOUSE_URL))}; would be right: https://, since ${file} is set`,
    );
  return faults;
}

/** The flat variables as nested, frozen sections. Variables with a default are always there. */
function nest(flat: Parsed, tls: Record<string, Tls>): Config {
  const tlsOf = (party: string, on: boolean | undefined) => {
    const files = tls[party] ?? {};
    return on || Object.keys(files).length > 0 ? { tls: files } : {};
  };
  const config: Config = {
    home: resolve(flat.TANLIU_HOME!),
    cacheDir: resolve(flat.TANLIU_CACHE!),
    log: { level: flat.LOG_LEVEL! },
    consumerGroup: flat.TANLIU_CONSUMER_GROUP!,
    topics: {
      prefix: flat.KAFKA_TOPIC_PREFIX!,
      partitions: flat.KAFKA_PARTITIONS!,
      replicas: flat.KAFKA_REPLICAS,
      retentionMs: flat.KAFKA_RETENTION_MS!,
    },
    localKafkaHeapMib: flat.TANLIU_KAFKA_HEAP_MIB!,
    ...(flat.HJ212_LISTEN && { hj212: hj212Of(flat, flat.HJ212_LISTEN) }),
    ...(flat.PACT_LISTEN && { exchange: exchangeOf(flat, flat.PACT_LISTEN, tls.PACT ?? {}) }),
    ...(flat.TANLIU_GRID_SOURCES && { gridSources: flat.TANLIU_GRID_SOURCES }),
    issuer: {
      ...(flat.TANLIU_ISSUER_DOMAIN && { domain: flat.TANLIU_ISSUER_DOMAIN }),
      ...(flat.TANLIU_ISSUER_NAME && { name: flat.TANLIU_ISSUER_NAME }),
    },
    api: {
      host: flat.TANLIU_API_HOST!,
      port: flat.TANLIU_API_PORT!,
      tokens: flat.TANLIU_API_TOKENS ?? [],
      requestsPerMinute: flat.TANLIU_API_RATE!,
    },
    ...(flat.KAFKA_BROKERS && {
      kafka: { brokers: flat.KAFKA_BROKERS, ...tlsOf('KAFKA', flat.KAFKA_SSL), ...saslOf(flat) },
    }),
    ...(flat.TEMPORAL_ADDRESS && {
      temporal: {
        address: flat.TEMPORAL_ADDRESS,
        namespace: flat.TEMPORAL_NAMESPACE!,
        ...tlsOf('TEMPORAL', flat.TEMPORAL_TLS ?? flat.TEMPORAL_API_KEY !== undefined),
        ...(flat.TEMPORAL_API_KEY && { apiKey: flat.TEMPORAL_API_KEY }),
      },
    }),
    ...(flat.CLICKHOUSE_URL && {
      clickhouse: {
        url: flat.CLICKHOUSE_URL,
        username: flat.CLICKHOUSE_USERNAME!,
        password: flat.CLICKHOUSE_PASSWORD ?? '',
        database: flat.CLICKHOUSE_DATABASE!,
        ...(flat.CLICKHOUSE_CLUSTER && { cluster: flat.CLICKHOUSE_CLUSTER }),
        ...tlsOf('CLICKHOUSE', false),
      },
    }),
  };
  return deepFreeze(config);
}

function listenAt(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(at + 1)) };
}

function exchangeOf(flat: Parsed, listen: string, { cert, key }: Tls): ExchangeSettings {
  return {
    ...listenAt(listen),
    ...(flat.PACT_URL && { url: flat.PACT_URL.replace(/\/+$/, '') }),
    ...(flat.PACT_PARTNERS_FILE && { partnersFile: resolve(flat.PACT_PARTNERS_FILE) }),
    ...(cert && key && { certificate: { cert, key } }),
    tokenLifeS: flat.PACT_TOKEN_S!,
  };
}

function hj212Of(flat: Parsed, listen: string): Hj212Settings {
  return {
    ...listenAt(listen),
    maxConnections: flat.HJ212_MAX_CONNECTIONS!,
    maxPerAddress: flat.HJ212_MAX_PER_ADDRESS!,
    readTimeoutS: flat.HJ212_READ_TIMEOUT_S!,
    idleTimeoutS: flat.HJ212_IDLE_TIMEOUT_S!,
    splitTimeoutS: flat.HJ212_SPLIT_TIMEOUT_S!,
    futureToleranceS: flat.HJ212_FUTURE_TOLERANCE_S!,
  };
}

function saslOf(flat: Parsed): Pick<KafkaConnection, 'sasl'> {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = flat;
  const password = flat.KAFKA_SASL_PASSWORD;
  return mechanism && username && password ? { sasl: { mechanism, username, password } } : {};
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part && typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}
