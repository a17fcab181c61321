import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { meterTree, type PointDeclaration } from '../../src/datacenter/meterTree.ts';
import { intervalTotals, isAntichain, usedPoints } from '../../src/datacenter/nodeTotals.ts';
import { model, oneQuarter, point, twoFeedNodes, twoFeedPoints } from './trees.ts';

/** Whole consistent quarter: racks 1 to 4 draw 100, 200, 300, 400 Wh on A and 1,000 more on B. */
const WH: Record<string, number> = {
  inc: 7_000,
  cool: 1_000,
  light: 100,
  'ups-a-in': 1_080,
  'ups-a-out': 1_030,
  'ups-b-in': 4_600,
  'ups-b-out': 4_450,
  'pdu-a-inlet': 1_020,
  'pdu-a-phase': 1_021,
  'pdu-a-outlets': 1_010,
  'pdu-b-inlet': 4_430,
  'pdu-b-phase': 4_430,
  'pdu-b-outlets': 4_410,
  'rack-1-a': 100,
  'rack-2-a': 200,
  'rack-3-a': 300,
  'rack-4-a': 400,
  'rack-1-b': 1_000,
  'rack-2-b': 1_100,
  'rack-3-b': 1_200,
  'rack-4-b': 1_100,
};
const without = (...ids: string[]) =>
  Object.fromEntries(Object.entries(WH).filter(([id]) => !ids.includes(id)));

describe('totals of a tree with two feeds', () => {
  const facility = model(twoFeedPoints(), twoFeedNodes);

  test('each feed of a rack counts once, and a PDU that is metered three times counts once', () => {
    const quarter = oneQuarter(facility, WH);
    expect(quarter).toMatchObject({ eDcWh: 7_000, eItWh: 5_400, status: 'valid', events: [] });
    expect(quarter.pueInterval).toBe(7_000 / 5_400);
    expect(quarter.used.total).toEqual(['inc']);
    expect(quarter.used.it.toSorted()).toEqual(
      Object.keys(WH)
        .filter((id) => id.startsWith('rack'))
        .toSorted(),
    );
    expect(facility.pueCategory).toBe(3);
  });

  test('where the incomer is missing, its children are added up and the total says so', () => {
    const quarter = oneQuarter(facility, without('inc'));
    expect(quarter).toMatchObject({
      eDcWh: 1_000 + 100 + 1_080 + 4_600,
      totalDerived: true,
      status: 'valid',
    });
    expect(quarter.used.total).toEqual(['cool', 'light', 'ups-a-in', 'ups-b-in']);
    // One level further down, the primaries of the PDUs and not their checks.
    const deeper = oneQuarter(facility, without('inc', 'ups-a-in', 'ups-a-out'));
    expect(deeper.eDcWh).toBe(1_000 + 100 + 1_020 + 4_600);
    const racks = oneQuarter(facility, without('inc', 'ups-a-in', 'ups-a-out', 'pdu-a-inlet'));
    expect(racks.eDcWh).toBe(1_000 + 100 + (100 + 200 + 300 + 400) + 4_600);
  });

  test('where a child is missing too, the total is unknown and bounded, never smaller', () => {
    const quarter = oneQuarter(facility, without('inc', 'cool'));
    expect(quarter).toMatchObject({
      eDcWh: null,
      status: 'unknown',
      reason: 'total_unknown',
      pueInterval: null,
    });
    expect(quarter.eDcHiWh).toBe(100_000);
    expect(quarter.eDcLoWh).toBe(100 + 1_080 + 4_600);
    const rack = oneQuarter(facility, without('rack-2-b'));
    expect(rack).toMatchObject({ eItWh: null, status: 'unknown', reason: 'it_unknown' });
    expect(rack.eItLoWh).toBe(5_400 - 1_100);
    expect(rack.eItHiWh).toBe(5_400 - 1_100 + 2_000);
  });

  test('a node that is declared and has no meter makes the IT energy unknown', () => {
    const more = [
      ...twoFeedNodes,
      { node: 'rack-5', feeds: ['pdu-a'], nodeClass: 'rack', purpose: 'it' } as const,
    ];
    expect(oneQuarter(model(twoFeedPoints(), more), WH)).toMatchObject({ eItWh: null, reason: 'it_unknown' });
  });

  test('children that draw more than their parent are a negative residual: the interval is not used', () => {
    const quarter = oneQuarter(facility, { ...WH, inc: 6_200 });
    expect(quarter).toMatchObject({ status: 'inconsistent', reason: 'negative_residual', pueInterval: null });
    expect(quarter.events).toMatchObject([
      { code: 'negative_residual', at: 'facility', found: -580, limit: -500 },
    ]);
    expect(oneQuarter(facility, { ...WH, inc: 6_280 }).status).toBe('valid');
    // One per cent of the total where that is more than half a kilowatt hour.
    const large = Object.fromEntries(Object.entries(WH).map(([id, wh]) => [id, wh * 100]));
    expect(oneQuarter(facility, { ...large, inc: 671_500 }).status).toBe('valid');
    expect(oneQuarter(facility, { ...large, inc: 671_000 }).events).toMatchObject([{ limit: -6_710 }]);
  });

  test('UPS efficiency and check meters are watched', () => {
    const codes = (wh: typeof WH) => oneQuarter(facility, wh).events.map(({ code, at }) => [code, at]);
    expect(codes({ ...WH, 'ups-a-out': 1_081, 'pdu-a-inlet': 1_070 })).toEqual([
      ['ups_efficiency', 'ups-a'],
      ['group_mismatch', 'pdu-a-phase'],
      ['group_mismatch', 'pdu-a-outlets'],
    ]);
    expect(codes({ ...WH, 'pdu-b-phase': 3 * 4_430 })).toEqual([['group_mismatch', 'pdu-b-phase']]);
  });
});

test('a parent that nobody meters or declares is made up from its children', () => {
  const points = [
    point('total', 'facility', 'in', [], { purpose: 'total' }),
    point('a', 'rack-a', 'in', ['row-1'], { purpose: 'it' }),
    point('b', 'rack-b', 'in', ['row-1'], { purpose: 'it' }),
  ];
  const tree = meterTree('dc/x', [{ node: 'row-1', feeds: ['facility'] }], points);
  expect(tree.nodes.get('row-1')).toMatchObject({ virtual: false });
  const { energyWh } = intervalTotals(tree, (index) => [30, 10, 5][index]!);
  expect(energyWh[tree.placeOf.get('row-1\tin')!]).toBe(15);
  const orphan = meterTree('dc/x', [], points);
  expect(orphan.nodes.get('row-1')).toMatchObject({ virtual: true, feeds: [] });
  expect(orphan.roots).toEqual(['facility']);
});

describe('what cannot be a tree is refused', () => {
  test('feeds that go round, a third feed, two primaries of one flow, IT meters above each other', () => {
    expect(() => meterTree('dc/x', [], [point('a', 'n', 'in', ['m']), point('b', 'm', 'in', ['n'])])).toThrow(
      expect.objectContaining({ code: 'E_TREE_CYCLE', message: 'feeds go round: n ← m ← n' }),
    );
    expect(() => meterTree('dc/x', [{ node: 'n', feeds: ['a', 'b', 'c'] }], [])).toThrow(
      expect.objectContaining({ code: 'E_TREE_FEEDS' }),
    );
    const level = ['inlet', 'phase', 'outlets'].map((id) => point(id, 'pdu', 'in', ['facility']));
    expect(() => meterTree('dc/x', [], level)).toThrow(expect.objectContaining({ code: 'E_SAME_FLOW' }));
    const both = [
      point('ups', 'ups', 'out', ['facility'], { purpose: 'it', nodeClass: 'ups' }),
      point('pdu', 'pdu', 'in', ['ups'], { purpose: 'it', nodeClass: 'pdu' }),
    ];
    expect(() => model(both)).toThrow(expect.objectContaining({ code: 'E_IT_BOUNDARY' }));
    expect(model(both, [], { itBoundary: 'ups' }).pueCategory).toBe(1);
    expect(model(both, [], { itBoundary: 'pdu' }).pueCategory).toBe(2);
  });

  test('two incomers are two flows when their groups are named', () => {
    const incomer = (id: string) => point(id, 'facility', 'in', [], { purpose: 'total', group: id });
    const it = point('it', 'it', 'in', ['facility'], { purpose: 'it', nodeClass: 'rack' });
    const facility = model([incomer('one'), incomer('two'), it]);
    expect(oneQuarter(facility, { one: 700, two: 500, it: 1_000 })).toMatchObject({
      eDcWh: 1_200,
      pueInterval: 1.2,
    });
    expect(oneQuarter(facility, { one: 700, it: 500 })).toMatchObject({ eDcWh: 500, totalDerived: true });
  });
});

describe('sources on site', () => {
  const points = [
    point('inc', 'facility', 'in', [], { purpose: 'total' }),
    point('exp', 'facility', 'out', [], { purpose: 'total' }),
    point('pv', 'pv', 'out', ['facility'], { purpose: 'pv' }),
    point('bat-in', 'battery', 'in', ['facility'], { purpose: 'storage' }),
    point('bat-out', 'battery', 'out', ['facility'], { purpose: 'storage' }),
    point('it', 'it', 'in', ['facility'], { purpose: 'it', nodeClass: 'rack' }),
  ];
  const facility = model(points);
  const none = { exp: 0, pv: 0, 'bat-in': 0, 'bat-out': 0 };

  test('PV used counts, what is fed back does not lower the total', () => {
    expect(oneQuarter(facility, { ...none, inc: 1_000, pv: 400, exp: 0, it: 1_200 })).toMatchObject({
      eDcWh: 1_400,
      pvUsedWh: 400,
    });
    expect(oneQuarter(facility, { ...none, inc: 1_000, pv: 400, exp: 300, it: 900 })).toMatchObject({
      eDcWh: 1_100,
    });
    expect(oneQuarter(facility, { ...none, inc: 1_000, pv: 100, exp: 300, it: 900 })).toMatchObject({
      eDcWh: 1_000,
    });
  });

  test('a battery counts when it is charged: a mains failure is valid and has no PUE of its own', () => {
    const charging = oneQuarter(facility, { ...none, inc: 1_500, 'bat-in': 400, it: 1_000 });
    expect(charging).toMatchObject({ eDcWh: 1_500, status: 'valid', pueInterval: 1.5 });
    const failure = oneQuarter(facility, { ...none, inc: 0, 'bat-out': 1_000, it: 990 });
    expect(failure).toMatchObject({
      eDcWh: 0,
      status: 'valid',
      reason: 'storage_or_generator',
      pueInterval: null,
    });
    const impossible = oneQuarter(facility, { ...none, inc: 990, it: 1_000 });
    expect(impossible).toMatchObject({ status: 'inconsistent', reason: 'pue_below_one' });
    expect(impossible.events.map(({ code }) => code)).toEqual(['pue_below_one']);
  });
});

/** Random trees of up to four levels in which nodes have one feed or two, and any place may be metered. */
const arbitraryTree = fc
  .array(
    fc.record({
      level: fc.integer({ min: 1, max: 3 }),
      feeds: fc.tuple(fc.nat(20), fc.option(fc.nat(20))),
      metered: fc.subarray(['in', 'out', 'feeds'] as const),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((drawn) => {
    const levels: string[][] = [['facility'], [], [], []];
    const points: PointDeclaration[] = [point('p-root', 'facility', 'in', [], { purpose: 'total' })];
    const nodes = drawn
      .toSorted((a, b) => a.level - b.level)
      .map(({ level, feeds: [first, second], metered }, at) => {
        const above = levels.slice(0, level).flat();
        const feeds = [
          ...new Set([
            above[first % above.length]!,
            ...(second === null ? [] : [above[second % above.length]!]),
          ]),
        ];
        const node = `n${at}`;
        levels[level]!.push(node);
        if (metered.includes('in')) points.push(point(`${node}-in`, node, 'in', feeds));
        if (metered.includes('out')) points.push(point(`${node}-out`, node, 'out', feeds));
        if (metered.includes('feeds') && feeds.length === 2)
          points.push(...feeds.map((feed) => point(`${node}-${feed}`, node, 'in', [feed])));
        return { node, feeds };
      });
    return { nodes, points };
  });

property.prop([arbitraryTree, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 })])(
  'the points of every sum are an antichain, and every one of them is valid',
  ({ nodes, points }, known) => {
    const tree = meterTree('dc/random', nodes, points);
    const totals = intervalTotals(tree, (index) => (known[index] ? 1 : Number.NaN));
    tree.places.forEach((_place, place) => {
      const used = usedPoints(tree, totals, [place]);
      const total = totals.energyWh[place]!;
      if (Number.isNaN(total)) return;
      expect(isAntichain(tree, used)).toBe(true);
      expect(used.every((index) => known[index])).toBe(true);
      expect(total).toBe(used.length);
    });
  },
);

test('the check of an antichain can fail: a rack under its PDU, a flow measured twice, a feed under the other side', () => {
  const tree = meterTree('dc/test', twoFeedNodes, twoFeedPoints());
  const index = (id: string) => tree.points.findIndex((each) => each.id === id);
  const judge = (...ids: string[]) => isAntichain(tree, ids.map(index));
  expect(judge('pdu-a-inlet', 'rack-1-a')).toBe(false);
  expect(judge('pdu-a-inlet', 'rack-1-b')).toBe(true);
  expect(judge('pdu-a-inlet', 'pdu-a-phase')).toBe(false);
  expect(judge('ups-a-in', 'ups-a-out')).toBe(false);
  expect(judge('inc', 'rack-3-b')).toBe(false);
  expect(judge('rack-1-a', 'rack-1-b', 'rack-2-a')).toBe(true);
});
