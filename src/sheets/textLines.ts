/** Text of a file in whatever encoding spreadsheet programs in China and elsewhere save it. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Refusal } from '../../schemas/refusal.ts';

type Decoder = InstanceType<typeof TextDecoder>;
type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';

/**
 * Chunks of text, without a byte order mark. A file that is not valid UTF-8 throughout is read as GB18030 (GBK and
 * GB2312 are parts of it); one that is neither is refused with TL_SHEET_NOT_READABLE.
 */
export async function* textChunks(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(path), { fatal: true });
  for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

async function encodingOf(path: string): Promise<Encoding> {
  const possible = new Map<Encoding, Decoder>(
    (['utf-8', 'gb18030'] as const).map((name) => [name, new TextDecoder(name, { fatal: true })]),
  );
  let first = true;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer;
    if (first && bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
    if (first && bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
    first = false;
    for (const [name, decoder] of possible) if (!decodes(decoder, bytes)) possible.delete(name);
  }
  for (const [name, decoder] of possible) if (decodes(decoder)) return name;
  throw new Refusal('the text is neither UTF-8 nor GB18030', {
    code: 'TL_SHEET_NOT_READABLE',
    place: basename(path),
    remedy: 'save the file as UTF-8',
  });
}

function decodes(decoder: Decoder, bytes?: Buffer): boolean {
  try {
    if (bytes) decoder.decode(bytes, { stream: true });
    else decoder.decode();
    return true;
  } catch {
    return false;
  }
}

export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
}

/** Lines of a text file, each at most `maxLength` characters long. */
export async function* textLines(path: string, maxLength: number): AsyncGenerator<Line> {
  let rest = '';
  let number = 0;
  for await (const chunk of textChunks(path)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLength) throw tooLong(path, number + 1, maxLength);
    for (const line of lines) yield { number: ++number, text: line.replace(/\r$/, '') };
  }
  if (rest !== '') yield { number: ++number, text: rest };
}

function tooLong(path: string, line: number, maxLength: number): Refusal {
  return new Refusal(`a line is longer than ${maxLength} characters`, {
    code: 'TL_SHEET_NOT_READABLE',
    place: `${basename(path)} · row ${line}`,
    remedy: 'one reading a line',
  });
}
