/** `tanliu up` and the commands beside it, as a person runs them: real processes, real servers, one home. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/runtime/config.ts';
import { readServerRecord } from '../../src/runtime/localServers/guardedProcess.ts';
import { isAlive } from '../../src/runtime/localServers/processIdentity.ts';
import { findRunningServers } from '../../src/runtime/localServers/startLocalServers.ts';
import { logOf } from '../../src/runtime/services.ts';
import type { StackStatus } from '../../src/runtime/stackStatus.ts';
import { findStoreOwner } from '../../src/store/storeOwner.ts';
import { eventually } from '../workflows/eventually.ts';
import { killLeft, type RunningTanliu, runTanliu, startTanliu } from './tanliuProcess.ts';

const TOPIC = 'plant.generation';
const UP = '碳流 is up';
const LIMIT = { timeout: 240_000 };

const reading = (n: number) => ({
  plant: `plant/${n % 8}`,
  meter: 'm-1',
  start: new Date(Date.UTC(2026, 2, 1) + n * 900_000).toISOString(),
  durationS: 900,
  energyWh: n,
  quality: 'measured',
});

describe('tanliu up', () => {
  const home = mkdtempSync(join(tmpdir(), 'tanliu up 碳-'));
  // The API on any free port: others on this machine may hold the usual one.
  const env = { TANLIU_HOME: home, TANLIU_CACHE: loadConfig().cacheDir, TANLIU_API_PORT: '0' };
  const config = loadConfig({ ...env, HOME: home });
  let up: RunningTanliu;
  /** Readings sent so far; each has its number as its energy. */
  let sent = 0;

  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(home, name), content);
    return join(home, name);
  };

  async function start(): Promise<RunningTanliu> {
    const started = startTanliu(['up'], env);
    await started.says(UP);
    return started;
  }

  async function status() {
    const { code, stdout } = await runTanliu(['status', '--json'], env);
    const report = JSON.parse(stdout) as StackStatus;
    return { code, report, topic: report.topics.find(({ topic }) => topic === TOPIC) };
  }

  /** Resolves when all that was sent is ingested, each reading once. */
  const allArrived = () =>
    eventually(async () => expect((await status()).topic).toMatchObject({ readings: sent, lag: 0 }), 60_000);

  /** Sends until `until` resolves: a load that is cut short counts only what Kafka has acknowledged. */
  async function load(until: Promise<unknown>): Promise<void> {
    const { kafka } = await findRunningServers(config);
    const producer = await (await logOf(kafka!)).producer();
    let over = false;
    until.then(() => {
      over = true;
    });
    while (!over) {
      const chunk = Array.from({ length: 1_000 }, (_, i) => reading(sent + i));
      await producer.send(
        TOPIC,
        chunk.map((value) => ({
          key: value.plant,
          value: JSON.stringify(value),
          headers: {
            ce_id: String(value.energyWh),
            ce_source: '/test/up',
            ce_type: TOPIC,
            'content-type': 'application/json',
          },
        })),
      );
      sent += chunk.length;
    }
    await producer.close();
  }

  async function nothingRuns(): Promise<void> {
    await eventually(async () => {
      for (const name of ['kafka', 'temporal']) {
        const record = await readServerRecord(join(home, name));
        expect(record && (await isAlive(record.server))).toBeFalsy();
        expect(existsSync(join(home, name, 'start.lock'))).toBe(false);
      }
      expect(await findStoreOwner(join(home, 'store'))).toBeUndefined();
    }, 15_000);
  }

  beforeAll(async () => {
    up = await start();
  }, 180_000);

  afterAll(() => {
    killLeft();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  });

  test('what is produced from a sheet is shown by status, each as one JSON document', LIMIT, async () => {
    const lines = Array.from({ length: 100 }, (_, n) => JSON.stringify(reading(n))).join('\n');
    const produced = await runTanliu(
      ['produce', TOPIC, file('day.jsonl', lines), '--source', '/test/up', '--json'],
      env,
    );
    expect(produced.code).toBe(0);
    expect(JSON.parse(produced.stdout)).toMatchObject({ topic: TOPIC, accepted: 100, sent: 100 });
    sent = 100;
    await allArrived();
    const { code, report } = await status();
    expect(code).toBe(0);
    expect(report).toMatchObject({ running: true, pid: up.process.pid, faults: [] });
  });

  test(
    'a second stack in the same home is refused with what helps, also over a given ClickHouse',
    LIMIT,
    async () => {
      const [second, other] = await Promise.all([
        runTanliu(['up'], env),
        runTanliu(['up'], { ...env, CLICKHOUSE_URL: 'http://127.0.0.1:9' }),
      ]);
      for (const { code, stderr } of [second, other]) {
        expect(code).toBe(3);
        expect(stderr).toContain('failed [TL_STORE_BUSY]');
        expect(stderr).toContain(`is held by process ${up.process.pid}`);
        expect(stderr).toContain('what helps: stop that process (tanliu down), or give another TANLIU_HOME');
      }
    },
  );

  test(
    'a wrong file is refused with exit code 1, its name and what would be right; nothing is sent',
    LIMIT,
    async () => {
      const cases = [
        file('report.pdf', '%PDF-1.7\n%âãÏÓ\n1 0 obj\n<< >>\nendobj\n'),
        file('empty.csv', ''),
        file('other.csv', 'name,colour\nfirst,red\n'),
        join(home, 'not-there.csv'),
        file('bad.jsonl', `${JSON.stringify(reading(0))}\n{"plant": 7}\n`),
      ];
      for (const path of cases) {
        const { code, stdout, stderr } = await runTanliu(['produce', TOPIC, path, '--json'], env);
        expect({ path, code }).toEqual({ path, code: 1 });
        const name = path.split('/').at(-1);
        expect(JSON.parse(stdout)).toMatchObject({
          sent: 0,
          faults: expect.arrayContaining([expect.objectContaining({ file: name })]),
        });
        expect(stderr).toContain(name);
        expect(stderr).not.toMatch(/\n\s+at /);
      }
      const unknown = await runTanliu(['produce', 'plant.generatoin', cases[0]!], env);
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toContain('did you mean plant.generation?');
    },
  );

  test('SIGKILL under load leaves nothing behind, and the next start has lost nothing', LIMIT, async () => {
    const killed = new Promise((resolve) => setTimeout(resolve, 1_500));
    await load(killed);
    up.process.kill('SIGKILL');
    await up.ended;
    await nothingRuns();
    expect((await status()).code).toBe(3);
    up = await start();
    await allArrived();
  });

  test('Ctrl-C under load drains, ends with 0 and leaves nothing behind', LIMIT, async () => {
    await load(new Promise((resolve) => setTimeout(resolve, 1_500)));
    up.process.kill('SIGINT');
    const { code, stderr, stdout } = await up.ended;
    expect(stderr).toContain('SIGINT: stopping');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    await nothingRuns();
  });

  test(
    'Ctrl-C in the middle of the start ends at once with 130 and leaves nothing behind',
    LIMIT,
    async () => {
      const starting = startTanliu(['up'], env);
      await starting.says('starting Kafka');
      starting.process.kill('SIGINT');
      expect((await starting.ended).code).toBe(130);
      expect(starting.said()).not.toContain(UP);
      await nothingRuns();
    },
  );

  test(
    'a server that is lost ends the stack with its name; after that down stops what was started again',
    LIMIT,
    async () => {
      if (up.process.exitCode !== null || up.process.signalCode !== null) up = await start();
      await allArrived();
      const record = await readServerRecord(join(home, 'temporal'));
      process.kill(record!.server.pid, 'SIGKILL');
      const { code, stderr } = await up.ended;
      expect(code).toBe(3);
      expect(stderr).toMatch(/failed \[TL_SERVER_LOST\]: Temporal has ended \(signal SIGKILL\)/);
      expect(stderr).toContain('what helps: look at');
      await nothingRuns();

      up = await start();
      const down = await runTanliu(['down'], env);
      expect(down).toMatchObject({ code: 0, stdout: '' });
      expect(down.stderr).toContain(`process ${up.process.pid} has stopped`);
      expect((await up.ended).code).toBe(0);
      await nothingRuns();
      expect((await runTanliu(['down'], env)).stderr).toContain('nothing was running');
      // No secret of the gateway stays readable for others, nor after its time.
      expect(existsSync(join(home, 'store', 'owner.json'))).toBe(false);
      expect(readFileSync(join(home, 'kafka', 'server.json'), 'utf8')).toContain('"broker"');
    },
  );
});
