import { describe, expect, it } from 'vitest';
import { createEcoSpoldReader } from '../../src/background/ecoSpold/readPackage.ts';
import type { Inventory } from '../../src/background/inventory.ts';
import { buildBackground } from '../../src/background/technosphere.ts';

function inventoryOf(files: Readonly<Record<string, string>>): Inventory {
  const reader = createEcoSpoldReader();
  for (const [name, text] of Object.entries(files)) reader.accept(name, Buffer.from(text));
  return reader.finish();
}

interface Exchange1 {
  readonly number: number;
  readonly name: string;
  readonly unit: string;
  readonly amount: number;
  readonly input?: number;
  readonly output?: number;
  readonly more?: string;
}

const dataset1 = (number: number, location: string, exchanges: readonly Exchange1[], allocation = '') => `
  <dataset number="${number}" generator="test">
    <metaInformation><processInformation>
      <referenceFunction name="${exchanges[0]!.name}" localName="lokal" amount="1" unit="${exchanges[0]!.unit}"/>
      <geography location="${location}"/>
      <timePeriod><startYear>2000</startYear><endYear>2005</endYear></timePeriod>
    </processInformation></metaInformation>
    <flowData>${exchanges
      .map(
        ({ number: n, name, unit, amount, input, output, more = '' }) =>
          `<exchange number="${n}" name="${name}" unit="${unit}" meanValue="${amount}" ${more}>${
            input === undefined ? `<outputGroup>${output}</outputGroup>` : `<inputGroup>${input}</inputGroup>`
          }</exchange>`,
      )
      .join('')}${allocation}</flowData>
  </dataset>`;

const file1 = (...datasets: string[]) =>
  `<?xml version="1.0" encoding="ISO-8859-1"?><ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01">${datasets.join('')}</ecoSpold>`;

const CO2 = 'category="air" subCategory="unspecified" CASNumber="000124-38-9"';

describe('ecoSpold 1', () => {
  const plant = dataset1(10, 'CH', [
    { number: 10, name: 'electricity', unit: 'kWh', amount: 1, output: 0 },
    {
      number: 90,
      name: 'Carbon dioxide, fossil',
      unit: 'kg',
      amount: 0.5,
      output: 4,
      more: `${CO2} uncertaintyType="1" standardDeviation95="1.21" generalComment="(2,3,1,1,1,5); measured"`,
    },
  ]);
  const works = dataset1(
    20,
    'CH',
    [
      { number: 20, name: 'steel', unit: 'kg', amount: 1, output: 0 },
      { number: 21, name: 'slag', unit: 'kg', amount: 3, output: 2 },
      { number: 10, name: 'electricity', unit: 'kWh', amount: 2, input: 5, more: 'location="CH"' },
    ],
    `<allocation referenceToCoProduct="20" fraction="75"><referenceToInputOutput>10</referenceToInputOutput></allocation>
     <allocation referenceToCoProduct="21" fraction="25"><referenceToInputOutput>10</referenceToInputOutput></allocation>`,
  );

  it('is read dataset by dataset out of one file, with uncertainty, pedigree and place', () => {
    const inventory = inventoryOf({ 'all.XML': file1(plant, works) });
    expect(inventory.format).toBe('ecospold-1');
    expect(inventory.processes.map(({ id, location, validFrom }) => [id, location, validFrom])).toEqual([
      ['10', 'CH', '2000'],
      ['20', 'CH', '2000'],
    ]);
    expect(inventory.processes[0]?.exchanges[1]).toMatchObject({
      amount: 0.5,
      isInput: false,
      uncertainty: { kind: 'LOG_NORMAL_DISTRIBUTION', parameters: { geomSd: 1.1 } },
      pedigree: '(2,3,1,1,1,5)',
    });
  });

  it('is linked by product and place, and shares burdens by the stated fractions', () => {
    const { system } = buildBackground(inventoryOf({ 'all.xml': file1(plant, works) }));
    expect(system.activities.map(({ processId, flowName }) => [processId, flowName])).toEqual([
      ['10', 'electricity'],
      ['20', 'steel'],
      ['20', 'slag'],
    ]);
    const { start, index, value } = system.technosphere;
    const column = (j: number) =>
      [...index.subarray(start[j], start[j + 1])].map((row, k) => [row, value[start[j]! + k]]);
    expect(column(1)).toEqual([
      [0, -1.5],
      [1, 1],
    ]);
    expect(column(2)).toEqual([
      [0, -0.5],
      [2, 3],
    ]);
  });
});

const exchange2 = (
  kind: 'intermediate' | 'elementary',
  id: string,
  name: string,
  amount: number,
  group: string,
  more = '',
  inner = '',
) =>
  `<${kind}Exchange id="x-${id}" ${kind}ExchangeId="${id}" amount="${amount}" ${more}><name xml:lang="en">${name}</name><name xml:lang="zh">${name}（中）</name><unitName xml:lang="en">kg</unitName>${inner}${group}</${kind}Exchange>`;
const input = '<inputGroup>5</inputGroup>';
const output = (group: number) => `<outputGroup>${group}</outputGroup>`;
const air =
  '<compartment><compartment xml:lang="en">air</compartment><subcompartment xml:lang="en">unspecified</subcompartment></compartment>';

const file2 = (activity: string, place: string, ...exchanges: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><childActivityDataset><activityDescription><activity id="${activity}"><activityName xml:lang="en">${activity} works</activityName></activity><geography><shortname xml:lang="en">${place}</shortname></geography><timePeriod startDate="2020-01-01" endDate="2021-12-31"/></activityDescription><flowData>${exchanges.join('')}</flowData></childActivityDataset></ecoSpold>`;

describe('ecoSpold 2', () => {
  const carbon = (amount: number) =>
    exchange2(
      'elementary',
      'co2',
      'Carbon dioxide, fossil',
      amount,
      output(4),
      'casNumber="000124-38-9"',
      `${air}<uncertainty><lognormal meanValue="1" mu="0" variance="0.0004" varianceWithPedigreeUncertainty="0.01"/><pedigreeMatrix reliability="2" completeness="1" temporalCorrelation="3" geographicalCorrelation="1" furtherTechnologyCorrelation="1"/></uncertainty>`,
    );
  const files = {
    'datasets/a.spold': file2(
      'smelting',
      'CN',
      exchange2('intermediate', 'metal', 'metal', 1, output(0), 'productionVolumeAmount="70"'),
      carbon(2),
      exchange2('intermediate', 'waste', 'waste', -0.5, input, 'activityLinkId="tip"'),
    ),
    'datasets/b.spold': file2(
      'refining',
      'CN',
      exchange2('intermediate', 'metal', 'metal', 1, output(0), 'productionVolumeAmount="30"'),
      carbon(4),
    ),
    'datasets/c.spold': file2(
      'tip',
      'GLO',
      exchange2('intermediate', 'waste', 'waste', -1, output(0)),
      carbon(1),
    ),
    'datasets/d.spold': file2(
      'market',
      'CN',
      exchange2('intermediate', 'sheet', 'sheet', 1, output(0)),
      exchange2('intermediate', 'metal', 'metal', 2, input),
    ),
  };

  it('is read with names, variances with pedigree, production volumes and treatments', () => {
    const inventory = inventoryOf(files);
    expect(inventory.format).toBe('ecospold-2');
    const smelting = inventory.processes.find(({ id }) => id === 'smelting');
    expect(smelting).toMatchObject({ name: 'smelting works', location: 'CN', validUntil: '2021-12-31' });
    expect(smelting?.annualVolumes.get('metal')).toBe(70);
    const emission = smelting?.exchanges[1];
    expect(emission?.uncertainty?.parameters.geomSd).toBeCloseTo(Math.exp(0.1), 14);
    expect(emission?.pedigree).toBe('(2;1;3;1;1)');
    expect(inventory.flows.get('waste')?.kind).toBe('waste');
    expect(inventory.flows.get('metal')?.names?.get('zh')).toBe('metal（中）');
  });

  it('is linked by the named provider, by volume, and waste goes to its treatment', () => {
    const { system } = buildBackground(inventoryOf(files));
    expect(system.links).toMatchObject([
      { processId: 'market', rule: 'production_volume', suppliers: [{ share: 0.3 }, { share: 0.7 }] },
      { processId: 'smelting', kind: 'waste', rule: 'explicit', amount: 0.5 },
    ]);
    const tip = system.activities.find(({ processId }) => processId === 'tip');
    expect(tip).toMatchObject({ isTreatment: true, output: 1 });
  });

  it('of a linked system model has one dataset a product, and links go to the product named', () => {
    const twin = (product: string) =>
      file2('twin', 'CN', exchange2('intermediate', product, product, 1, output(0)), carbon(1));
    const { system } = buildBackground(
      inventoryOf({
        'a.spold': twin('heat'),
        'b.spold': twin('steam'),
        'c.spold': file2(
          'user',
          'CN',
          exchange2('intermediate', 'sheet', 'sheet', 1, output(0)),
          exchange2('intermediate', 'steam', 'steam', 2, input, 'activityLinkId="twin"'),
        ),
      }),
    );
    expect(system.activities.map(({ processId }) => processId)).toEqual(['twin_heat', 'twin_steam', 'user']);
    expect(system.links).toMatchObject([{ rule: 'explicit', suppliers: [{ activity: 1, share: 1 }] }]);
  });

  it('is told from ecoSpold 1 by its content and not by its name; a mixture and anything else is refused', () => {
    expect(inventoryOf({ 'ecospold1.xml': files['datasets/b.spold'] }).format).toBe('ecospold-2');
    const one = file1(dataset1(1, 'CH', [{ number: 1, name: 'a', unit: 'kg', amount: 1, output: 0 }]));
    expect(inventoryOf({ 'ecospold2.spold': one }).format).toBe('ecospold-1');
    expect(() => inventoryOf({ 'a.spold': one, 'b.spold': files['datasets/b.spold'] })).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_SCHEMA', place: 'b.spold' }),
    );
    expect(() => inventoryOf({ 'a.spold': '<units/>' })).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_SCHEMA', place: 'a.spold' }),
    );
    expect(() => inventoryOf({ 'a.spold': one, 'b.spold': one })).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_DUPLICATE', place: 'b.spold' }),
    );
  });
});
