/** Two instances of Tanliu, one of them `tanliu api` as a process of its own: events both ways, over SIGKILL too. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishFootprint } from '../../src/activities/publishFootprint.ts';
import { ownCertificate } from '../../src/exchange/server/certificate.ts';
import { freePort } from '../../src/runtime/localServers/freePort.ts';
import { addTask } from '../../src/store/exchangeTasks.ts';
import { supplierFootprints } from '../../src/store/supplierFootprints.ts';
import { type Instance, openInstance, type PartnerRow, writePartners } from './instance.ts';
import { logIn } from './pactClient.ts';
import { details, result } from './publications.ts';

const CLI = new URL('../../src/cli/tanliu.ts', import.meta.url).pathname;
const MILL = 'urn:example:company:mill';
const BUYER = 'urn:example:company:buyer';
const IN = 'secret by which mill asks buyer';
const OUT = 'secret by which buyer asks mill';
const folder = mkdtempSync(join(tmpdir(), 'tanliu-two-'));
const millHome = join(folder, 'mill');
let buyer: Instance;
let mill: ChildProcess | undefined;
let millUrl: string;
let millCa: string;
let env: NodeJS.ProcessEnv;
let coil: string;

const tanliu = (...args: string[]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString(),
  );

async function startMill(): Promise<void> {
  mill = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, 'api'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: mill.stderr! }))
    if (line.startsWith('the API answers at')) break;
  mill.stderr!.resume();
}

async function killMill(): Promise<void> {
  const ended = once(mill!, 'exit');
  mill!.kill('SIGKILL');
  await ended;
}

const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < 300; tries++) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come');
};

const buyerRows = (): PartnerRow[] => [
  {
    company: MILL,
    name: 'Mill',
    client: { id: 'mill', secret: IN },
    server: { url: millUrl, clientId: 'buyer', secret: OUT, ca: millCa },
  },
];

beforeAll(async () => {
  const port = await freePort();
  millUrl = `https://127.0.0.1:${port}`;
  millCa = (await ownCertificate(join(millHome, 'exchange'), '127.0.0.1', new Date())).cert;
  buyer = await openInstance(join(folder, 'buyer'), buyerRows());
  mkdirSync(millHome, { recursive: true });
  const partners = writePartners(millHome, [
    {
      company: BUYER,
      name: 'Buyer',
      client: { id: 'buyer', secret: OUT },
      server: { url: buyer.exchange.url, clientId: 'mill', secret: IN, ca: buyer.ca },
    },
  ]);
  env = {
    ...process.env,
    TANLIU_HOME: millHome,
    TANLIU_API_PORT: '0',
    PACT_LISTEN: `127.0.0.1:${port}`,
    PACT_URL: millUrl,
    PACT_PARTNERS_FILE: partners,
    CLICKHOUSE_URL: '',
  };
  const put = (name: string, value: unknown) => {
    writeFileSync(join(millHome, name), JSON.stringify(value));
    return join(millHome, name);
  };
  const made = tanliu(
    ...['footprint', 'publish', put('result.json', result()), '--company', MILL, '--share-with', BUYER],
    ...['--details', put('details.json', details({ companyIds: [MILL], productIds: ['urn:example:coil'] }))],
  ) as { id: string; versions: string[] };
  expect(made.versions).toEqual(['3.0', '2.3']);
  coil = made.id;
});

afterAll(async () => {
  mill?.kill('SIGKILL');
  await buyer?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('what the one publishes the other fetches and keeps, by the announcement alone', async () => {
  await startMill();
  const [kept] = await until(async () => {
    const rows = await supplierFootprints(buyer.store, coil);
    return rows.length > 0 ? rows : undefined;
  });
  expect(kept).toMatchObject({ partner: MILL, version: '3' });
  const asked = await logIn(millUrl, millCa, 'buyer', OUT);
  expect(JSON.parse(kept!.document)).toEqual((await asked.list('/3/footprints'))[0]);
});

it('a request that was accepted is answered once, though the process is killed before', async () => {
  const id = 'request/of the buyer';
  const event = {
    type: 'org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3',
    specversion: '1.0',
    id,
    source: buyer.exchange.url,
    time: '2026-01-01T00:00:00Z',
    data: { productId: ['urn:example:coil'] },
  };
  const asked = await logIn(millUrl, millCa, 'buyer', OUT);
  // Nobody takes the answer until the mill has been killed.
  await buyer.exchange.stop();
  expect((await asked.event('3', event)).status).toBe(200);
  await killMill();
  await buyer.restart();
  await startMill();
  const kept = () =>
    buyer.store.query<{ body: string }>("SELECT body FROM exchange_tasks WHERE kind = 'keep'");
  await until(async () => ((await kept()).length > 0 ? true : undefined));
  const again = await logIn(millUrl, millCa, 'buyer', OUT);
  await again.event('3', event);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const answers = (await kept()).map(({ body }) => JSON.parse(body) as { type: string; data: object });
  expect(answers).toHaveLength(1);
  expect(answers[0]).toMatchObject({
    type: 'org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3',
    data: { requestEventId: id, pfs: [{ id: coil }] },
  });
});

it('a request of version 2.3 for what is shared with nobody is rejected', async () => {
  const { published } = await publishFootprint(
    buyer.store,
    {
      result: result(),
      details: details({ productIds: ['urn:example:scrap'] }),
      company: BUYER,
      shareWith: [],
    },
    new Date(),
  );
  await addTask(buyer.store, {
    id: 'ask',
    kind: 'send',
    partner: MILL,
    version: '2',
    created: new Date().toISOString(),
    body: JSON.stringify({
      type: 'org.wbcsd.pathfinder.ProductFootprintRequest.Created.v1',
      specversion: '1.0',
      id: 'ask',
      source: buyer.exchange.url,
      time: new Date().toISOString(),
      data: { pf: { productIds: ['urn:example:nothing'] } },
    }),
  });
  const rejected = await until(async () => {
    await buyer.exchange.pass();
    const rows = await buyer.store.query<{ body: string }>(
      "SELECT body FROM exchange_tasks WHERE kind = 'keep' AND version = '2'",
    );
    return rows[0];
  });
  expect(JSON.parse(rejected.body)).toMatchObject({
    type: 'org.wbcsd.pathfinder.ProductFootprintRequest.Rejected.v1',
    data: { requestEventId: 'ask', error: { code: 'NotFound' } },
  });
  // What is shared with nobody is not there for the mill.
  const asked = await logIn(buyer.exchange.url, buyer.ca, 'mill', IN);
  expect((await asked.get(`/3/footprints/${published.id}`)).status).toBe(404);
});

it('the other way: the mill asks by command, the buyer fulfils, the mill keeps the document', async () => {
  await killMill();
  const { published } = await publishFootprint(
    buyer.store,
    {
      result: result(),
      details: details({ productIds: ['urn:example:ingot'] }),
      company: BUYER,
      shareWith: [MILL],
    },
    new Date(),
  );
  const { requestEventId } = tanliu('exchange', 'request', BUYER, '--product-id', 'urn:example:ingot') as {
    requestEventId: string;
  };
  await startMill();
  await until(async () => {
    const rows = await buyer.store.query(
      `SELECT t.id FROM exchange_tasks AS t INNER JOIN exchange_attempts AS a ON a.task = t.id
       WHERE t.kind = 'send' AND a.outcome = 'done' AND position(t.body, 'RequestFulfilledEvent') > 0 AND position(t.body, {id:String}) > 0`,
      { id: requestEventId },
    );
    return rows[0];
  });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await killMill();
  const kept = tanliu('exchange', 'suppliers') as { id: string; partner: string }[];
  expect(kept.map(({ id, partner }) => [id, partner])).toEqual([[published.id, BUYER]]);
  expect(tanliu('exchange', 'deadletters')).toEqual([]);
});
