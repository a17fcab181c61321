/** Every environment variable that Tanliu reads: one zod schema, each with its meaning and what would be right. */
import { z } from 'zod';
import { defaultCache, defaultHome } from './home.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** What people are told about a variable. */
export interface VariableNote {
  readonly meaning: string;
  /** What a right value looks like; the second half of a fault's message. */
  readonly right: string;
  /** In force when the variable is not set; a function where it depends on the machine. */
  readonly default?: string | ((env: Env) => string);
  readonly secret?: boolean;
}

const notes = z.registry<VariableNote>();

const HOST_PORT = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([1-9]\d{0,4})$/;
const YES = ['true', '1', 'yes'];
const NO = ['false', '0', 'no'];
const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;

function hasPort(text: string): boolean {
  const port = HOST_PORT.exec(text)?.[2];
  return port !== undefined && Number(port) <= 65_535;
}

const text = (note: Omit<VariableNote, 'right'> & { right?: string }) =>
  z
    .string()
    .optional()
    .register(notes, { right: 'a text', ...note });

const file = (meaning: string) =>
  z.string().optional().register(notes, { meaning, right: 'the path of a readable file' });

const flag = (meaning: string) =>
  z
    .enum([...YES, ...NO])
    .transform((value) => YES.includes(value))
    .optional()
    .register(notes, { meaning, right: 'true or false' });

function whole(range: { least: number; most: number; default?: number }, meaning: string) {
  const right = `a whole number from ${range.least} to ${range.most}`;
  return z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number)
    .refine((value) => value >= range.least && value <= range.most)
    .optional()
    .register(notes, {
      meaning,
      right,
      ...(range.default !== undefined && { default: String(range.default) }),
    });
}

const address = (meaning: string) =>
  z.string().refine(hasPort).optional().register(notes, { meaning, right: 'host:port' });

/** The schema of the environment; values are strings as they stand there, an empty one counts as not set. */
export const variables = z.object({
  TANLIU_HOME: text({
    meaning: 'Folder of the local store and the local servers’ data; when set, it also holds the cache',
    right: 'the path of a folder',
    default: (env) => defaultHome(env),
  }),
  TANLIU_CACHE: text({
    meaning: 'Folder of the local servers’ programs; they are fetched again when it is emptied',
    right: 'the path of a folder',
    default: (env) => defaultCache(env),
  }),
  TANLIU_CONSUMER_GROUP: z
    .string()
    .regex(/^[\w.-]{1,200}$/)
    .optional()
    .register(notes, {
      meaning: 'Kafka consumer group of the ingest, which holds its offsets and open intents',
      right: 'letters, digits, dot, dash, underscore; at most 200',
      default: 'tanliu',
    }),
  TANLIU_GRID_SOURCES: z
    .string()
    .transform((list) => list.split(',').map((source) => source.trim()))
    .refine((list) => list.every((source) => source !== '') && new Set(list).size === list.length)
    .optional()
    .register(notes, {
      meaning:
        'Sources of grid readings that count first where several report the same; the others follow by name',
      right: 'names of sources, each once, separated by commas',
    }),
  TANLIU_ISSUER_DOMAIN: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d{1,5})?$/)
    .optional()
    .register(notes, {
      meaning: 'Domain in whose name credentials are issued and the transparency log is kept (did:web)',
      right: 'a domain in lower case, e.g. tanliu.example.org',
    }),
  TANLIU_ISSUER_NAME: text({ meaning: 'Legal name of the issuer, printed on credentials' }),
  TANLIU_KAFKA_HEAP_MIB: whole(
    { least: 256, most: 65_536, default: 512 },
    'Java heap of the local Kafka broker, in MiB',
  ),
  TANLIU_API_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/)
    .optional()
    .register(notes, {
      meaning: 'Address on which the API listens; other than loopback only with tokens',
      right: 'a host name or an IP address',
      default: '127.0.0.1',
    }),
  TANLIU_API_PORT: whole({ least: 0, most: 65_535, default: 8686 }, 'Port of the API; 0 takes a free one'),
  TANLIU_API_TOKENS: z
    .string()
    .transform((list) => list.split(/[\s,]+/).filter(Boolean))
    .refine((list) => list.length > 0 && list.every((token) => token.length >= 16))
    .optional()
    .register(notes, {
      meaning: 'Tokens that may ask the API (header auth-token); on loopback everybody may where none is set',
      right: 'tokens of at least 16 characters, separated by commas or line ends',
      secret: true,
    }),
  TANLIU_API_TOKENS_FILE: file('File that holds TANLIU_API_TOKENS'),
  TANLIU_API_RATE: whole(
    { least: 1, most: 1_000_000, default: 1_200 },
    'Requests a minute that the API answers to one address',
  ),
  TANLIU_DEBUG: flag('Shows the whole stack of a machine fault'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .optional()
    .register(notes, {
      meaning: 'Least level of the log lines on standard error',
      right: 'trace, debug, info, warn, error, fatal or silent',
      default: 'info',
    }),

  HJ212_LISTEN: address('Address of the HJ 212 gateway, e.g. 0.0.0.0:8212; no gateway when not set'),
  HJ212_MAX_CONNECTIONS: whole(
    { least: 1, most: 100_000, default: 5_000 },
    'Most connections of the HJ 212 gateway',
  ),
  HJ212_MAX_PER_ADDRESS: whole(
    { least: 1, most: 100_000, default: 256 },
    'Most connections of one address to the HJ 212 gateway; many stations may stand behind one',
  ),
  HJ212_READ_TIMEOUT_S: whole(
    { least: 1, most: 300, default: 10 },
    'Seconds within which an HJ 212 frame that has begun must be complete',
  ),
  HJ212_IDLE_TIMEOUT_S: whole(
    { least: 30, most: 172_800, default: 7_200 },
    'Seconds of silence after which the HJ 212 gateway closes a connection',
  ),
  HJ212_SPLIT_TIMEOUT_S: whole(
    { least: 1, most: 3_600, default: 60 },
    'Seconds within which all parts of a split HJ 212 message must come',
  ),
  HJ212_FUTURE_TOLERANCE_S: whole(
    { least: 0, most: 86_400, default: 600 },
    'Seconds by which the DataTime of an HJ 212 frame may lie in the future',
  ),

  PACT_LISTEN: address(
    'Address of the PACT exchange of footprints, over TLS alone, e.g. 0.0.0.0:8443; no exchange when not set',
  ),
  PACT_URL: z
    .url({ protocol: /^https$/ })
    .optional()
    .register(notes, {
      meaning:
        'Address by which partners reach the exchange, the source of its events; of PACT_LISTEN when not set',
      right: 'https://host or https://host:port',
    }),
  PACT_PARTNERS_FILE: text({
    meaning: 'File of the partners who exchange footprints with us (docs/exchange.md)',
    right: 'the path of a JSON file',
  }),
  PACT_CERT_FILE: file('PEM file of the exchange’s certificate; one is made and kept when not set'),
  PACT_KEY_FILE: file('PEM file of the key of PACT_CERT_FILE'),
  PACT_TOKEN_S: whole(
    { least: 1, most: 86_400, default: 3_600 },
    'Seconds for which an access token of the exchange is valid',
  ),

  KAFKA_BROKERS: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    // kafkajs takes what stands before the first colon for the host.
    .refine((list) => list.every((broker) => hasPort(broker) && !broker.startsWith('[')))
    .optional()
    .register(notes, {
      meaning: 'Kafka brokers to use; a local one is started when not set',
      right: 'host:port, several separated by commas; a host by its name or IPv4 address',
    }),
  KAFKA_SSL: flag('Speaks TLS to Kafka; on by itself when a KAFKA_…_FILE for TLS is given'),
  KAFKA_CA_FILE: file('PEM file of the authority that signed the brokers’ certificates'),
  KAFKA_CERT_FILE: file('PEM file of the client certificate for Kafka'),
  KAFKA_KEY_FILE: file('PEM file of the client certificate’s key for Kafka'),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional().register(notes, {
    meaning: 'How to log in to Kafka; no login when not set',
    right: 'plain, scram-sha-256 or scram-sha-512',
  }),
  KAFKA_SASL_USERNAME: text({ meaning: 'User for Kafka' }),
  KAFKA_SASL_PASSWORD: text({ meaning: 'Password for Kafka', secret: true }),
  KAFKA_SASL_PASSWORD_FILE: file('File that holds KAFKA_SASL_PASSWORD'),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[\w.-]{0,100}$/)
    .optional()
    .register(notes, {
      meaning: 'Put before every topic’s name, e.g. "prod."',
      right: 'letters, digits, dot, dash, underscore; at most 100',
      default: '',
    }),
  KAFKA_PARTITIONS: whole({ least: 1, most: 10_000, default: 4 }, 'Partitions of a topic that is created'),
  KAFKA_REPLICAS: whole(
    { least: 1, most: 100 },
    'Replicas of a topic that is created; the cluster’s own default when not set',
  ),
  KAFKA_RETENTION_MS: whole(
    { least: -1, most: Number.MAX_SAFE_INTEGER, default: THIRTY_DAYS_MS },
    'How long created topics keep messages, in ms; -1 for ever; longer than the longest recovery',
  ),

  TEMPORAL_ADDRESS: address('Temporal server to use; a local one is started when not set'),
  TEMPORAL_NAMESPACE: text({ meaning: 'Namespace on the given Temporal server', default: 'default' }),
  TEMPORAL_TLS: flag('Speaks TLS to Temporal; on by itself with a TLS file or an API key'),
  TEMPORAL_CA_FILE: file('PEM file of the authority that signed Temporal’s certificate'),
  TEMPORAL_CERT_FILE: file('PEM file of the client certificate for Temporal'),
  TEMPORAL_KEY_FILE: file('PEM file of the client certificate’s key for Temporal'),
  TEMPORAL_API_KEY: text({ meaning: 'API key for Temporal Cloud', secret: true }),
  TEMPORAL_API_KEY_FILE: file('File that holds TEMPORAL_API_KEY'),

  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => {
      const { username, password } = new URL(url);
      return !username && !password;
    })
    .optional()
    .register(notes, {
      meaning: 'ClickHouse to use; a store in process under TANLIU_HOME when not set',
      right: 'http://host:port or https://host:port, user and password in variables of their own',
    }),
  CLICKHOUSE_USERNAME: text({ meaning: 'User for ClickHouse', default: 'default' }),
  CLICKHOUSE_PASSWORD: text({ meaning: 'Password for ClickHouse', secret: true }),
  CLICKHOUSE_PASSWORD_FILE: file('File that holds CLICKHOUSE_PASSWORD'),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/)
    .optional()
    .register(notes, {
      meaning: 'Database in ClickHouse',
      right: 'a letter or underscore, then letters, digits, underscores; at most 64',
      default: 'tanliu',
    }),
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .optional()
    .register(notes, {
      meaning: 'Name of the ClickHouse cluster; one server when not set',
      right: 'letters, digits, dot, dash, underscore; at most 100',
    }),
  CLICKHOUSE_CA_FILE: file('PEM file of the authority that signed ClickHouse’s certificate'),
  CLICKHOUSE_CERT_FILE: file('PEM file of the client certificate for ClickHouse'),
  CLICKHOUSE_KEY_FILE: file('PEM file of the client certificate’s key for ClickHouse'),
});

export type VariableName = keyof typeof variables.shape;
export const variableNames = Object.keys(variables.shape) as VariableName[];

/** What is told about a variable. */
export function noteOf(name: VariableName): VariableNote {
  const note = notes.get(variables.shape[name]);
  if (!note) throw new Error(`no note on ${name}`);
  return note;
}

/** The default in force for a variable, or undefined where there is none. */
export function defaultOf(name: VariableName, env: Env): string | undefined {
  const value = noteOf(name).default;
  return typeof value === 'function' ? value(env) : value;
}
