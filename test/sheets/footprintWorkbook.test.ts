/** The workbook of a footprint: out and in again gives the same document; every fault is named with sheet, row and column. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeExcelFile, { type Row } from 'write-excel-file/node';
import { FOOTPRINT_SHEETS } from '../../src/sheets/footprintSheets.ts';
import { readFootprintWorkbook, writeFootprintWorkbook } from '../../src/sheets/footprintWorkbook.ts';
import { METAL, panInput } from '../footprint/smallProduct.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tanliu-sheet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const official = { kind: 'official', family: 'cn_lifecycle', zone: 'CN', year: 2024 };
const whole = panInput({
  company: '示例公司',
  place: 'CN-SC',
  electricityRule: 'location_based',
  processes: [
    { id: 'cast', name: 'casting', yieldFraction: 0.9, feeds: 'mill' },
    { id: 'mill', name: 'milling', ownToProduct: true },
  ],
  billOfMaterials: [
    { name: 'metal', quantity: 200.5, unit: 'kg', product: METAL, process: 'cast', basis: 'in_output' },
    {
      name: 'box',
      quantity: 3,
      unit: 'kg',
      product: METAL,
      part: 'packaging',
      evidence: ['bill 7', 'bill 8'],
    },
  ],
  transport: [
    {
      name: 'truck',
      mode: 'road',
      massKg: 1000,
      distanceKm: 120,
      product: METAL,
      unit: 'kg',
      dataYear: 2020,
    },
  ],
  electricity: [
    {
      name: 'press',
      energyKwh: 1000,
      meterId: 'm1',
      factor: official,
      contracts: [
        {
          name: 'wind',
          energyKwh: 100,
          factor: { ...official, year: 2023, supply: 'wind' },
          deliveryLossFraction: 0.03,
          settlement: 'SC/2024-03',
          certificates: ['gec-1', 'gec-2'],
        },
      ],
    },
  ],
  directEmissions: [{ name: 'flame', category: 'fossil', species: 'CO2', massKg: 5, aircraft: true }],
  carbonAccounts: [{ name: 'soil', account: 'land_management_co2_removals', massKg: -3 }],
  coProducts: [{ name: 'slag', amount: 20 }],
  allocation: { method: 'mass', unit: 'kg', productAmount: 180, reason: 'one furnace makes both' },
  leftOut: [{ name: 'ink', reason: 'small', estimateKgCo2e: 1 }],
  assumptions: ['density of ink'],
});

describe('the workbook of a footprint', () => {
  it('gives the same document when it is written and read again', async () => {
    const path = join(folder, 'whole.xlsx');
    await writeFootprintWorkbook(path, whole);
    expect(await readFootprintWorkbook(path)).toEqual(whole);
  });

  it('when empty names every field that must be filled, and nothing else', async () => {
    const path = join(folder, 'empty.xlsx');
    await writeFootprintWorkbook(path);
    const error = await readFootprintWorkbook(path).catch((thrown: Error) => thrown);
    const lines = (error as Error).message.split('\n').slice(1);
    const wanted = FOOTPRINT_SHEETS[0]!.columns
      .filter(({ required }) => required)
      .map(({ path: name }) => name);
    expect(wanted.filter((name) => !lines.some((line) => line.includes(`column B ${name} `)))).toEqual([]);
    expect(lines[0]).toMatch(
      /^empty\.xlsx · sheet "product" · row 2 · column B product\.id 产品编号: empty; would be right:/,
    );
  });

  it('names sheet, row and column of each fault', async () => {
    const path = join(folder, 'faulty.xlsx');
    const product: Row[] = [
      ['field', 'value'],
      ...[
        ['product.id', 'pan'],
        ['product.name', 'Pan'],
        ['site', 'works'],
        ['referencePeriod.start', '2024-01-01T00:00:00'],
        ['referencePeriod.end', '2025-01-01T00:00:00+08:00'],
        ['declaredUnit.amount', 1],
        ['declaredUnit.unit', 'pieces'],
        ['declaredUnit.massKg', 'two'],
        ['declaredUnitsMade', 100],
        ['colour', 'red'],
      ],
    ];
    const materials: Row[] = [
      ['name', 'quantity', 'unit', 'product.process', 'product.flow', 'part', 'price'],
      ['metal', 'much', 'kg', 'smelter', 'metal'],
      ['box', 1, null, 'smelter', 'metal', 'wrapping'],
    ];
    const contracts: Row[] = [
      [
        'electricity',
        'name',
        'energyKwh',
        'deliveryLossFraction',
        'settlement',
        'certificates',
        'factor.kind',
      ],
      ['nowhere', 'wind', 1, 0, 'SC', 'gec', 'official'],
    ];
    await writeExcelFile([
      { sheet: 'product', data: product },
      { sheet: 'materials', data: materials },
      { sheet: 'green-power', data: contracts },
      { sheet: 'prices', data: [['x']] },
    ]).toFile(path);
    const error = await readFootprintWorkbook(path).catch((thrown: Error) => thrown);
    const text = (error as Error).message;
    for (const place of [
      'sheet "product" · row 5 · column B referencePeriod.start',
      'sheet "product" · row 8 · column B declaredUnit.unit',
      'sheet "product" · row 9 · column B declaredUnit.massKg',
      'sheet "product" · row 11 · column A colour',
      'sheet "materials" · row 1 · column G price',
      'sheet "materials" · row 2 · column B quantity',
      'sheet "materials" · row 3 · column C unit',
      'sheet "materials" · row 3 · column F part',
      'sheet "green-power" · row 2 · column A electricity',
      'sheet "prices"',
    ])
      expect(text).toContain(place);
    expect(text.split('\n')).toHaveLength(11);
  });
});
