/** Files of people, in the forms and with the headers that they come in; each message says where and what would be right. */
import { describe, expect, test } from 'vitest';
import { fileFor } from './fileFor.ts';
import { ACCEPTED, csv, HEADER, judge, RIGHT } from './judged.ts';

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
