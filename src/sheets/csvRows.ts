/** Rows of a CSV file, with the separator told from its header. */
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { NamedField } from '../../schemas/fields.ts';
import { Refusal } from '../../schemas/refusal.ts';
import { type TableRow, textCell } from './cell.ts';
import { knownNames } from './header.ts';
import { textChunks, textLines } from './textLines.ts';

const SEPARATORS = [',', ';', '\t', '，', '|'];
const MAX_LINE = 1 << 20;
/** Rows in which a header may stand. */
const HEADER_WITHIN = 10;

/** Rows as a spreadsheet program would number them. Throws `Refusal` TL_SHEET_NOT_READABLE at a broken quote, naming the line. */
export async function* csvRows(path: string, fields: readonly NamedField[]): AsyncGenerator<TableRow> {
  const delimiter = await separatorOf(path, fields);
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: MAX_LINE,
  });
  const records = Readable.from(textChunks(path))
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  let row = 0;
  try {
    for await (const record of records) {
      row++;
      const texts = record as string[];
      if (row === 1 && isSeparatorLine(texts.join(delimiter))) continue;
      yield { row, cells: texts.map(textCell) };
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenRow(error, path, row + 1) : error;
  }
}

/** The separator that makes most of one of the first lines into names of fields; the most frequent one where none does. */
async function separatorOf(path: string, fields: readonly NamedField[]): Promise<string> {
  let best = { separator: ',', known: 0, parts: 1 };
  for await (const line of textLines(path, MAX_LINE)) {
    if (line.number > HEADER_WITHIN) break;
    if (isSeparatorLine(line.text)) return line.text[4] as string;
    for (const separator of SEPARATORS) {
      const texts = line.text.split(separator).map((text) => text.trim().replace(/^"|"$/g, ''));
      const known = knownNames(texts, fields);
      if (known > best.known || (known === best.known && known === 0 && texts.length > best.parts))
        best = { separator, known, parts: texts.length };
    }
  }
  return best.separator;
}

/** Excel's own first line `sep=;`. */
const isSeparatorLine = (text: string) => /^sep=.$/.test(text);

function brokenRow(error: CsvError, path: string, row: number): Refusal {
  const line = typeof error.lines === 'number' ? ` (line ${error.lines})` : '';
  return new Refusal(`the CSV is broken${line}: ${error.message}`, {
    code: 'TL_SHEET_NOT_READABLE',
    place: `${basename(path)} · row ${row}`,
    remedy: 'quotes that open and close around a cell, with " inside written as ""',
  });
}
