/**
 * The roles against servers that demand what production servers demand: Kafka with a client certificate and a login,
 * ClickHouse and Temporal behind TLS that demands a client certificate. Each is the real server and a real handshake;
 * the last two have TLS from a relay on loopback, since the store is in process and the dev server has none of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STREAMS } from '../../schemas/streams/index.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { logOf } from '../../src/runtime/services.ts';
import type { StackStatus } from '../../src/runtime/stackStatus.ts';
import { connectTemporal } from '../../src/runtime/temporal/connectTemporal.ts';
import { requestAudit } from '../../src/runtime/temporal/requests.ts';
import { type ChdbStore, openChdbStore } from '../../src/store/chdbStore.ts';
import { openServerStore } from '../../src/store/serverStore.ts';
import { openStoreGateway } from '../../src/store/storeGateway.ts';
import { type Environment, killLeft, runTanliu, startTanliu } from '../processes/tanliuProcess.ts';
import { testServers, uniqueName } from '../runtime/servers.ts';
import { eventually } from '../workflows/eventually.ts';
import { newAuthority, writeIdentity } from './certificates.ts';
import { KAFKA_LOGIN, startSecuredKafka } from './securedKafka.ts';
import { startTlsRelay } from './tlsRelay.ts';

const TOPIC = 'plant.generation';
const BEGIN_MS = Date.UTC(2026, 2, 1);

/** Reading `n`, to be told apart by its energy. */
const reading = (n: number) => ({
  plant: `plant/${n % 8}`,
  meter: 'm-1',
  start: new Date(BEGIN_MS + n * 900_000).toISOString(),
  durationS: 900,
  energyWh: n,
  quality: 'measured',
});

describe('against servers that demand certificates and logins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tanliu-secured-'));
  const stops: (() => Promise<void>)[] = [];
  let env: Record<string, string>;
  let certificateDoor: string;
  let store: ChdbStore;
  /** Files of an authority and a client that the servers do not know. */
  let foreign: { ca: string; cert: string; key: string };

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };

  beforeAll(async () => {
    const [ours, theirs] = await Promise.all([newAuthority('ours'), newAuthority('theirs')]);
    const client = writeIdentity(folder, 'client', await ours.issue('tanliu'));
    foreign = {
      ca: file('theirs.crt', theirs.cert),
      ...writeIdentity(folder, 'foreign', await theirs.issue('tanliu')),
    };
    const server = await ours.issue('server', ['localhost']);
    const { temporal } = await testServers('temporal');
    const kafka = await startSecuredKafka(folder, { identity: server, clientCa: ours.cert });
    stops.push(kafka.stop);
    store = await openChdbStore(join(folder, 'store'));
    stops.push(() => store.close());
    const gateway = await openStoreGateway(store);
    stops.push(gateway.close);
    const relay = async (targetPort: number, protocol?: 'h2') => {
      const started = await startTlsRelay({
        identity: server,
        clientCa: ours.cert,
        targetPort,
        ...(protocol && { protocol }),
      });
      stops.push(started.close);
      return `localhost:${started.port}`;
    };
    certificateDoor = kafka.certificate;
    const ca = file('ours.crt', ours.cert);
    env = {
      TANLIU_HOME: join(folder, 'home'),
      KAFKA_BROKERS: kafka.login,
      KAFKA_TOPIC_PREFIX: `${uniqueName('secured')}.`,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: KAFKA_LOGIN.username,
      KAFKA_SASL_PASSWORD_FILE: file('kafka-password', `${KAFKA_LOGIN.password}\n`),
      TEMPORAL_ADDRESS: await relay(Number(temporal.address.split(':')[1]), 'h2'),
      CLICKHOUSE_URL: `https://${await relay(Number(new URL(gateway.url).port))}`,
      CLICKHOUSE_USERNAME: gateway.username,
      CLICKHOUSE_PASSWORD_FILE: file('clickhouse-password', gateway.password),
    };
    for (const party of ['KAFKA', 'TEMPORAL', 'CLICKHOUSE'])
      Object.assign(env, {
        [`${party}_CA_FILE`]: ca,
        [`${party}_CERT_FILE`]: client.cert,
        [`${party}_KEY_FILE`]: client.key,
      });
  }, 240_000);

  afterAll(async () => {
    killLeft();
    for (const stop of stops.reverse()) await stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  /** The report of `tanliu status --json`, and its faults by server. */
  async function statusWith(changes: Environment) {
    const { code, stdout } = await runTanliu(['status', '--json'], { ...env, ...changes });
    const report = JSON.parse(stdout) as StackStatus;
    const of = (server: string) => report.faults.filter((fault) => fault.startsWith(`${server}: `)).join();
    return { code, report, of };
  }

  const forAll = (names: Record<string, string | undefined>): Environment =>
    Object.fromEntries(
      ['KAFKA', 'TEMPORAL', 'CLICKHOUSE'].flatMap((party) =>
        Object.entries(names).map(([name, value]) => [`${party}_${name}`, value]),
      ),
    );

  test('topics are made over every way to log in, and over a client certificate alone', async () => {
    const made = await runTanliu(['topics', '--create', '--json'], env);
    expect(made.stderr).not.toContain('✗');
    expect(made.code).toBe(0);
    expect((JSON.parse(made.stdout) as unknown[]).length).toBe(STREAMS.length);
    for (const changes of [
      { KAFKA_SASL_MECHANISM: 'plain' },
      { KAFKA_SASL_MECHANISM: 'scram-sha-256' },
      {
        KAFKA_BROKERS: certificateDoor,
        KAFKA_SASL_MECHANISM: '',
        KAFKA_SASL_USERNAME: '',
        KAFKA_SASL_PASSWORD_FILE: '',
      },
    ])
      expect(await runTanliu(['topics'], { ...env, ...changes })).toMatchObject({ code: 0 });
  });

  test('a wrong authority, and none, is refused by us, naming the variable', async () => {
    for (const ca of [foreign.ca, undefined]) {
      const { code, of } = await statusWith(forAll({ CA_FILE: ca }));
      expect(code).toBe(3);
      for (const party of ['Kafka', 'Temporal', 'ClickHouse'])
        expect(of(party)).toContain(
          `${party.toUpperCase()}_CA_FILE: would be right: the PEM file of the authority`,
        );
    }
  });

  test('no client certificate, and one of another authority, is refused by the server, naming the variables', async () => {
    for (const [cert, key] of [[], [foreign.cert, foreign.key]]) {
      const { code, of } = await statusWith(forAll({ CERT_FILE: cert, KEY_FILE: key }));
      expect(code).toBe(3);
      for (const party of ['Kafka', 'Temporal', 'ClickHouse']) {
        const name = party.toUpperCase();
        expect(of(party)).toContain(`${name}_CERT_FILE`);
        expect(of(party)).toContain(`${name}_KEY_FILE`);
      }
    }
  });

  test('a wrong password or namespace is refused by the server, naming the variable', async () => {
    const { code, of } = await statusWith({
      KAFKA_SASL_PASSWORD_FILE: file('wrong', 'wrong'),
      CLICKHOUSE_PASSWORD_FILE: file('wrong', 'wrong'),
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    expect(code).toBe(3);
    expect(of('Kafka')).toContain(
      'KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE)',
    );
    expect(of('ClickHouse')).toContain('CLICKHOUSE_PASSWORD (or CLICKHOUSE_PASSWORD_FILE)');
    expect(of('Temporal')).toContain('TEMPORAL_NAMESPACE: nowhere is not there');
  });

  test('a role that is refused ends at once with exit code 3 and the same words', async () => {
    const [ingest, worker] = await Promise.all([
      runTanliu(['ingest'], { ...env, KAFKA_SASL_USERNAME: 'nobody' }),
      runTanliu(['worker'], { ...env, TEMPORAL_CERT_FILE: '', TEMPORAL_KEY_FILE: '' }),
    ]);
    expect(ingest.code).toBe(3);
    expect(ingest.stderr).toMatch(/failed \[TL_LOG_BROKER\].*\n.*what helps: KAFKA_SASL_USERNAME and/);
    expect(worker.code).toBe(3);
    expect(worker.stderr).toMatch(/failed \[TL_SERVER_LOST\][\s\S]*what helps: .*TEMPORAL_CERT_FILE/);
  });

  test('a certificate without CA file, beside a password and alone, reaches the connection', async () => {
    const { tls } = loadConfig(env).clickhouse!;
    const clickhouse = loadConfig({ ...env, CLICKHOUSE_CA_FILE: '' }).clickhouse!;
    expect(clickhouse.tls).toEqual({ cert: tls?.cert, key: tls?.key });
    // Without the authority it is we who refuse; the certificate was not dropped, which would leave no TLS options.
    await expect(openServerStore(clickhouse)).rejects.toMatchObject({ code: 'TL_SERVER_LOST' });
    // A certificate as the login: the relay lets it through, and the store behind asks for its password.
    await expect(openServerStore({ ...loadConfig(env).clickhouse!, password: '' })).rejects.toMatchObject({
      code: 'TL_STORE_QUERY',
      message: expect.stringContaining('the password is missing or wrong'),
    });
  });

  test('produce, ingest, query and a workflow work end to end; SIGTERM under load drains and loses nothing', {
    timeout: 180_000,
  }, async () => {
    const worker = startTanliu(['worker'], env);
    const first = startTanliu(['ingest'], env);
    await Promise.all([worker.says('worker is ready'), first.says('ingest is ready')]);
    const path = file(
      'readings.jsonl',
      Array.from({ length: 200 }, (_, n) => JSON.stringify(reading(n))).join('\n'),
    );
    const produced = await runTanliu(['produce', TOPIC, path, '--json'], env);
    expect(produced.code).toBe(0);
    expect(JSON.parse(produced.stdout)).toMatchObject({ accepted: 200, sent: 200, refused: 0 });
    const numbers = async () => {
      const [row] = await store.query<{ rows: string; numbers: string }>(
        'SELECT toString(count()) AS rows, toString(uniqExact(energy_wh)) AS numbers FROM plant_generation',
      );
      return { rows: Number(row?.rows), numbers: Number(row?.numbers) };
    };
    await eventually(async () => expect(await numbers()).toEqual({ rows: 200, numbers: 200 }), 60_000);

    const producer = await (await logOf(loadConfig(env).kafka!)).producer();
    const total = 40_200;
    let sent = 200;
    while (sent < total) {
      const chunk = Array.from({ length: 2_000 }, (_, i) => reading(sent + i)).slice(0, total - sent);
      await producer.send(
        env.KAFKA_TOPIC_PREFIX + TOPIC,
        chunk.map((value) => ({
          key: value.plant,
          value: JSON.stringify(value),
          headers: {
            ce_id: String(value.energyWh),
            ce_source: '/test/secured',
            ce_type: TOPIC,
            'content-type': 'application/json',
          },
        })),
      );
      sent += chunk.length;
      if (sent === 20_200) first.process.kill('SIGTERM');
    }
    await producer.close();
    expect(await first.ended).toMatchObject({ code: 0 });
    const second = startTanliu(['ingest'], env);
    await eventually(async () => expect(await numbers()).toEqual({ rows: total, numbers: total }), 60_000);

    const client = await connectTemporal(loadConfig(env).temporal!);
    const audit = await requestAudit({ client, topicPrefix: env.KAFKA_TOPIC_PREFIX! }, { topics: [TOPIC] });
    expect(await audit.result()).toMatchObject({
      holds: true,
      topics: [{ topic: TOPIC, rows: total, duplicates: 0, lost: 0, deadLetters: 0 }],
    });
    await client.connection.close();
    const { code, report } = await statusWith({});
    expect(report.faults).toEqual([]);
    expect(report.topics.find(({ topic }) => topic === TOPIC)).toMatchObject({ readings: total, lag: 0 });
    expect(code).toBe(0);
    second.process.kill('SIGTERM');
    worker.process.kill('SIGTERM');
    expect((await Promise.all([second.ended, worker.ended])).map((ended) => ended.code)).toEqual([0, 0]);
  });
});
