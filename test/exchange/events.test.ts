/** Events with a partner that is written from the specification alone: accepted, answered once, tried again, given up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishFootprint } from '../../src/activities/publishFootprint.ts';
import { ownCertificate } from '../../src/exchange/server/certificate.ts';
import { deadTasks, dueTasks } from '../../src/store/exchangeTasks.ts';
import { supplierFootprints } from '../../src/store/supplierFootprints.ts';
import { type Instance, openInstance, type PartnerRow } from './instance.ts';
import { faultsOf, logIn } from './pactClient.ts';
import { partnerServer } from './partnerServer.ts';
import { details, result } from './publications.ts';

const BUYER = 'urn:example:company:buyer';
const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'tanliu-exchange-events-'));
const outgoing = { id: 'metal', secret: 'what metal shows to buyer' };
let instance: Instance;
let partner: Awaited<ReturnType<typeof partnerServer>>;
let other: typeof partner;
let buyer: Awaited<ReturnType<typeof logIn>>;
let rows: PartnerRow[];
let sheet: string;
let count = 0;

const publish = async (more: Record<string, unknown> = {}, shareWith = [BUYER]) =>
  (
    await publishFootprint(
      instance.store,
      { result: result(), details: details(more), company: 'urn:example:company:metal', shareWith },
      new Date(Date.now() + instance.clock.aheadMs),
    )
  ).published.id;

/** Passes until nothing is due any more. */
const settle = async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  // One that runs already may have begun by an earlier clock.
  await instance.exchange.pass();
  while ((await instance.exchange.pass()) > 0);
};

const request = (
  more: Record<string, unknown> = {},
  data: Record<string, unknown> = { productId: ['urn:example:sheet'] },
) => ({
  type: 'org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3',
  specversion: '1.0',
  id: `request/${++count}`,
  source: `${partner.url}/3/events`,
  time: '2026-01-01T00:00:00+08:00',
  data,
  ...more,
});

beforeAll(async () => {
  const certificate = await ownCertificate(join(folder, 'partner'), '127.0.0.1', new Date());
  partner = await partnerServer(certificate, outgoing);
  other = await partnerServer(certificate, outgoing);
  const ca = certificate.cert;
  rows = [
    {
      company: BUYER,
      name: 'Buyer',
      client: { id: 'buyer', secret: 'secret-of-the-buyer' },
      server: { url: partner.url, clientId: outgoing.id, secret: outgoing.secret, ca },
    },
    {
      company: 'urn:example:company:other',
      name: 'Other',
      server: { url: other.url, clientId: outgoing.id, secret: outgoing.secret, ca },
    },
  ];
  instance = await openInstance(folder, rows);
  sheet = await publish();
  await publish({ productIds: ['urn:example:coil'] }, []);
  buyer = await logIn(instance.exchange.url, instance.ca, 'buyer', 'secret-of-the-buyer');
  await settle();
});

beforeEach(() => {
  partner.received.length = 0;
  partner.state.answer = 200;
});

afterAll(async () => {
  await instance?.close();
  await partner?.close();
  await other?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('events that come', () => {
  it('takes a request with 200 and an empty body, and fulfils it once, at the source', async () => {
    const asked = request();
    const answer = await buyer.event('3', asked);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await buyer.event('3', asked)).status).toBe(200);
    await settle();
    await instance.restart();
    await buyer.event('3', asked);
    await settle();
    expect(partner.received).toHaveLength(1);
    const [{ path, contentType, event }] = partner.received as [(typeof partner.received)[0]];
    expect(path).toBe('/3/events');
    expect(contentType).toMatch(/^application\/cloudevents\+json/);
    expect(event).toMatchObject({
      type: 'org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3',
      specversion: '1.0',
      source: instance.exchange.url,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      time: expect.stringMatching(/Z$/),
      data: { requestEventId: asked.id },
    });
    const pfs = event.data.pfs as Record<string, unknown>[];
    expect(pfs.map(({ id }) => id)).toEqual([sheet]);
    expect(faultsOf(pfs[0]!, '3')).toEqual([]);
  });

  it('rejects a request for what is not there or not shared with NotFound', async () => {
    const asked = request({}, { productId: ['urn:example:coil'], geography: ['CN'] });
    await buyer.event('3', asked);
    await settle();
    expect(partner.received.map(({ event }) => [event.type, event.data])).toEqual([
      [
        'org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3',
        { requestEventId: asked.id, error: { code: 'NotFound', message: expect.any(String) } },
      ],
    ]);
  });

  it('answers a request of version 2.3 in version 2.3', async () => {
    const type = 'org.wbcsd.pathfinder.ProductFootprintRequest.Created.v1';
    const good = request({ type }, { pf: { productIds: ['urn:example:sheet'] }, comment: 'please' });
    const bad = request(
      { type },
      { pf: { productIds: ['urn:example:sheet'], pcf: { declaredUnit: 'liter' } } },
    );
    expect((await buyer.event('2', good)).status).toBe(200);
    expect((await buyer.event('2', bad)).status).toBe(200);
    await settle();
    const byRequest = new Map(partner.received.map((one) => [one.event.data.requestEventId, one]));
    const fulfilled = byRequest.get(good.id)!;
    expect([fulfilled.path, fulfilled.event.type]).toEqual([
      '/2/events',
      'org.wbcsd.pathfinder.ProductFootprintRequest.Fulfilled.v1',
    ]);
    expect(faultsOf((fulfilled.event.data.pfs as Record<string, unknown>[])[0]!, '2')).toEqual([]);
    expect(byRequest.get(bad.id)!.event).toMatchObject({
      type: 'org.wbcsd.pathfinder.ProductFootprintRequest.Rejected.v1',
      data: { error: { code: 'NotFound' } },
    });
  });

  it.each([
    ['no JSON', () => '{'],
    ['no id', () => ({ ...request(), id: undefined })],
    ['no source', () => ({ ...request(), source: undefined })],
    ['no time', () => ({ ...request(), time: undefined })],
    ['no data', () => ({ ...request(), data: undefined })],
    ['another CloudEvents', () => request({ specversion: '0.3' })],
    ['a time without offset', () => request({ time: '2026-01-01T00:00:00' })],
    ['an instant that is none', () => request({}, { validOn: ['soon'] })],
    ['a type of nobody', () => request({ type: 'org.example.Created' })],
    [
      'an id of a footprint that is no UUID',
      () => request({ type: 'org.wbcsd.pact.ProductFootprint.PublishedEvent.3' }, { pfIds: ['abc'] }),
    ],
    [
      'an announcement of nothing',
      () => request({ type: 'org.wbcsd.pact.ProductFootprint.PublishedEvent.3' }, { pfIds: [] }),
    ],
    [
      'an answer whose document is none',
      () =>
        request(
          { type: 'org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3' },
          { requestEventId: 'x', pfs: [{ id: 'y' }] },
        ),
    ],
    [
      'an answer without documents',
      () =>
        request(
          { type: 'org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3' },
          { requestEventId: 'x', pfs: [] },
        ),
    ],
    [
      'version 2 by version 3',
      () => request({ type: 'org.wbcsd.pathfinder.ProductFootprint.Published.v1' }, { pfIds: [sheet] }),
    ],
  ])('refuses %s', async (_what, make) => {
    const { status, body } = await buyer.event('3', make());
    expect(status).toBe(400);
    expect(body).toEqual({
      code: expect.stringMatching(/^(BadRequest|NotImplemented)$/),
      message: expect.any(String),
    });
  });

  it('refuses an event that is no CloudEvent by its type', async () => {
    expect((await buyer.event('3', request(), 'text/plain')).status).toBe(400);
  });

  it('keeps the documents of an answer', async () => {
    const document = (await buyer.list('/3/footprints'))[0]!;
    const id = '0b2f9a52-6a4b-4c8f-9a55-1f6f2b8a4c11';
    const type = 'org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3';
    const event = request({ type }, { requestEventId: 'ours', pfs: [{ ...document, id, more: 'kept' }] });
    expect((await buyer.event('3', event)).status).toBe(200);
    await settle();
    const [kept] = await supplierFootprints(instance.store, id);
    expect(kept).toMatchObject({ partner: BUYER, version: '3' });
    expect(JSON.parse(kept!.document)).toMatchObject({ id, more: 'kept' });
  });
});

describe('events that go', () => {
  it('announces a publication to those it is shared with', async () => {
    const id = await publish({ productIds: ['urn:example:new'] });
    await settle();
    expect(partner.received.map(({ event }) => [event.type, event.data])).toEqual([
      ['org.wbcsd.pact.ProductFootprint.PublishedEvent.3', { pfIds: [id] }],
    ]);
    expect(other.received).toEqual([]);
  });

  it('tries again with growing pauses, sends the same event after a restart, and only once', async () => {
    partner.state.answer = 503;
    const asked = request();
    await buyer.event('3', asked);
    await settle();
    const far = new Date(Date.now() + 200 * HOUR_MS).toISOString();
    const [open] = await dueTasks(instance.store, far, 10);
    expect(open).toMatchObject({ kind: 'send', attempts: 1 });
    const before = partner.received.length;
    await publish({ productIds: ['urn:example:sheet'] }, [BUYER]);
    instance.clock.aheadMs += 1_100;
    await settle();
    // The second pause is twice the first.
    instance.clock.aheadMs += 1_100;
    await settle();
    const sends = (await dueTasks(instance.store, far, 10)).filter(({ id }) => id === open!.id);
    expect(sends[0]!.attempts).toBe(2);
    partner.state.answer = 200;
    await instance.restart();
    instance.clock.aheadMs += 60_000;
    await settle();
    const answers = partner.received
      .slice(before)
      .filter(({ event }) => event.data.requestEventId === asked.id);
    expect(answers.map(({ event }) => event.id)).toEqual([open!.id]);
    // What was published while it waited is no part of the answer that had been written.
    expect((answers[0]!.event.data.pfs as unknown[]).length).toBe(1);
  });

  it('gives up after 72 hours, into the dead letters', async () => {
    await partner.close();
    const asked = request();
    await buyer.event('3', asked);
    await settle();
    const dead = async () => (await deadTasks(instance.store)).filter(({ body }) => body.includes(asked.id));
    for (let hour = 0; hour < 71; hour += 10) {
      instance.clock.aheadMs += 10 * HOUR_MS;
      await settle();
      if (hour < 60) expect(await dead()).toEqual([]);
    }
    const [letter] = await dead();
    expect(letter).toMatchObject({
      kind: 'send',
      partner: BUYER,
      detail: expect.stringContaining('cannot be asked'),
    });
    await partner.listen();
    instance.clock.aheadMs += HOUR_MS;
    await settle();
    expect(partner.received.filter(({ event }) => event.data.requestEventId === asked.id)).toEqual([]);
  });

  it('never answers one partner at the address of another', async () => {
    buyer = await logIn(instance.exchange.url, instance.ca, 'buyer', 'secret-of-the-buyer');
    expect((await buyer.event('3', request({ source: other.url }))).status).toBe(200);
    await settle();
    expect(other.received).toEqual([]);
    expect(partner.received).toEqual([]);
  });
});
