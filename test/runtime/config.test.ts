import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeConfig, loadConfig } from '../../src/runtime/config.ts';
import { variableNames } from '../../src/runtime/configVariables.ts';
import { Fault } from '../../src/runtime/errors.ts';
import { newAuthority } from '../secured/certificates.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const HOME = { HOME: '/home/someone' };

function faultOf(env: Record<string, string>): Fault {
  try {
    loadConfig({ ...HOME, ...env });
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault');
}

function secretFile(content: string): string {
  const path = join(temporaryFolder('config'), 'secret');
  writeFileSync(path, content);
  return path;
}

describe('configuration', () => {
  test('there is an HJ 212 gateway only where its address is set, IPv6 too', () => {
    expect(loadConfig(HOME).hj212).toBeUndefined();
    expect(loadConfig({ ...HOME, HJ212_LISTEN: '[::1]:8212' }).hj212).toMatchObject({
      host: '::1',
      port: 8212,
      maxPerAddress: 256,
      readTimeoutS: 10,
    });
    expect(faultOf({ HJ212_LISTEN: 'everywhere', HJ212_READ_TIMEOUT_S: '0' }).message).toMatch(
      /HJ212_LISTEN[\s\S]*host:port[\s\S]*HJ212_READ_TIMEOUT_S[\s\S]*from 1 to 300/,
    );
  });

  test('an empty environment means local servers and stated defaults', () => {
    const config = loadConfig(HOME);
    expect(config.kafka).toBeUndefined();
    expect(config.temporal).toBeUndefined();
    expect(config.clickhouse).toBeUndefined();
    expect(config.topics).toEqual({
      prefix: '',
      partitions: 4,
      replicas: undefined,
      retentionMs: 2_592_000_000,
    });
    expect(config.log.level).toBe('info');
  });

  test('the API listens on loopback without tokens, elsewhere only with them', () => {
    expect(loadConfig(HOME).api).toEqual({
      host: '127.0.0.1',
      port: 8686,
      tokens: [],
      requestsPerMinute: 1_200,
    });
    expect(faultOf({ TANLIU_API_HOST: '0.0.0.0' }).message).toContain('TANLIU_API_TOKENS is not set');
    const file = secretFile('a-token-of-sixteen\nanother-of-sixteen-too\n');
    const open = loadConfig({ ...HOME, TANLIU_API_HOST: '0.0.0.0', TANLIU_API_TOKENS_FILE: file });
    expect(open.api.tokens).toEqual(['a-token-of-sixteen', 'another-of-sixteen-too']);
    const short = faultOf({ TANLIU_API_TOKENS: 'short,a-token-of-sixteen' });
    expect(short.message).toContain('at least 16 characters');
    expect(short.message).not.toContain('short,a');
  });

  test('an empty variable counts as not set, as compose files write it', () => {
    expect(loadConfig({ ...HOME, KAFKA_BROKERS: '', KAFKA_PARTITIONS: '' })).toEqual(loadConfig(HOME));
  });

  test('given servers come with their login and TLS', async () => {
    const authority = await newAuthority('ours');
    const ca = secretFile(authority.cert);
    const config = loadConfig({
      ...HOME,
      KAFKA_BROKERS: 'one:9092, 10.0.0.1:9093',
      KAFKA_CA_FILE: ca,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'writer',
      KAFKA_SASL_PASSWORD_FILE: secretFile('s3cret\n'),
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_API_KEY: 'key',
      CLICKHOUSE_URL: 'https://store:8443',
      CLICKHOUSE_CLUSTER: 'main',
    });
    expect(config.kafka).toEqual({
      brokers: ['one:9092', '10.0.0.1:9093'],
      tls: { ca: authority.cert },
      sasl: { mechanism: 'scram-sha-512', username: 'writer', password: 's3cret' },
    });
    expect(config.temporal).toEqual({
      address: 'temporal:7233',
      namespace: 'default',
      tls: {},
      apiKey: 'key',
    });
    expect(config.clickhouse).toEqual({
      url: 'https://store:8443',
      username: 'default',
      password: '',
      database: 'tanliu',
      cluster: 'main',
    });
  });

  test('the configuration cannot be changed after it was loaded', () => {
    const config = loadConfig({ ...HOME, KAFKA_BROKERS: 'one:9092' });
    expect(() => Object.assign(config.topics, { partitions: 9 })).toThrow(TypeError);
    expect(() => (config.kafka!.brokers as string[]).push('two:9092')).toThrow(TypeError);
  });

  test('all faults are told at once, each with its variable and what would be right', () => {
    const fault = faultOf({
      KAFKA_BROKERS: 'one',
      KAFKA_PARTITIONS: '0',
      KAFKA_SASL_USERNAME: 'writer',
      KAFKA_SSL: 'maybe',
      KAFKA_CERT_FILE: '/nowhere/cert.pem',
      TEMPORAL_ADDRESS: 'temporal:99999',
      CLICKHOUSE_URL: 'tcp://store:9000',
      LOG_LEVEL: 'loud',
    });
    expect(fault.code).toBe('TL_CONFIG');
    const lines = fault.message.split('\n').slice(1);
    expect(lines.every((line) => line.includes('would be right: '))).toBe(true);
    expect(lines.map((line) => line.trim().split(/[ :]/)[0]).sort()).toEqual([
      'CLICKHOUSE_URL',
      'KAFKA_BROKERS',
      'KAFKA_CERT_FILE',
      'KAFKA_KEY_FILE',
      'KAFKA_PARTITIONS',
      'KAFKA_SASL_MECHANISM',
      'KAFKA_SSL',
      'LOG_LEVEL',
      'TEMPORAL_ADDRESS',
    ]);
  });

  test('a certificate and its key are looked at before any server is asked', async () => {
    const [ours, theirs] = await Promise.all([newAuthority('ours'), newAuthority('theirs')]);
    const client = await ours.issue('client');
    const given = { KAFKA_BROKERS: 'one:9093', KAFKA_CERT_FILE: secretFile(client.cert) };
    expect(loadConfig({ ...HOME, ...given, KAFKA_KEY_FILE: secretFile(client.key) }).kafka?.tls).toEqual(
      client,
    );
    const faultWith = (key: string, more = {}) =>
      faultOf({ ...given, KAFKA_KEY_FILE: secretFile(key), ...more }).message;
    expect(faultWith(theirs.key)).toContain('KAFKA_KEY_FILE is not the key of KAFKA_CERT_FILE');
    expect(faultWith(client.cert)).toContain('KAFKA_KEY_FILE holds no private key; would be right: a PEM');
    const passphrase = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hush' } as const;
    expect(faultWith(String(createPrivateKey(client.key).export(passphrase)))).toContain(
      'KAFKA_KEY_FILE is encrypted; would be right: the key without a passphrase',
    );
    expect(faultWith(client.key, { KAFKA_CA_FILE: secretFile('CA PEM') })).toContain(
      'KAFKA_CA_FILE holds no certificate; would be right: a PEM',
    );
  });

  test('how a server is to be reached is a fault where that server is not given, or its URL has no TLS', async () => {
    const ca = secretFile((await newAuthority('ours')).cert);
    for (const [file, address] of [
      ['KAFKA_CA_FILE', 'KAFKA_BROKERS'],
      ['TEMPORAL_CA_FILE', 'TEMPORAL_ADDRESS'],
      ['CLICKHOUSE_CA_FILE', 'CLICKHOUSE_URL'],
    ] as const)
      expect(faultOf({ [file]: ca }).message).toContain(`${address} is not set; would be right: `);
    expect(faultOf({ CLICKHOUSE_CA_FILE: ca, CLICKHOUSE_URL: 'http://store:8123' }).message).toContain(
      'CLICKHOUSE_URL is "http://store:8123"; would be right: https://, since CLICKHOUSE_CA_FILE is set',
    );
    expect(faultOf({ KAFKA_BROKERS: '[::1]:9092' }).message).toContain('a host by its name or IPv4 address');
  });

  test.each([
    [
      'KAFKA_SASL_PASSWORD',
      { KAFKA_BROKERS: 'one:9092', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'a' },
    ],
    ['TEMPORAL_API_KEY', { TEMPORAL_ADDRESS: 'temporal:7233' }],
    ['CLICKHOUSE_PASSWORD', { CLICKHOUSE_URL: 'https://store:8443' }],
  ])(
    '%s comes from a file, its last line break left out; a file missing, empty or a folder is named',
    (name, env) => {
      const loaded = (content: string) =>
        JSON.stringify(loadConfig({ ...HOME, ...env, [`${name}_FILE`]: secretFile(content) }));
      for (const content of ['s3 cret', 's3 cret\n', 's3 cret\r\n'])
        expect(loaded(content)).toContain('"s3 cret"');
      const told = (path: string) =>
        faultOf({ ...env, [`${name}_FILE`]: path })
          .message.split('\n')
          .slice(1);
      expect(told('/nowhere/secret')).toEqual([
        `  ${name}_FILE: /nowhere/secret cannot be read (ENOENT); would be right: the path of a readable file`,
      ]);
      for (const content of ['', '\n']) {
        const path = secretFile(content);
        expect(told(path)).toEqual([
          `  ${name}_FILE: ${path} is empty; would be right: a file that holds ${name}`,
        ]);
      }
      const folder = temporaryFolder('config');
      expect(told(folder)).toEqual([
        `  ${name}_FILE: ${folder} cannot be read (EISDIR); would be right: the path of a readable file`,
      ]);
    },
  );

  test('a secret given twice or as an empty file is a fault', () => {
    expect(
      faultOf({ CLICKHOUSE_PASSWORD: 'a', CLICKHOUSE_PASSWORD_FILE: secretFile('b') }).message,
    ).toContain('CLICKHOUSE_PASSWORD and CLICKHOUSE_PASSWORD_FILE are both set');
    expect(faultOf({ TEMPORAL_API_KEY_FILE: secretFile('\n') }).message).toContain('is empty');
  });

  test('no secret is shown, neither in the list nor in a fault', () => {
    const env = {
      ...HOME,
      KAFKA_SASL_PASSWORD: 'hush-1',
      TEMPORAL_API_KEY_FILE: secretFile('hush-2'),
      CLICKHOUSE_URL: 'http://someone:hush-3@store:8123',
    };
    expect(JSON.stringify(describeConfig(env))).not.toContain('hush');
    expect(faultOf(env).message).not.toContain('hush');
    expect(describeConfig(env).find(({ name }) => name === 'TEMPORAL_API_KEY')).toMatchObject({
      value: '(set, not shown)',
      source: 'file',
    });
  });

  test('every variable is listed with its meaning, its value in force and where that is from', () => {
    const lines = describeConfig({ ...HOME, LOG_LEVEL: 'debug' });
    expect(lines.map(({ name }) => name)).toEqual(variableNames);
    expect(lines.every(({ meaning }) => meaning.length > 10)).toBe(true);
    expect(lines.find(({ name }) => name === 'LOG_LEVEL')).toMatchObject({
      value: 'debug',
      default: 'info',
      source: 'environment',
    });
    expect(lines.find(({ name }) => name === 'KAFKA_PARTITIONS')).toMatchObject({
      value: '4',
      source: 'default',
    });
    expect(lines.find(({ name }) => name === 'KAFKA_BROKERS')).toMatchObject({
      value: null,
      source: 'unset',
    });
  });
});
