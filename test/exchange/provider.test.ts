/** The PACT API as a partner meets it: over TLS, by a client written from the specification alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishFootprint } from '../../src/activities/publishFootprint.ts';
import { deprecateFootprint, grantFootprint } from '../../src/store/publishedFootprints.ts';
import { type Instance, openInstance } from './instance.ts';
import { answersPlainly, ask, basic, faultsOf, logIn, nextOf, tokenRequest } from './pactClient.ts';
import { details, result } from './publications.ts';

const BUYER = 'urn:example:company:buyer';
const STRANGER = 'urn:example:company:stranger';
const SECRET = 'secret-of-the-buyer';
const folder = mkdtempSync(join(tmpdir(), 'tanliu-exchange-'));
const ids: Record<string, string> = {};
let instance: Instance;
let url: string;
let ca: string;
let buyer: Awaited<ReturnType<typeof logIn>>;
let stranger: typeof buyer;

async function publish(name: string, footprint = result(), more: Record<string, unknown> = {}) {
  const now = new Date();
  const { published } = await publishFootprint(
    instance.store,
    { result: footprint, details: details(more), company: 'urn:example:company:metal', shareWith: [BUYER] },
    now,
  );
  ids[name] = published.id;
}

beforeAll(async () => {
  instance = await openInstance(folder, [
    { company: BUYER, name: 'Buyer', client: { id: 'buyer', secret: SECRET } },
    { company: STRANGER, name: 'Stranger', client: { id: 'stranger', secret: 'secret-of-a-stranger' } },
  ]);
  ({ ca } = instance);
  url = instance.exchange.url;
  await publish('sheet');
  await publish('coil', result(), {
    productIds: ['urn:example:coil'],
    productClassifications: ['urn:example:class:coil'],
    geography: { kind: 'country', value: 'DE' },
    validity: { start: '2026-06-01T00:00:00+08:00', end: '2026-12-31T00:00:00+08:00' },
  });
  await publish(
    'piece',
    result({
      declaredUnit: { amount: 2, unit: 'piece', massKg: 5 },
      product: { id: 'pan', name: 'Pan', productIds: ['urn:example:pan'] },
    }),
    { geography: { kind: 'region', value: 'Eastern Asia' } },
  );
  await publish('old', result(), { productIds: ['urn:example:old'], geography: undefined });
  await publish('withdrawn', result(), { productIds: ['urn:example:withdrawn'] });
  const at = new Date().toISOString();
  await deprecateFootprint(instance.store, ids.old!, { successor: '', reason: 'wrong meter', at });
  await grantFootprint(instance.store, ids.withdrawn!, [BUYER], false, at);
  await new Promise((resolve) => setTimeout(resolve, 5));
  buyer = await logIn(url, ca, 'buyer', SECRET);
  stranger = await logIn(url, ca, 'stranger', 'secret-of-a-stranger');
});

afterAll(async () => {
  await instance?.close();
  rmSync(folder, { recursive: true, force: true });
});

const idsOf = (list: readonly Record<string, unknown>[]) => list.map(({ id }) => id);
const named = (...names: string[]) => names.map((name) => ids[name]);

describe('the door', () => {
  it('gives a token for client credentials and says how long it holds', async () => {
    const answer = await ask(`${url}/auth/token`, ca, tokenRequest('buyer', SECRET));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3_600,
      access_token: expect.any(String),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers wrong clients and requests with the errors of OAuth', async () => {
    const code = async (request: Parameters<typeof ask>[2]) => {
      const { status, body } = await ask(`${url}/auth/token`, ca, request);
      return `${status} ${(body as { error: string }).error}`;
    };
    expect(await code(tokenRequest('buyer', 'wrong'))).toBe('401 invalid_client');
    expect(await code(tokenRequest('nobody', SECRET))).toBe('401 invalid_client');
    expect(
      await code({
        ...tokenRequest('buyer', SECRET),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ).toBe('401 invalid_client');
    expect(await code(tokenRequest('buyer', SECRET, 'grant_type=password'))).toBe(
      '400 unsupported_grant_type',
    );
    expect(await code(tokenRequest('buyer', SECRET, 'a=b'))).toBe('400 invalid_request');
    expect(
      await code({
        ...tokenRequest('buyer', SECRET, '{}'),
        headers: { authorization: basic('buyer', SECRET), 'content-type': 'application/json' },
      }),
    ).toBe('400 invalid_request');
  });

  it('asks every other call for a good token, and tells one that has run out apart', async () => {
    for (const path of [
      '/3/footprints',
      `/3/footprints/${ids.sheet}`,
      '/2/footprints',
      `/2/footprints/${ids.sheet}`,
    ]) {
      const none = await ask(`${url}${path}`, ca);
      expect([none.status, none.body]).toEqual([400, { code: 'BadRequest', message: expect.any(String) }]);
      const bad = await ask(`${url}${path}`, ca, { headers: { authorization: `Bearer ${buyer.token}x` } });
      expect([bad.status, (bad.body as { code: string }).code]).toEqual([400, 'BadRequest']);
    }
    for (const version of ['2', '3']) {
      const posted = await ask(`${url}/${version}/events`, ca, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: '{}',
      });
      expect(posted.status).toBe(400);
    }
    instance.clock.aheadMs = 3_700_000;
    const late = await buyer.get('/3/footprints');
    instance.clock.aheadMs = 0;
    expect([late.status, (late.body as { code: string }).code]).toEqual([401, 'TokenExpired']);
  });

  it('answers nothing on plain HTTP', async () => {
    expect(await answersPlainly(`${url}/3/footprints/${ids.sheet}`)).toBe(false);
  });

  it('tokens outlive a restart of the server', async () => {
    await instance.restart();
    expect((await buyer.get('/3/footprints')).status).toBe(200);
  });
});

describe('footprints of version 3', () => {
  it('lists what is shared, conforming, deprecated ones too, in a stable order', async () => {
    const list = await buyer.list('/3/footprints');
    expect(idsOf(list)).toEqual(named('sheet', 'coil', 'piece', 'old'));
    for (const document of list) expect(faultsOf(document, '3')).toEqual([]);
    const [sheet] = list;
    const again = (await buyer.get(`/3/footprints/${ids.sheet}`)).body;
    expect(again).toEqual({ data: sheet });
    expect((sheet!.pcf as Record<string, string>).biogenicCO2Uptake).toMatch(/^-0\.0233/);
    expect(sheet).toMatchObject({
      status: 'Active',
      validityPeriodStart: '2025-12-31T16:00:00.000Z',
      validityPeriodEnd: '2028-12-31T16:00:00.000Z',
      pcf: {
        geographyCountrySubdivision: 'CN-SC',
        fossilCarbonContent: '0',
        packagingEmissionsIncluded: false,
      },
    });
    expect((sheet!.pcf as Record<string, string>).biogenicNonCO2Emissions).toMatch(/^0\.0000000000\d+$/);
  });

  it('states figures of an amount of two by one unit', async () => {
    const [pan] = await buyer.list('/3/footprints?productId=urn:example:pan');
    const [sheet] = await buyer.list('/3/footprints?productId=urn:example:sheet');
    const total = (document: typeof pan) =>
      Number((document!.pcf as Record<string, string>).pcfExcludingBiogenicUptake);
    expect(total(pan)).toBeCloseTo(total(sheet) / 2, 12);
    expect(pan!.pcf).toMatchObject({ declaredUnitAmount: '1', productMassPerDeclaredUnit: '2.5' });
  });

  it.each([
    ['productId=URN:EXAMPLE:COIL', ['coil']],
    ['productId=urn:example:coil&productId=urn:example:pan', ['coil', 'piece']],
    ['productId=urn:example:coil&status=Deprecated', []],
    ['companyId=urn:example:company:metal&classification=urn:example:class:coil', ['coil']],
    ['companyId=urn:example:company:other', []],
    ['classification=', ['sheet', 'coil', 'piece', 'old']],
    ['classification=urn:nothing', []],
    ['status=deprecated', ['old']],
    ['status=Active', ['sheet', 'coil', 'piece']],
    ['status=bogus', []],
    ['geography=CN', ['sheet']],
    ['geography=CN-SC', ['sheet']],
    ['geography=cn-bj', []],
    ['geography=Eastern%20Asia', ['sheet', 'piece']],
    ['geography=Asia', ['sheet', 'piece']],
    ['geography=Western+Europe&geography=CN', ['sheet', 'coil']],
    ['validOn=2026-07-01T00:00:00Z', ['sheet', 'coil', 'piece', 'old']],
    ['validOn=2026-05-31T16:00:00Z', ['sheet', 'coil', 'piece', 'old']],
    ['validOn=2026-05-31T15:59:59Z', ['sheet', 'piece', 'old']],
    ['validOn=2026-12-31T00:00:00+08:00', ['sheet', 'coil', 'piece', 'old']],
    ['validOn=2026-12-31T00:00:00%2B07:00', ['sheet', 'piece', 'old']],
    ['validAfter=2026-05-31T15:59:59Z', ['coil']],
    ['validAfter=2026-05-31T16:00:00Z', []],
    ['validBefore=2026-12-30T16:00:01Z', ['coil']],
    ['validBefore=2026-12-30T16:00:00Z', []],
  ])('filters by %s', async (query, expected) => {
    expect(idsOf(await buyer.list(`/3/footprints?${query}`))).toEqual(named(...expected));
  });

  it.each(['validOn=yesterday', 'limit=0', 'limit=-1', 'limit=ten', 'limit=1&limit=2', 'cursor=abc.def'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await buyer.get(`/3/footprints?${query}`);
      expect([status, body]).toEqual([400, { code: 'BadRequest', message: expect.any(String) }]);
    },
  );

  it('gives pages by a link on the host that was asked, again and again the same', async () => {
    const port = new URL(url).port;
    const named = `https://localhost:${port}`;
    const first = await buyer.get(`${named}/3/footprints?limit=1&status=Active&classification=`);
    const next = nextOf(first)!;
    expect(new URL(next).host).toBe(`localhost:${port}`);
    expect(new URL(next).searchParams.get('status')).toBe('Active');
    const second = await buyer.get(next);
    // What comes in between does not move the pages.
    await publish('between', result(), { productIds: ['urn:example:between'] });
    instance.clock.aheadMs = 185_000;
    expect((await buyer.get(next)).body).toEqual(second.body);
    instance.clock.aheadMs = 0;
    const third = await buyer.get(nextOf(second)!);
    expect(nextOf(third)).toBeUndefined();
    const pages = [first, second, third].map(({ body }) => (body as { data: { id: string }[] }).data);
    expect(pages.map((page) => page.length)).toEqual([1, 1, 1]);
    expect(pages.flat().map(({ id }) => id)).toEqual([ids.sheet, ids.coil, ids.piece]);
    const forged = next.replace('status=Active', 'status=Deprecated');
    expect((await buyer.get(forged)).status).toBe(400);
    expect((await stranger.get(next)).status).toBe(400);
    await grantFootprint(instance.store, ids.between!, [BUYER], false, new Date().toISOString());
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('tells unknown ids, ids that are none, and what is not shared any more apart', async () => {
    const code = async (who: typeof buyer, id: string) => {
      const { status, body } = await who.get(`/3/footprints/${id}`);
      return `${status} ${(body as { code: string }).code}`;
    };
    expect(await code(buyer, 'ffffffff-ffff-4fff-8fff-ffffffffffff')).toBe('404 NotFound');
    expect(await code(buyer, 'abc')).toBe('400 BadRequest');
    expect(await code(buyer, ids.withdrawn!)).toBe('403 AccessDenied');
    expect((await buyer.get(`/3/footprints/${ids.old}`)).body).toMatchObject({
      data: { status: 'Deprecated' },
    });
  });

  it('shows a stranger neither a footprint nor that there is one', async () => {
    expect(await stranger.list('/3/footprints')).toEqual([]);
    expect(await stranger.list('/2/footprints')).toEqual([]);
    const there = await stranger.get(`/3/footprints/${ids.sheet}`);
    const nowhere = await stranger.get('/3/footprints/ffffffff-ffff-4fff-8fff-ffffffffffff');
    expect([there.status, there.text]).toEqual([nowhere.status, nowhere.text]);
    expect((await stranger.get(`/3/footprints/${ids.withdrawn}`)).status).toBe(404);
  });
});

describe('footprints of version 2.3', () => {
  it('lists those that have a form, conforming', async () => {
    const list = await buyer.list('/2/footprints');
    expect(idsOf(list)).toEqual(named('sheet', 'coil', 'old'));
    for (const document of list) expect(faultsOf(document, '2')).toEqual([]);
    expect((await buyer.get(`/2/footprints/${ids.piece}`)).status).toBe(404);
    expect((await buyer.get(`/2/footprints/${ids.old}`)).body).toMatchObject({
      data: { status: 'Deprecated', statusComment: 'wrong meter' },
    });
    const page = await buyer.get('/2/footprints?limit=2');
    expect(idsOf(await buyer.list(nextOf(page)!.slice(url.length)))).toEqual(named('old'));
  });

  it.each([
    ["pcf/geographyCountry eq 'DE'", ['coil']],
    ["pcf/geographyCountry eq 'CN' and productCategoryCpc eq '4153'", ['sheet']],
    ["productIds/any(productId:(productId eq 'urn:example:coil'))", ['coil']],
    ["companyIds/any(c:c eq 'urn:example:company:metal') and (productCategoryCpc gt '5')", []],
    ['pcf/referencePeriodStart ge 2025-01-01T00:00:00.000Z', []],
    ["pcf/referencePeriodStart lt '2025-01-01T00:00:00Z'", ['sheet', 'coil', 'old']],
    [
      'pcf/referencePeriodEnd le 2025-12-31T16:00:00Z and created gt 2026-01-01T00:00:00Z',
      ['sheet', 'coil', 'old'],
    ],
    ['updated ge 2026-01-01T00:00:00Z', ['old']],
    ['', ['sheet', 'coil', 'old']],
  ])('filters by %s', async (filter, expected) => {
    expect(idsOf(await buyer.list(`/2/footprints?$filter=${encodeURIComponent(filter)}`))).toEqual(
      named(...expected),
    );
  });

  it.each([
    'created ge',
    "created like '2025'",
    "secret eq 'x'",
    "productIds/all(p:(p eq 'x'))",
    "productIds/any(p:(q eq 'x'))",
    "created ge 'yesterday'",
    "(productCategoryCpc eq '1'",
    "productCategoryCpc eq '1' or productCategoryCpc eq '2'",
    "productCategoryCpc eq 'x",
  ])('refuses %s', async (filter) => {
    const { status, body } = await buyer.get(`/2/footprints?$filter=${encodeURIComponent(filter)}`);
    expect([status, (body as { code: string }).code]).toEqual([400, 'BadRequest']);
  });
});

describe('publication', () => {
  it('refuses what is simulated, does not add up, leaves out too much or lasts too long', async () => {
    const refused = (footprint = result(), more: Record<string, unknown> = {}) =>
      publishFootprint(
        instance.store,
        {
          result: footprint,
          details: details(more),
          company: 'urn:example:company:metal',
          shareWith: [BUYER],
        },
        new Date(),
      ).then(
        () => 'published',
        (error: { code: string }) => error.code,
      );
    const simulated = result({
      directEmissions: [
        { name: 'flame', category: 'fossil', species: 'CO2', massKg: 1, origin: 'simulated' },
      ],
    });
    expect(await refused(simulated)).toBe('simulated_input');
    expect(await refused({ ...simulated, origin: 'measured' })).toBe('simulated_input');
    const good = result();
    const broken = good.identities.map((identity, at) =>
      at === 0 ? { ...identity, holds: false } : identity,
    );
    expect(await refused({ ...good, identities: broken })).toBe('E_FOOTPRINT_IDENTITY');
    const much = result({ leftOut: [{ name: 'x', reason: 'y', estimateKgCo2e: 1e6 }] });
    expect(await refused(much)).toBe('cut_off_limit');
    expect(await refused(result({ example: true }))).toBe('example_input');
    expect(
      await refused(good, { validity: { start: '2026-01-01T00:00:00Z', end: '2030-01-01T00:00:00Z' } }),
    ).toBe('E_PUBLICATION');
    expect(await refused(good, { geography: { kind: 'region', value: 'Middle-earth' } })).toBe(
      'E_PUBLICATION',
    );
    expect(await refused(good, { precedingIds: ['ffffffff-ffff-4fff-8fff-ffffffffffff'] })).toBe(
      'E_PUBLICATION',
    );
    const negative = result({
      directEmissions: [{ name: 'credit', category: 'fossil', species: 'CO2', massKg: -1e9 }],
    });
    expect(await refused(negative)).toBe('E_PUBLICATION');
  });

  it('a successor deprecates what it replaces and names it', async () => {
    await publish('first', result(), { productIds: ['urn:example:line'] });
    await publish('second', result(), { productIds: ['urn:example:line'], precedingIds: [ids.first!] });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const list = await buyer.list('/3/footprints?productId=urn:example:line');
    expect(list.map(({ id, status, precedingPfIds }) => [id, status, precedingPfIds])).toEqual([
      [ids.first, 'Deprecated', undefined],
      [ids.second, 'Active', [ids.first]],
    ]);
  });
});
