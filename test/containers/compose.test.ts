import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/runtime/config.ts';
import { composeServices } from './servers.ts';

const { services, volumes } = composeServices();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('infra/compose.yaml', () => {
  test.each(['kafka', 'temporal', 'clickhouse'])(
    '%s has a fixed image, a health check, kept data, and is open to this machine alone',
    (name) => {
      const service = services[name];
      expect(service?.image).toMatch(/^[\w./-]+:\d+\.\d+/);
      expect(service?.healthcheck).toMatchObject({ test: expect.arrayContaining(['CMD']) });
      expect(service?.volumes.map((volume) => volume.split(':')[0])).toEqual([name]);
      expect(Object.keys(volumes)).toContain(name);
      expect(service?.ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
      expect(service?.profiles).toEqual([]);
    },
  );

  test('the servers are those that run locally: the same Kafka and the same Temporal', () => {
    const kafka = /<kafka\.version>(.+?)</.exec(read('infra/kafka/pom.xml'))?.[1];
    const temporal = /VERSION = '(.+?)'/.exec(read('src/runtime/localServers/temporalInstall.ts'))?.[1];
    expect(services.kafka?.image).toBe(`apache/kafka:${kafka}`);
    expect(services.temporal?.image).toBe(`temporalio/temporal:${temporal}`);
  });

  test.each(['topics', 'ingest', 'worker'])(
    '%s starts only with --profile app, under a usable configuration',
    (name) => {
      const role = services[name];
      expect(role?.profiles).toEqual(['app']);
      const env = Object.fromEntries(
        Object.entries(role?.environment ?? {}).map(([key, value]) => [
          key,
          value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
        ]),
      );
      const config = loadConfig({ HOME: '/home/node', ...env });
      expect([config.kafka?.brokers, config.temporal?.address, config.clickhouse?.url]).toEqual([
        ['kafka:19092'],
        'temporal:7233',
        'http://clickhouse:8123',
      ]);
    },
  );

  test.each(['ingest', 'worker'])(
    'the role %s waits for healthy servers and made topics, keeps its home, and has time to drain',
    (name) => {
      const role = services[name];
      expect(role?.command).toEqual([name]);
      expect(role?.depends_on).toEqual({
        kafka: { condition: 'service_healthy' },
        temporal: { condition: 'service_healthy' },
        clickhouse: { condition: 'service_healthy' },
        topics: { condition: 'service_completed_successfully' },
      });
      expect(role?.volumes).toEqual(['tanliu:/var/lib/tanliu']);
      expect(Number.parseInt(role?.stop_grace_period ?? '', 10)).toBeGreaterThan(60);
    },
  );

  test('the topics are made once by a service that ends', () => {
    expect(services.topics).toMatchObject({
      command: ['topics', '--create'],
      restart: 'no',
      healthcheck: { disable: true },
    });
  });

  test('no password stands in it that is not a default of the person’s own', () => {
    const passwords = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|KEY$/.test(name)),
    );
    expect(passwords.length).toBeGreaterThan(0);
    for (const [name, value] of passwords) expect(value).toMatch(new RegExp(`^\\$\\{${name}:-`));
  });
});

describe('infra/Dockerfile', () => {
  const dockerfile = read('infra/Dockerfile');

  test('the last stage runs as a user who is not root, behind an init, with a health check', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last.match(/^USER (.+)$/m)?.[1]).toBe('node');
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toMatch(/^ENTRYPOINT \["tini"/m);
  });

  test('everything it copies is let through by .dockerignore', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names]) => names?.split(' ') ?? [],
    );
    expect(copied.length).toBeGreaterThan(0);
    expect(allowed).toEqual(expect.arrayContaining(copied));
  });
});
