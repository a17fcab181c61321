/** A template that is filled in can be sent, and an empty one cannot be sent by accident. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import readExcelFile from 'read-excel-file/node';
import { describe, expect, test } from 'vitest';
import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { StreamContract } from '../../schemas/stream.ts';
import { STREAMS, streamOf } from '../../schemas/streams/index.ts';
import { identityFields } from '../../src/sheets/fieldsOf.ts';
import { acceptedReadings, judgeFiles } from '../../src/sheets/produceFiles.ts';
import { exampleOf, templateSheets } from '../../src/sheets/templateSheets.ts';
import { NOTES_SHEET } from '../../src/sheets/workbookReadings.ts';
import { writeTemplate } from '../../src/sheets/writeTemplate.ts';
import { temporaryFolder } from '../runtime/temporaryFolder.ts';
import { arbitraryReading } from '../schemas/arbitraryReading.ts';
import { fileFor } from './fileFor.ts';

type Reading = Record<string, unknown>;

describe.each(STREAMS.map((stream) => [stream.topic, stream] as const))('%s', (topic, contract) => {
  test('filled in as a workbook, it is accepted with the values that were filled in', async () => {
    const folder = temporaryFolder('template');
    const path = join(folder, `${topic}.xlsx`);
    await writeTemplate(contract, path);
    const readings = sampleReadings(contract);
    const filled = join(folder, 'filled.xlsx');
    const sheets = (await readExcelFile(path)).map(({ sheet, data }) => ({
      sheet,
      data: [...(data as Row[]), ...rowsFor(sheet, data[0] as string[], readings, contract)],
    }));
    await writeExcelFile(sheets).toFile(filled);
    await expectReadings(filled, contract, readings);
  });

  test('filled in as CSV, it is accepted with the values that were filled in', async () => {
    const path = join(temporaryFolder('template'), `${topic}.csv`);
    await writeTemplate(contract, path);
    const template = readFileSync(path, 'utf8');
    const header = template.replace('\ufeff', '').split('\r\n')[0]?.split(',') ?? [];
    const readings = sampleReadings(contract);
    const rows = readings.flatMap((reading) => csvRowsFor(header, reading));
    const filled = fileFor('filled.csv', `${template}${rows.join('\r\n')}\r\n`);
    await expectReadings(filled, contract, readings);
  });

  test.each(['xlsx', 'csv'])('as it is (%s), nothing of it would be sent', async (extension) => {
    const path = join(temporaryFolder('template'), `${topic}.${extension}`);
    await writeTemplate(contract, path);
    const judged = await judgeFiles([path], contract);
    expect(judged.accepted).toBe(0);
    expect(judged.faults.kept.map((fault) => fault.code)).toEqual(['TL_SHEET_EMPTY']);
  });

  test('its example rows are what the contract accepts', async () => {
    for (const sheet of templateSheets(contract).slice(0, contract.shape === 'readings' ? 1 : undefined)) {
      const example = Object.fromEntries(sheet.columns.map(({ name, field }) => [name, exampleOf(field)]));
      const lists = contract.fields
        .filter((field) => field.kind === 'items')
        .map((field) => [field.name, []]);
      const kind = contract.shape === 'documents' ? { kind: sheet.name } : {};
      const unambiguous = withoutSecondOfPairs(contract, {
        ...kind,
        ...example,
        ...Object.fromEntries(lists),
      });
      expect(contract.schema.safeParse(unambiguous).error?.issues ?? []).toEqual([]);
    }
  });
});

test('explains every column in Chinese and English on a sheet of its own', async () => {
  const path = join(temporaryFolder('template'), 'production.activity.xlsx');
  await writeTemplate(streamOf('production.activity')!, path);
  const sheets = await readExcelFile(path);
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['production.activity', 'inputs', NOTES_SHEET]);
  const notes = sheets.at(-1)!.data.map((row) => row.join(' | '));
  expect(notes).toContainEqual(
    expect.stringContaining(
      'production.activity | durationS | 时段长度 | length of the interval | s | 是 yes',
    ),
  );
  expect(sheets[0]!.data[1]?.[3]).toBe('※ 时段起点 · 必填 required');
});

/** Readings that differ in identity, with text as a person could have typed it into a cell. */
function sampleReadings(contract: StreamContract): Reading[] {
  const typed = fc
    .sample(arbitraryReading(contract), { numRuns: 40, seed: 7 })
    .map((reading) => typeable(contract, reading));
  const byIdentity = new Map(
    typed.map((reading) => [
      JSON.stringify(identityFields(contract).map(({ name }) => reading[name] ?? 0)),
      reading,
    ]),
  );
  return [...byIdentity.values()];
}

function typeable(contract: StreamContract, reading: Reading): Reading {
  const texts = new Set(
    [
      ...contract.fields,
      ...contract.fields.flatMap(({ items = [] }) => items),
      ...Object.values(contract.kinds).flat(),
    ]
      .filter((field) => field.kind === 'text')
      .map((field) => field.name),
  );
  const entries = Object.entries(reading).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, texts.has(name) ? typed(value) : withoutNulls(value, texts)]),
  );
}

function typed(text: unknown): string {
  const letters = String(text).replace(/[^\p{L}\p{N}]/gu, '');
  return `文 ${letters.slice(0, 20)}.`;
}

function withoutNulls(value: unknown, texts: ReadonlySet<string>): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((element: Reading) =>
    Object.fromEntries(
      Object.entries(element)
        .filter(([, item]) => item !== null)
        .map(([name, item]) => [name, texts.has(name) ? typed(item) : item]),
    ),
  );
}

function rowsFor(
  sheet: string,
  header: string[],
  readings: readonly Reading[],
  contract: StreamContract,
): Row[] {
  const list = contract.fields.find((field) => field.name === sheet);
  if (list) {
    return readings.flatMap((reading) =>
      (reading[sheet] as Reading[]).map((element) =>
        header.map((name) => cellOf({ ...reading, ...element }[name])),
      ),
    );
  }
  const own = sheet === contract.topic ? readings : readings.filter((reading) => reading.kind === sheet);
  return sheet === NOTES_SHEET ? [] : own.map((reading) => header.map((name) => cellOf(reading[name])));
}

const cellOf = (value: unknown) => (value ?? null) as string | number | null;

/** The reading's row, with the first element of its list beside it and the others below. */
function csvRowsFor(header: readonly string[], reading: Reading): string[] {
  const list = header.find((name) => name.includes('.'))?.split('.')[0];
  const elements = list === undefined ? [] : (reading[list] as Reading[]);
  return Array.from({ length: Math.max(1, elements.length) }, (_, i) =>
    header
      .map((name) => {
        const [first, item] = name.split('.') as [string, string?];
        const value = item === undefined ? (i === 0 ? reading[first] : undefined) : elements[i]?.[item];
        return value === undefined
          ? ''
          : `"${String(value).includes('e') && typeof value === 'number' ? fixed(value) : String(value).replaceAll('"', '""')}"`;
      })
      .join(','),
  );
}

/** Digits written out where they are exact, as a whole number must be. */
const fixed = (value: number) => (Number.isInteger(value) ? BigInt(value).toString() : String(value));

async function expectReadings(
  path: string,
  contract: StreamContract,
  readings: readonly Reading[],
): Promise<void> {
  const judged = await judgeFiles([path], contract);
  expect(judged.faults.kept).toEqual([]);
  const back: Reading[] = [];
  for await (const { value } of acceptedReadings(judged, contract)) back.push(value);
  const wanted = readings.map((reading) => comparable(contract, contract.schema.parse(reading)));
  const byText = (a: Reading, b: Reading) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  expect(back.map((value) => comparable(contract, value)).sort(byText)).toEqual(wanted.sort(byText));
}

/** Instants in one spelling, keys in one order. */
function comparable(contract: StreamContract, value: Reading): Reading {
  const times = new Set(
    [...contract.fields, ...Object.values(contract.kinds).flat()]
      .filter((field) => field.kind === 'timestamp')
      .map((field) => field.name),
  );
  const entries = Object.entries(value).map(
    ([name, item]) => [name, times.has(name) && item != null ? Date.parse(String(item)) : item] as const,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutSecondOfPairs(contract: StreamContract, value: Reading): Reading {
  const seconds = contract.rules.filter((rule) => rule.kind === 'atMostOne').map((rule) => rule.fields[1]);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !seconds.includes(name)));
}
