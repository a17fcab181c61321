import { describe, expect, it } from 'vitest';
import { factorsByFlow } from '../../src/background/characterisation.ts';
import { createIlcdReader } from '../../src/background/ilcd/readPackage.ts';
import { packageGwpSet } from '../../src/background/methodMatching.ts';
import type { BackgroundOverrides } from '../../src/background/overrides.ts';
import { datasetPages, pageMarkdown, qualityTotals } from '../../src/background/report.ts';
import { scoreRows, scoreWith } from '../../src/background/score.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { type IlcdExchange, type IlcdProcess, ilcdParts } from './ilcdParts.ts';

const made = (flow: string, amount: number | null): IlcdExchange => ({ flow, amount });
const used = (flow: string, amount: number | null): IlcdExchange => ({ flow, amount, input: true });
const process = (id: string, ...exchanges: IlcdExchange[]): IlcdProcess => ({ id, exchanges });

function gate(processes: readonly IlcdProcess[], overrides?: BackgroundOverrides) {
  const reader = createIlcdReader('xml');
  for (const { name, bytes } of ilcdParts(processes))
    if (reader.wants(name)) reader.accept(name, Buffer.from(bytes));
  const built = buildBackground(reader.finish(), { overrides });
  const { system } = built;
  const scored = scoreWith(system, {
    gwpSet: packageGwpSet('test', system),
    factors: factorsByFlow(system, system.flowFactors),
    characterised: system.flowFactors.length,
    unknown: [],
  });
  const rows = scoreRows(scored);
  return {
    ...built,
    system,
    rows,
    of: (id: string) => rows.find(({ activity }) => activity.processId === id),
    seen: system.findings.map(({ code, processId, exchangeId, action }) => [
      code,
      processId,
      exchangeId,
      action,
    ]),
    links: (id: string) => system.links.filter(({ processId }) => processId === id),
  };
}

const PLANT = process('plant', made('power', 1), made('co2', 0.5));

describe('datasets that cannot be used', () => {
  it.each<[string, IlcdProcess, string]>([
    ['without a reference', { ...process('bad', made('metal', 1)), reference: [] }, 'no_reference'],
    ['with a reference of 0', process('bad', made('metal', 0)), 'zero_reference'],
    ['with a reference amount that is missing', process('bad', made('metal', null)), 'zero_reference'],
    ['with an elementary reference', process('bad', made('co2', 1)), 'reference_elementary'],
    ['with a reference that is not there', process('bad', made('nowhere', 1)), 'dangling_flow'],
    ['with a missing amount', process('bad', made('metal', 1), made('co2', null)), 'bad_amount'],
    [
      'that are an input-output table',
      process('bad', made('sector', 1), used('sector', 5)),
      'value_implausible',
    ],
  ])('%s are quarantined, and whoever buys from them is incomplete', (_what, bad, code) => {
    const { seen, system, links } = gate([
      bad,
      PLANT,
      process('user', made('slag', 1), used('metal', 1), used('power', 1)),
    ]);
    expect(seen).toContainEqual([code, 'bad', expect.any(String), 'quarantined']);
    expect(system.leftOut).toMatchObject([{ processId: 'bad' }]);
    const lostMetal = bad.exchanges[0]!.flow === 'metal' && bad.reference === undefined;
    expect(links('user')[0]).toMatchObject({
      rule: 'cut_off',
      reason: lostMetal ? 'provider_quarantined' : 'no_maker',
    });
    expect(seen.some(([found, id]) => found === 'incomplete' && id === 'user')).toBe(lostMetal);
  });

  it('are kept when a reviewed override accepts them', () => {
    const accept = { process: 'table', code: 'value_implausible' as const, reason: 'checked' };
    const overrides: BackgroundOverrides = {
      schema: 'tanliu.background-overrides/1',
      reviewer: 'A. Reviewer',
      reviewedOn: '2026-01-01',
      providers: [],
      accept: [accept],
    };
    const table = process('table', made('sector', 1), used('tap', 0.1), made('co2', 1));
    expect(gate([table, PLANT]).system.leftOut).toEqual([]);
    const bad = process('table', made('sector', 1), used('sector', 5), made('co2', 1));
    expect(gate([bad, PLANT]).system.leftOut).toHaveLength(1);
    expect(gate([bad, PLANT], overrides).system.leftOut).toEqual([]);
    const warned = process('table', made('metal', 1), made('slag', 1), made('co2', 1));
    expect(gate([warned]).seen).toEqual([['coproduct_unallocated', 'table', '', 'kept']]);
    const taken: BackgroundOverrides = {
      ...overrides,
      accept: [{ ...accept, code: 'coproduct_unallocated' }],
    };
    expect(gate([warned], taken).seen).toEqual([]);
  });
});

describe('single exchanges', () => {
  it('are dropped where they dangle, run the wrong way, or mix up litres and cubic metres', () => {
    const { seen, of } = gate([
      process(
        'works',
        made('metal', 1),
        used('nowhere', 1),
        used('co2', 1),
        made('ore', 1),
        made('ch4bio', -1),
        used('tap', 1670),
        made('co2', 2),
      ),
    ]);
    expect(seen).toEqual([
      ['dangling_flow', 'works', '1', 'exchange_dropped'],
      ['wrong_direction', 'works', '2', 'exchange_dropped'],
      ['wrong_direction', 'works', '3', 'exchange_dropped'],
      ['wrong_direction', 'works', '4', 'exchange_dropped'],
      ['unit_mismatch', 'works', '5', 'exchange_dropped'],
    ]);
    expect(of('works')?.totalKgCo2e).toBe(2);
  });
});

describe('loops', () => {
  it('that return what enters them are cut at the input of greatest elasticity', () => {
    const { seen, system, proof, links } = gate([
      process('a', made('metal', 1), used('slag', 0.9999), used('power', 0.001), made('co2', 1)),
      process('b', made('slag', 1), used('metal', 0.9999)),
      process('c', made('power', 1), used('metal', 0.001), made('co2', 0.5)),
    ]);
    expect(seen.filter(([code]) => code === 'self_feeding')).toEqual([
      ['self_feeding', 'a', '1', 'exchange_cut'],
    ]);
    expect(links('a')[0]).toMatchObject({ rule: 'cut_off', reason: 'self_feeding' });
    expect(proof.least).toBeGreaterThanOrEqual(1);
    expect(system.findings.find(({ code }) => code === 'self_feeding')?.detail).toContain('→');
  });

  it('that cannot be cut open lose whole datasets, and the gate ends', () => {
    const flows = ['metal', 'slag', 'gas', 'power', 'tap', 'sector'];
    const dense = flows.map((flow) =>
      process(
        `of-${flow}`,
        made(flow, 1),
        made('co2', 1),
        ...flows.filter((other) => other !== flow).map((other) => used(other, 0.9)),
      ),
    );
    const { seen, proof, system } = gate(dense);
    const cuts = seen.filter(([code, , , action]) => code === 'self_feeding' && action === 'exchange_cut');
    expect(cuts.length).toBeLessThanOrEqual(20);
    expect(proof.least).toBeGreaterThanOrEqual(1);
    expect(system.activities.length).toBeGreaterThan(0);
    expect(system.activities.length + system.leftOut.length).toBe(flows.length);
  });

  it('that lose part of what enters them are left alone', () => {
    const { seen } = gate([
      process('a', made('metal', 1), used('slag', 0.5), made('co2', 1)),
      process('b', made('slag', 1), used('metal', 0.5)),
    ]);
    expect(seen).toEqual([]);
  });

  it('of a stage with itself are linked to the other makers, and the stage supplies nobody', () => {
    const { of, links, seen } = gate([
      process('mine', made('metal', 1), made('co2', 3)),
      process('lift', made('metal', 1), used('metal', 1), made('co2', 0.5)),
      process('user', made('slag', 1), used('metal', 1)),
    ]);
    expect(seen).toContainEqual(['stage_chain', 'lift', '0', 'no_provider']);
    expect(links('user')[0]).toMatchObject({ rule: 'only_maker' });
    expect(of('user')?.totalKgCo2e).toBe(3);
    expect(of('lift')?.totalKgCo2e).toBe(3.5);
  });
});

describe('scores', () => {
  it('of datasets without climate content are 0, not usable, and supply nobody while another can', () => {
    const { of, links } = gate([
      process('empty', made('metal', 1), used('ore', 1)),
      process('real', made('metal', 1), made('co2', 4)),
      process('user', made('slag', 1), used('metal', 2)),
      process('waits', made('gas', 1), used('tap', 1)),
      process('well', made('tap', 1), used('ore', 1)),
    ]);
    expect(of('empty')).toMatchObject({ totalKgCo2e: 0, usable: false, flags: ['no_climate_content'] });
    expect(of('user')?.totalKgCo2e).toBe(8);
    expect(links('waits')[0]).toMatchObject({ rule: 'cut_off', reason: 'provider_no_content' });
  });

  it('above what any product has are flagged at the culprit alone, and its users take the other makers', () => {
    const { of, seen } = gate([
      process('absurd', made('metal', 1), made('co2', 5000)),
      process('real', made('metal', 1), made('co2', 2)),
      process('user', made('slag', 1), used('metal', 1)),
    ]);
    expect(seen.filter(([code]) => code === 'score_outlier')).toEqual([
      ['score_outlier', 'absurd', '', 'not_usable'],
    ]);
    expect(of('absurd')).toMatchObject({ usable: false, totalKgCo2e: 5000 });
    expect(of('user')).toMatchObject({ usable: true, totalKgCo2e: 2 });
  });

  it('far from three other makers are outliers', () => {
    const { seen, of } = gate([
      ...[1, 2, 3].map((co2) => process(`m${co2}`, made('metal', 1), made('co2', co2))),
      process('odd', made('metal', 1), made('co2', 100)),
    ]);
    expect(seen).toEqual([['score_outlier', 'odd', '', 'not_usable']]);
    expect(of('m3')?.usable).toBe(true);
  });

  it('far from one other maker are no provider: one of the two is wrong', () => {
    const { seen, of } = gate([
      process('low', made('metal', 1), made('co2', 1)),
      process('high', made('metal', 1), made('co2', 100)),
    ]);
    expect(seen).toEqual([
      ['energy_implausible', 'high', '', 'no_provider'],
      ['energy_implausible', 'low', '', 'no_provider'],
    ]);
    expect(of('low')?.usable).toBe(false);
  });
});

describe('treatments', () => {
  it('have an input as reference, a positive pivot, and supply no input of that flow', () => {
    const { of, links, seen } = gate([
      process('boiler', { flow: 'gas', amount: 10, input: true }, made('co2', 20)),
      process('user', made('metal', 1), used('gas', 1), made('co2', 1)),
    ]);
    expect(seen).toContainEqual(['treatment', 'boiler', '0', 'kept']);
    expect(of('boiler')?.totalKgCo2e).toBe(2);
    expect(links('user')[0]).toMatchObject({ rule: 'cut_off', reason: 'no_maker' });
  });
});

describe('the report', () => {
  it('counts what is kept, complete and usable, and has one page a dataset in both languages', () => {
    const { system, rows } = gate([
      PLANT,
      process('bad', made('metal', 1), made('co2', null)),
      process('user', made('slag', 1), used('metal', 1), used('power', 2)),
      process('next', made('gas', 1), used('slag', 1)),
    ]);
    expect(qualityTotals(system, rows)).toMatchObject({
      processes: 4,
      kept: 3,
      quarantined: 1,
      quarantinedByCode: { bad_amount: 1 },
      complete: 1,
      incomplete: 2,
      incompleteByLevel: { 1: 1, 2: 1 },
      usableProducts: 3,
      cutOffByReason: { provider_quarantined: 1 },
    });
    const pages = datasetPages(system, rows);
    expect(pages.map(({ process: id, state, isComplete }) => [id, state, isComplete])).toEqual([
      ['bad', 'quarantined', false],
      ['next', 'kept', false],
      ['plant', 'kept', true],
      ['user', 'kept', false],
    ]);
    const page = pageMarkdown(pages[0]!);
    expect(page).toContain('# bad（中文）');
    expect(page).toContain('缺失');
    expect(page).toContain('the amount of carbon dioxide (fossil) is missing or not finite');
    expect(page).toMatch(/如何推翻: .*\n/);
    expect(page).toMatch(/How to overrule: .*\n/);
  });

  it('is the same whatever the order of the files', () => {
    const processes = [
      process('a', made('metal', 1), used('slag', 0.9999), made('co2', 1)),
      process('b', made('slag', 1), used('metal', 0.9999)),
      process('c', made('metal', 1), made('co2', 500)),
    ];
    expect(gate(processes.toReversed()).system).toEqual(gate(processes).system);
  });
});
