/** What a file is, by its first bytes; its name only decides what its sender believes it to be. */
import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Refusal } from '../../schemas/refusal.ts';

export type FileKind = 'xlsx' | 'csv' | 'jsonLines' | 'json' | 'arrowFile' | 'arrowStream';

const ACCEPTED = 'a file of JSON lines (.jsonl), CSV (.csv), a workbook (.xlsx) or Arrow (.arrow)';

/** Kind of the file at `path`. Throws `Refusal` TL_SHEET_EMPTY or TL_SHEET_NOT_READABLE, naming what the file is instead. */
export async function fileKind(path: string): Promise<FileKind> {
  const head = await firstBytes(path, 4096);
  const name = basename(path);
  if (head.length === 0) throw refused('TL_SHEET_EMPTY', 'the file is empty', name);
  const extension = extname(path).toLowerCase();
  const foreign = foreignKind(head);
  if (foreign) throw refused('TL_SHEET_NOT_READABLE', `the file is ${foreign}`, name);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return 'xlsx';
  if (head.subarray(0, 6).toString('latin1') === 'ARROW1') return 'arrowFile';
  if (startsWith(head, [0xff, 0xff, 0xff, 0xff])) return 'arrowStream';
  if (extension === '.xlsx' || extension === '.xls') {
    throw refused('TL_SHEET_NOT_READABLE', `the file is named ${extension} but is no workbook`, name);
  }
  const utf16 = startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]);
  if (!utf16 && head.includes(0)) throw refused('TL_SHEET_NOT_READABLE', 'the file is binary', name);
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (extension === '.csv' || extension === '.tsv' || extension === '.txt') return 'csv';
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonLines';
  if (text.startsWith('[')) return 'json';
  return text.startsWith('{') ? jsonShape(text) : 'csv';
}

/** One object over several lines is a document, one object a line are lines. */
function jsonShape(text: string): FileKind {
  const end = text.indexOf('\n');
  if (end === -1) return 'jsonLines';
  try {
    JSON.parse(text.slice(0, end));
    return 'jsonLines';
  } catch {
    return 'json';
  }
}

function foreignKind(head: Buffer): string | undefined {
  const text = head.toString('latin1').trimStart();
  if (text.startsWith('%PDF')) return 'a PDF';
  if (startsWith(head, [0xd0, 0xcf, 0x11, 0xe0])) return 'an old .xls workbook, or one locked by a password';
  if (startsWith(head, [0x1f, 0x8b])) return 'compressed (gzip)';
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'Parquet';
  if (/^(<!doctype html|<html|<table)/i.test(text)) return 'a web page';
  if (text.startsWith('<?xml')) return 'XML';
  return undefined;
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const why = { ENOENT: 'there is no such file', EISDIR: 'this is a folder', EACCES: 'it may not be read' }[
      code
    ];
    throw refused('TL_SHEET_NOT_READABLE', why ?? `it cannot be read (${code})`, path);
  }
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, i) => head[i] === byte);
}

function refused(code: string, wrong: string, place: string): Refusal {
  return new Refusal(wrong, { code, place, remedy: ACCEPTED });
}
