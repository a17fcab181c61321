/** Reads a file of people or machines, whatever its form, as candidate readings of a contract. */
import { basename } from 'node:path';
import { Refusal } from '../../schemas/refusal.ts';
import type { StreamContract } from '../../schemas/stream.ts';
import { type Candidate, unreadable } from './candidate.ts';
import { csvRows } from './csvRows.ts';
import { allFieldsOf, kindFieldNames } from './fieldsOf.ts';
import { fileKind } from './fileKind.ts';
import { jsonDocumentReadings, jsonLineReadings } from './jsonReadings.ts';
import type { SheetFaultCode } from './sheetFault.ts';
import { tableReadings } from './tableReadings.ts';
import { type WorkbookOptions, workbookReadings } from './workbookReadings.ts';

/** `timeZone`: zone of times that are written without an offset; without it they are refused. */
export type ReadOptions = WorkbookOptions;

/**
 * Candidates of a JSON lines, JSON, CSV, XLSX or Arrow file in order, with place and value. What makes a whole file
 * unreadable comes as a candidate that is nothing but faults; only a broken machine throws.
 */
export async function* readSheet(
  path: string,
  contract: StreamContract,
  options: ReadOptions = {},
): AsyncGenerator<Candidate> {
  try {
    yield* candidatesOf(path, contract, options);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const row = Number(/row (\d+)/.exec(error.place ?? '')?.[1] ?? 0);
    const code = error.code as SheetFaultCode;
    yield unreadable([
      { file: basename(path), row, code, wrong: error.message, right: error.remedy ?? 'a readable file' },
    ]);
  }
}

async function* candidatesOf(
  path: string,
  contract: StreamContract,
  options: ReadOptions,
): AsyncGenerator<Candidate> {
  switch (await fileKind(path)) {
    case 'xlsx':
      return yield* workbookReadings(path, contract, options);
    case 'csv': {
      const fields = allFieldsOf(contract);
      const table = { file: basename(path), rows: csvRows(path, fields) };
      return yield* tableReadings(table, { ...options, fields, columnless: kindFieldNames(contract) });
    }
    case 'jsonLines':
      return yield* jsonLineReadings(path);
    case 'json':
      return yield* jsonDocumentReadings(path);
    default: {
      const { arrowReadings } = await import('./arrowReadings.ts');
      return yield* arrowReadings(path, contract, options);
    }
  }
}
