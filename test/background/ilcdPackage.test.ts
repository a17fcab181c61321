import { describe, expect, it } from 'vitest';
import { createIlcdReader } from '../../src/background/ilcd/readPackage.ts';
import type { Inventory } from '../../src/background/inventory.ts';
import { createReaderFor } from '../../src/background/packageFormat.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { type IlcdProcess, ilcdParts } from './ilcdParts.ts';

const PROCESSES: readonly IlcdProcess[] = [
  {
    id: 'plant',
    name: 'Power & heat <plant>',
    zh: '电厂',
    location: 'SC-CN',
    exchanges: [
      { flow: 'power', amount: 10 },
      { flow: 'co2', amount: 2, uncertainty: { kind: 'log-normal', deviation95: 1.21 } },
      { flow: 'ore', amount: 1, input: true },
    ],
  },
  {
    id: 'smelter',
    location: 'CD-SC-CN',
    exchanges: [
      { flow: 'metal', amount: 1 },
      { flow: 'power', amount: 5, input: true },
      { flow: 'co2urban', amount: 3 },
      { flow: 'slag', amount: 0.5 },
    ],
  },
];

function inventoryOf(processes: readonly IlcdProcess[], notation: 'xml' | 'json' = 'xml'): Inventory {
  const reader = createIlcdReader(notation);
  for (const { name, bytes } of ilcdParts(processes, notation)) {
    if (reader.wants(name)) reader.accept(name, Buffer.from(bytes));
  }
  return reader.finish();
}

describe('an ILCD package', () => {
  it('is read with names in both languages, units, compartments, uncertainty and the climate method', () => {
    const inventory = inventoryOf(PROCESSES);
    expect(inventory.format).toBe('ilcd-xml');
    const [plant] = inventory.processes;
    expect(plant).toMatchObject({
      id: 'plant',
      name: 'Power & heat <plant>',
      location: 'SC-CN',
      validFrom: '2020',
    });
    expect(plant?.names?.get('zh')).toBe('电厂');
    expect(plant?.exchanges[0]).toMatchObject({
      flowId: 'power',
      amount: 10,
      isReference: true,
      isInput: false,
    });
    expect(plant?.exchanges[1]?.uncertainty).toEqual({
      kind: 'LOG_NORMAL_DISTRIBUTION',
      // The format states exp(2 sigma): its square root is exp(sigma).
      parameters: { geomSd: 1.1, sd: (2 * 1.21) / 200, mode: 2 },
    });
    expect(inventory.flows.get('co2')).toMatchObject({
      kind: 'elementary',
      cas: '000124-38-9',
      categoryPath: 'Emissions/Emissions to air/Emissions to air, unspecified',
    });
    expect(inventory.unitGroups.get('u-mass')).toMatchObject({ referenceUnit: 'kg' });
    expect(inventory.method?.factors).toHaveLength(5);
  });

  it('is the same package as TIDAS JSON', () => {
    const { format, ...json } = inventoryOf(PROCESSES, 'json');
    const { format: other, ...xml } = inventoryOf(PROCESSES);
    expect([other, format]).toEqual(['ilcd-xml', 'ilcd-json']);
    expect(json).toEqual(xml);
  });

  it('lays its method over the flows by id, then by CAS number and compartment, and lists what found none', () => {
    const { system, method } = buildBackground(inventoryOf(PROCESSES));
    expect(system.flowFactors).toEqual([
      { flowId: 'ch4bio', category: 'biogenic_non_co2', factor: 27, matchedBy: 'flow id' },
      { flowId: 'co2', category: 'fossil', factor: 1, matchedBy: 'flow id' },
      { flowId: 'co2bio', category: 'biogenic_co2_emission', factor: 1, matchedBy: 'flow id' },
      { flowId: 'co2urban', category: 'fossil', factor: 1, matchedBy: 'CAS number and compartment' },
    ]);
    expect(method?.unmatched).toEqual(['nitrogen trifluoride (Mass, kg, Emissions to air, unspecified)']);
  });

  it('makes the quantitative reference alone a product, and links a city to its province', () => {
    const { system } = buildBackground(
      inventoryOf([...PROCESSES, { ...PROCESSES[0]!, id: 'abroad', location: 'DE' }]),
    );
    expect(system.activities.map(({ processId, flowId }) => `${processId} ${flowId}`)).toEqual([
      'abroad power',
      'plant power',
      'smelter metal',
    ]);
    expect(system.links).toMatchObject([
      {
        processId: 'smelter',
        rule: 'only_in_tier',
        tier: 'SC-CN',
        candidates: 2,
        suppliers: [{ activity: 1, share: 1 }],
      },
    ]);
    expect(system.findings).toMatchObject([
      { code: 'coproduct_unallocated', processId: 'smelter', facts: { flows: 'Slag' } },
    ]);
  });

  it('takes the first of several references, and the later of two versions of a dataset', () => {
    const [process] = inventoryOf([{ ...PROCESSES[1]!, reference: [3, 0] }]).processes;
    expect(process?.exchanges.filter(({ isReference }) => isReference)).toMatchObject([{ flowId: 'slag' }]);
    const version = (text: string) =>
      `<processDataSet><processInformation><dataSetInformation><UUID>x</UUID><name><baseName>${text}</baseName></name></dataSetInformation></processInformation><administrativeInformation><publicationAndOwnership><dataSetVersion>${text}</dataSetVersion></publicationAndOwnership></administrativeInformation></processDataSet>`;
    const reader = createIlcdReader('xml');
    reader.accept('processes/x_2.xml', Buffer.from(version('02.00.000')));
    reader.accept('processes/x_1.xml', Buffer.from(version('01.00.000')));
    expect(reader.finish().processes).toMatchObject([{ id: 'x', name: '02.00.000' }]);
    expect(() => reader.accept('processes/x_3.xml', Buffer.from(version('02.00.000')))).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_DUPLICATE', place: 'processes/x_3.xml' }),
    );
  });

  it.each([
    ['<processDataSet><processInformation>', 'E_PACKAGE_XML'],
    ['not XML at all', 'E_PACKAGE_XML'],
    ['', 'E_PACKAGE_XML'],
    ['<!DOCTYPE x [<!ENTITY a "aaaa">]><processDataSet>&a;</processDataSet>', 'E_PACKAGE_XML'],
    [`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 'E_PACKAGE_XML'],
    ['<somethingElse/>', 'E_PACKAGE_SCHEMA'],
    ['<processDataSet/>', 'E_PACKAGE_SCHEMA'],
  ])('refuses %s with its place', (text, code) => {
    const reader = createIlcdReader('xml');
    expect(() => reader.accept('processes/bad.xml', Buffer.from(text))).toThrow(
      expect.objectContaining({ code, place: 'processes/bad.xml' }),
    );
  });

  it('is told from the other formats by the names in the archive', () => {
    const kind = (...names: string[]) => {
      const reader = createReaderFor(names, 'x.zip');
      return names.filter((name) => reader.wants(name));
    };
    expect(kind('ILCD/processes/a.xml', 'ILCD/sources/b.xml')).toEqual(['ILCD/processes/a.xml']);
    expect(kind('data/processes/a.json', 'data/unitgroups/b.json', 'data/contacts/c.json')).toHaveLength(2);
    expect(kind('processes/a.json', 'unit_groups/b.json')).toHaveLength(2);
    expect(kind('datasets/a.spold', 'MasterData/units.xml')).toEqual(['datasets/a.spold']);
    expect(() => createReaderFor(['readme.txt'], 'x.zip')).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_FORMAT', place: 'x.zip' }),
    );
  });
});
