/** Files of people, in the forms and with the mistakes that they come in; each message says where and what would be right. */
import { describe, expect, test } from 'vitest';
import type { Row } from 'write-excel-file/node';
import { streamOf } from '../../schemas/streams/index.ts';
import { acceptedReadings, judgeFiles } from '../../src/sheets/produceFiles.ts';
import type { ReadOptions } from '../../src/sheets/readSheet.ts';
import { faultText } from '../../src/sheets/sheetFault.ts';
import { fileFor, rawWorkbookFor, workbookFor } from './fileFor.ts';

async function judge(path: string, topic = 'grid.load', options: ReadOptions = {}) {
  const contract = streamOf(topic)!;
  const judged = await judgeFiles([path], contract, options);
  const values: Record<string, unknown>[] = [];
  for await (const { value } of acceptedReadings(judged, contract, options)) values.push(value);
  return {
    ...judged,
    values,
    lines: judged.faults.kept.map(faultText),
    codes: judged.faults.kept.map(({ code }) => code),
  };
}

const HEADER = ['zone', 'start', 'durationS', 'energyMwh', 'quality'];
const RIGHT = ['CN-SC-5101', '2026-03-01T00:00:00+08:00', '900', '12.5', 'measured'];
const ACCEPTED = {
  zone: 'CN-SC-5101',
  start: '2026-02-28T16:00:00Z',
  durationS: 900,
  energyMwh: 12.5,
  quality: 'measured',
  revision: 0,
};
const csv = (...rows: string[][]) => rows.map((row) => `${row.join(',')}\n`).join('');
const withCell = (column: string, text: string) =>
  csv(
    HEADER,
    RIGHT.map((cell, i) => (HEADER[i] === column ? text : cell)),
  );

describe('text files', () => {
  const gb18030 = Buffer.concat([
    Buffer.from('zone,start,durationS,energyMwh,quality\n'),
    Buffer.from([0xb3, 0xc9, 0xb6, 0xbc]), // 成都
    Buffer.from(`,${RIGHT.slice(1).join(',')}\n`),
  ]);

  test.each([
    ['UTF-8 with a byte order mark and CR LF', `\ufeff${csv(HEADER, RIGHT).replaceAll('\n', '\r\n')}`],
    ['semicolons', csv(HEADER, RIGHT).replaceAll(',', ';')],
    ['tabs', csv(HEADER, RIGHT).replaceAll(',', '\t')],
    ["Excel's own sep line", `sep=;\n${csv(HEADER, RIGHT).replaceAll(',', ';')}`],
    [
      'UTF-16 as Excel saves Unicode text',
      Buffer.from(`\ufeff${csv(HEADER, RIGHT).replaceAll(',', '\t')}`, 'utf16le'),
    ],
    [
      'Chinese titles with units',
      `分区,时段起点,时段长度（秒）,用电量 [MWh],数据来源性质\n${RIGHT.join(',')}\n`,
    ],
    [
      'names in snake case, blanks around cells, a title above, a remark beside',
      `2026年3月,,,,,\n\nzone,start,duration_s, energy_mwh ,quality,#备注\n${RIGHT.join(' , ')},ok\n`,
    ],
    ['no line end at the end', csv(HEADER, RIGHT).trimEnd()],
    [
      'quoted cells',
      `"zone","start","durationS","energyMwh","quality"\n${RIGHT.map((cell) => `"${cell}"`).join(',')}\n`,
    ],
  ])('%s are read', async (_what, content) => {
    const { values, lines } = await judge(fileFor('a.csv', content));
    expect(lines).toEqual([]);
    expect(values).toEqual([ACCEPTED]);
  });

  test('GB18030 is read where the text is not UTF-8', async () => {
    const { values } = await judge(fileFor('a.csv', gb18030));
    expect(values).toEqual([{ ...ACCEPTED, zone: '成都' }]);
  });

  test('bytes that are neither are refused', async () => {
    const { lines } = await judge(
      fileFor('a.csv', Buffer.concat([gb18030, Buffer.from([0xff, 0xff, 0x0a])])),
    );
    expect(lines).toEqual([expect.stringContaining('neither UTF-8 nor GB18030')]);
  });

  test('a quote that is never closed is refused at its row', async () => {
    const { faults } = await judge(fileFor('a.csv', `${csv(HEADER, RIGHT)}"CN,x\n`));
    expect(faults.kept).toMatchObject([{ code: 'TL_SHEET_NOT_READABLE', row: 3 }]);
  });
});

describe('files that are something else', () => {
  test.each([
    ['empty', 'a.csv', '', 'TL_SHEET_EMPTY', 'the file is empty'],
    ['only blank lines', 'a.csv', '\n\n', 'TL_SHEET_EMPTY', 'there is nothing in it'],
    ['only a header', 'a.csv', csv(HEADER), 'TL_SHEET_EMPTY', 'no row below the header'],
    ['a PDF renamed', 'a.xlsx', '%PDF-1.7 …', 'TL_SHEET_NOT_READABLE', 'a PDF'],
    ['a CSV renamed', 'a.xlsx', csv(HEADER, RIGHT), 'TL_SHEET_NOT_READABLE', 'no workbook'],
    ['a web page of some portal', 'a.xls', '<html><table>', 'TL_SHEET_NOT_READABLE', 'a web page'],
    [
      'an old workbook',
      'a.xls',
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      'TL_SHEET_NOT_READABLE',
      'old .xls workbook, or one locked',
    ],
    ['Parquet', 'a.parquet', 'PAR1....', 'TL_SHEET_NOT_READABLE', 'Parquet'],
    [
      'half a workbook',
      'a.xlsx',
      Buffer.from('504b0304140000000800', 'hex'),
      'TL_SHEET_NOT_READABLE',
      'not an XLSX workbook',
    ],
    ['JSON lines without a line', 'a.jsonl', '\n', 'TL_SHEET_EMPTY', 'no reading in it'],
    [
      'half an Arrow file',
      'a.arrow',
      Buffer.from('ARROW1\0\0\xff\xff\xff\xff', 'latin1'),
      'TL_SHEET_NOT_READABLE',
      'Arrow data cannot be read',
    ],
  ] as const)('%s: refused, saying so', async (_what, name, content, code, words) => {
    const { codes, lines, accepted } = await judge(fileFor(name, content));
    expect(codes).toEqual([code]);
    expect(lines[0]).toContain(words);
    expect(lines[0]).toContain(name);
    expect(accepted).toBe(0);
  });

  test('a file that is not there is refused by name', async () => {
    const { lines } = await judge('/nowhere/a.csv');
    expect(lines).toEqual([expect.stringMatching(/^a\.csv: there is no such file/)]);
  });
});

describe('headers', () => {
  test.each([
    [
      'an unknown column, with the nearest right one',
      csv(['zone', 'start', 'durationS', 'energyMwn', 'quality'], RIGHT),
      [
        'a.csv · row 1 · column D "energyMwn": the contract has no such field; would be right: did you mean energyMwh? A remark\'s column begins with #',
      ],
    ],
    [
      'a missing column',
      csv(['zone', 'start', 'durationS', 'energyMwh'], RIGHT.slice(0, 4)),
      [
        'a.csv · row 1 · column quality 数据来源性质: the column is missing; would be right: a column named quality or 数据来源性质',
      ],
    ],
    [
      'another unit',
      csv(['zone', 'start', 'durationS', '用电量（千瓦时）', 'quality'], RIGHT),
      [
        "a.csv · row 1 · column D energyMwh 用电量: the header says 千瓦时, the contract's unit is MWh; would be right: values in MWh under energyMwh [MWh]",
      ],
    ],
    [
      'mW for MW',
      csv(['zone', 'start', 'durationS', 'energyMwh [mWh]', 'quality'], RIGHT),
      [expect.stringContaining("the header says mWh, the contract's unit is MWh")],
    ],
    [
      'the same field twice',
      csv([...HEADER, '分区'], [...RIGHT, 'X']),
      [expect.stringContaining('row 1 · column F zone 分区: the same field already stands in column A')],
    ],
    [
      'no header at all',
      csv(RIGHT),
      expect.arrayContaining([expect.stringContaining('column zone 分区: the column is missing')]),
    ],
  ])('%s', async (_what, content, lines) => {
    const judged = await judge(fileFor('a.csv', content));
    expect(judged.lines).toEqual(lines);
    expect(judged.accepted).toBe(0);
  });

  test('a value below no header is a fault of its row, not lost in silence', async () => {
    const { lines } = await judge(fileFor('a.csv', csv([...HEADER, ''], [...RIGHT, '7'])));
    expect(lines).toEqual([
      expect.stringContaining('row 2 · column F (no header): "7" stands in a column without a name'),
    ]);
  });
});

describe('cells', () => {
  test.each([
    ['zone', '', 'row 2 · column A zone 分区: empty, but required'],
    ['zone', 'CN SC', '"CN SC" is not an identifier'],
    [
      'start',
      '2026-03-01 00:00',
      'column B start 时段起点: "2026-03-01 00:00" does not say its UTC offset; would be right: 2026-03-01T00:00:00+08:00 as text, or state the zone of all such times: --time-zone Asia/Shanghai',
    ],
    ['start', '03/01/2026 00:00', '"03/01/2026 00:00" is not a time'],
    ['start', '2026-02-30T00:00:00Z', '"2026-02-30T00:00:00Z" is not a time'],
    ['start', '2026-03-01 24:00:00+08:00', 'has an hour 24; would be right: 00:00 of the next day'],
    ['start', '1998-03-01T00:00:00Z', 'is not a time with offset between 2000 and 2099'],
    ['durationS', '15min', '"15min" is not a number; would be right: the number alone'],
    ['durationS', '900.5', '900.5 is not a whole number'],
    ['durationS', '0', '0 is too small; would be right: a whole number [s] from 1 to 31622400'],
    ['durationS', '9E+02', 'has been shortened to powers of ten'],
    ['energyMwh', '"1,234.5"', 'would be right: 1234.5 without thousands separators'],
    [
      'energyMwh',
      '"1,234"',
      'would be right: 1234 without thousands separators, or 1.234 if the comma is decimal',
    ],
    ['energyMwh', '"12,5"', 'would be right: 12.5 with a decimal point'],
    ['energyMwh', '—', 'leave the cell empty where the value is unknown'],
    ['energyMwh', 'NaN', 'leave the cell empty where the value is unknown'],
    ['energyMwh', '1e300', '1e+300 is too large'],
    ['quality', 'Mesured', 'did you mean measured? one of measured, estimated'],
  ])('%s = %s: %s', async (column, text, words) => {
    const { lines, accepted } = await judge(fileFor('a.csv', withCell(column, text)));
    expect(lines).toEqual([expect.stringContaining(words)]);
    expect(accepted).toBe(0);
  });

  test.each([
    ['energyMwh', '', undefined],
    ['energyMwh', '１２．５', 12.5],
    ['energyMwh', '−3', -3],
    ['energyMwh', '1.25E-2', 0.0125],
    ['durationS', '900.0', 900],
    ['start', '2026-03-01 00:00:00+0800', '2026-02-28T16:00:00Z'],
    ['start', '2026/3/1 0:00+08:00', '2026-02-28T16:00:00Z'],
    ['start', '2026年3月1日 0:00 Z', '2026-03-01T00:00:00Z'],
    ['zone', ' 成都 ', '成都'],
  ])('%s = %s is taken as %s', async (column, text, value) => {
    const { values, lines } = await judge(fileFor('a.csv', withCell(column, text)));
    expect(lines).toEqual([]);
    expect(values[0]?.[column]).toBe(value);
  });

  test('all faults of all rows are named, the first 200 of them in full', async () => {
    const bad = Array.from({ length: 300 }, () => ['', 'x', 'y', 'z', 'w']);
    const { faults, refused } = await judge(fileFor('a.csv', csv(HEADER, ...bad)));
    expect(refused).toBe(300);
    expect(faults.total).toBe(1500);
    expect(faults.kept).toHaveLength(200);
    expect(faults.kept.slice(0, 5).map(({ row, column }) => `${row}${column?.letter}`)).toEqual([
      '2A',
      '2B',
      '2C',
      '2D',
      '2E',
    ]);
  });

  test('a time zone is applied to times without offset, and only to those', async () => {
    const path = fileFor(
      'a.csv',
      csv(
        HEADER,
        ['A', '2026-03-01 08:00', ...RIGHT.slice(2)],
        ['B', '2026-03-01T00:00:00Z', ...RIGHT.slice(2)],
      ),
    );
    for (const timeZone of ['Asia/Shanghai', '+08:00'])
      expect((await judge(path, 'grid.load', { timeZone })).values.map(({ start }) => start)).toEqual([
        '2026-03-01T00:00:00Z',
        '2026-03-01T00:00:00Z',
      ]);
  });

  test('an hour that the clocks skipped or showed twice is refused', async () => {
    const times = ['2026-03-29 02:30', '2026-10-25 02:30', '2026-10-25 03:30'];
    const path = fileFor('a.csv', csv(HEADER, ...times.map((time) => ['A', time, ...RIGHT.slice(2)])));
    const { lines, values } = await judge(path, 'grid.load', { timeZone: 'Europe/Copenhagen' });
    expect(lines).toEqual([
      expect.stringContaining('does not exist in Europe/Copenhagen'),
      expect.stringContaining('happened twice'),
    ]);
    expect(values.map(({ start }) => start)).toEqual(['2026-10-25T02:30:00Z']);
  });

  test('one identity with two contents is refused, with the same content it is not', async () => {
    const other = RIGHT.map((cell) => (cell === '12.5' ? '13' : cell));
    const { lines, accepted } = await judge(fileFor('a.csv', csv(HEADER, RIGHT, RIGHT, other)));
    expect(accepted).toBe(2);
    expect(lines).toEqual([
      expect.stringContaining('row 4: the same zone, start, revision as in a.csv · row 2, with other values'),
    ]);
  });
});

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

describe('JSON', () => {
  const reading = { zone: 'A', start: '2026-03-01T00:00:00Z', durationS: 900, quality: 'measured' };

  test('lines, arrays in lines and one array are read', async () => {
    const other = { ...reading, zone: 'B' };
    const lines = await judge(
      fileFor('a.jsonl', `${JSON.stringify(reading)}\r\n\n[${JSON.stringify(other)}]\n`),
    );
    const array = await judge(fileFor('a.json', JSON.stringify([reading, other], null, 2)));
    expect(lines.lines).toEqual([]);
    expect(lines.values).toEqual([
      { ...reading, revision: 0 },
      { ...other, revision: 0 },
    ]);
    expect(array.values).toEqual(lines.values);
  });

  test('faults name line and field; a naive time is never guessed', async () => {
    const bad = [{ ...reading, energyMwH: 1 }, { ...reading, start: '2026-03-01T00:00:00' }, 7];
    const path = fileFor('a.jsonl', `${bad.map((line) => JSON.stringify(line)).join('\n')}\n{"zone":`);
    const { lines } = await judge(path, 'grid.load', { timeZone: 'Asia/Shanghai' });
    expect(lines).toEqual([
      'a.jsonl · row 1 · column energyMwH: the contract has no such field; would be right: did you mean energyMwh?',
      expect.stringContaining(
        'a.jsonl · row 2 · column start 时段起点: "2026-03-01T00:00:00" is not a time with offset',
      ),
      expect.stringContaining('a.jsonl · row 3: 7 is not an object'),
      expect.stringContaining('a.jsonl · row 4: not JSON'),
    ]);
  });
});
