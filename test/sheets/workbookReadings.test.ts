/** Workbooks with the particulars of Excel: dates, numbers as text, formulas, several sheets. */
import { describe, expect, test } from 'vitest';
import type { Row } from 'write-excel-file/node';
import { rawWorkbookFor, workbookFor } from './fileFor.ts';
import { ACCEPTED, HEADER, judge, RIGHT } from './judged.ts';

describe('workbooks', () => {
  const date = (ms: number) => ({ value: new Date(ms), type: Date, format: 'yyyy-mm-dd hh:mm' }) as const;
  const rowAt = (ms: number): Row => ['CN-SC-5101', date(ms), 900, 12.5, 'measured'];

  test('dates of Excel need a zone, and are then exact', async () => {
    const quarters = Array.from({ length: 96 }, (_, i) => Date.UTC(2026, 2, 1) + i * 900_000);
    const path = await workbookFor({ 'grid.load': [HEADER, ...quarters.map(rowAt)] });
    const naive = await judge(path);
    expect(naive.refused).toBe(96);
    expect(naive.lines[1]).toBe(
      'sheet.xlsx · sheet "grid.load" · row 3 · column B start 时段起点: "2026-03-01 00:15:00" does not say its UTC offset; would be right: 2026-03-01T00:15:00+08:00 as text, or state the zone of all such times: --time-zone Asia/Shanghai',
    );
    const zoned = await judge(path, 'grid.load', { timeZone: 'Asia/Shanghai' });
    expect(zoned.values.map(({ start }) => Date.parse(String(start)))).toEqual(
      quarters.map((ms) => ms - 8 * 3_600_000),
    );
  });

  test('numbers stored as text and ids stored as numbers are taken; ids that may have lost digits are not', async () => {
    const rows: Row[] = [
      HEADER,
      [5101, '2026-03-01T00:00:00Z', '900', '12.5', 'measured'],
      [915101000000000000, '2026-03-01T00:00:00Z', 900, 1, 'measured'],
      [date(0), '2026-03-01T00:00:00Z', 900, 1, 'measured'],
    ];
    const { values, lines } = await judge(await workbookFor({ 'grid.load': rows }));
    expect(values).toEqual([{ ...ACCEPTED, zone: '5101', start: '2026-03-01T00:00:00Z' }]);
    expect(lines).toEqual([
      expect.stringContaining(
        'row 3 · column A zone 分区: 915101000000000000 is stored as a number, which may have lost digits',
      ),
      expect.stringContaining('row 4 · column A zone 分区: the spreadsheet program has made this a date'),
    ]);
  });

  test('errors and uncomputed formulas are faults, computed ones are values', async () => {
    const line = (row: number, energy: string) =>
      `<row r="${row}">${['A', 'B'].map((letter, i) => `<c r="${letter}${row}" t="inlineStr"><is><t>${RIGHT[i]}</t></is></c>`).join('')}<c r="C${row}"><v>${row * 900}</v></c>${energy}<c r="E${row}" t="inlineStr"><is><t>measured</t></is></c></row>`;
    const header = `<row r="1">${HEADER.map((name, i) => `<c r="${'ABCDE'[i]}1" t="inlineStr"><is><t>${name}</t></is></c>`).join('')}</row>`;
    const cells = [
      '<c r="D2"><f>1+1</f><v>2</v></c>',
      '<c r="D3"><f>1+1</f></c>',
      '<c r="D4" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
      '<c r="D5" t="b"><v>1</v></c>',
    ];
    const path = await rawWorkbookFor(
      'grid.load',
      header + cells.map((cell, i) => line(i + 2, cell)).join(''),
    );
    const { values, lines } = await judge(path);
    expect(values.map(({ energyMwh }) => energyMwh)).toEqual([2]);
    expect(lines).toEqual([
      expect.stringContaining('row 3 · column D energyMwh 用电量: the formula has no computed value'),
      expect.stringContaining('the formula gives #DIV/0!'),
      expect.stringContaining('TRUE is a truth value'),
    ]);
  });

  test('a formula that missed a whole number by less than Excel shows is that number', async () => {
    const rows: Row[] = [
      ['plant', 'meter', 'start', 'durationS', 'energyWh', 'quality'],
      ['p', 'm', RIGHT[1]!, 900, 4.35 * 100, 'measured'],
      ['p', 'n', RIGHT[1]!, 900, 0.5, 'measured'],
    ];
    expect(4.35 * 100).not.toBe(435);
    const { values, lines } = await judge(
      await workbookFor({ 'plant.generation': rows }),
      'plant.generation',
    );
    expect(values.map(({ energyWh }) => energyWh)).toEqual([435]);
    expect(lines).toEqual([
      expect.stringContaining('row 3 · column E energyWh 上网电量: 0.5 is not a whole number'),
    ]);
  });

  test('the wrong sheets are named, a single sheet of any name is taken, others are left aside aloud', async () => {
    const good: Row[] = [HEADER, RIGHT];
    const wrong = await judge(await workbookFor({ 一月: [['a', 'b']], 二月: [['c']] }));
    expect(wrong.lines).toEqual([
      expect.stringMatching(
        /no sheet with readings among "一月", "二月"; would be right: a sheet named "grid\.load"/,
      ),
    ]);
    expect((await judge(await workbookFor({ Sheet1: good }))).accepted).toBe(1);
    const notes: string[] = [];
    const both = await judge(await workbookFor({ 草稿: [['x']], 数据: good }), 'grid.load', {
      onNote: (note) => notes.push(note),
    });
    expect(both.accepted).toBe(1);
    expect(new Set(notes)).toEqual(new Set(['sheet.xlsx · sheet "草稿" is left aside']));
  });

  test('documents take their kind from the name of the sheet', async () => {
    const party: Row[] = [
      ['id', 'validFrom', 'quality', 'name', 'role'],
      ['party/a', '2026-01-01T00:00:00+08:00', 'manual', '示例', 'genrator'],
    ];
    const zone: Row[] = [
      ['id', 'validFrom', 'quality', 'name'],
      ['CN-SC', '2026-01-01T00:00:00+08:00', 'manual', '四川'],
    ];
    const { values, lines } = await judge(await workbookFor({ party, zone }), 'registry.assets');
    expect(values).toEqual([
      {
        kind: 'zone',
        id: 'CN-SC',
        validFrom: '2025-12-31T16:00:00Z',
        quality: 'manual',
        revision: 0,
        name: '四川',
      },
    ]);
    expect(lines).toEqual([
      expect.stringContaining(
        'sheet "party" · row 2 · column E role 角色: "genrator" is not allowed; would be right: did you mean generator?',
      ),
    ]);
  });

  test('rows of a list that name no reading, or are wrong themselves, are named on their own sheet', async () => {
    const reading = ['site/1', 'cell', 'B1', RIGHT[1]!];
    const data: Row[] = [
      ['site', 'product', 'batch', 'start', 'durationS', 'output', 'outputUnit', 'quality'],
      [...reading, 900, 10, 'kg', 'measured'],
    ];
    const inputs: Row[] = [
      ['site', 'product', 'batch', 'start', 'item', 'quantity', 'unit'],
      [...reading, 'electricity', 5, 'kWh'],
      ['site/1', 'cell', 'B2', RIGHT[1]!, 'water', 1, 'm3'],
      [...reading, 'two words', 'x', 'kg'],
    ];
    const { lines, values } = await judge(
      await workbookFor({ 'production.activity': data, inputs }),
      'production.activity',
    );
    expect(values[0]?.inputs).toEqual([{ item: 'electricity', quantity: 5, unit: 'kWh' }]);
    expect(lines).toEqual([
      expect.stringContaining('sheet "inputs" · row 4 · column F quantity 数量: "x" is not a number'),
      expect.stringContaining('sheet "inputs" · row 3: no reading has these values'),
    ]);
    const second = await judge(
      await workbookFor({
        'production.activity': data,
        inputs: [inputs[0]!, inputs[1]!, [...reading, 'two words', 1, 'kg']],
      }),
      'production.activity',
    );
    expect(second.lines).toEqual([
      expect.stringContaining(
        'sheet "inputs" · row 3 · column E item 投入物: "two words" is not an identifier',
      ),
    ]);
  });
});
