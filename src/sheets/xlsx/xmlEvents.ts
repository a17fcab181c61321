/** Streams an XML part of a workbook through a handler, without namespaces and within a stated size. */
import type { Readable } from 'node:stream';
import { Parser } from 'saxen';
import { Refusal } from '../../../schemas/refusal.ts';

export interface XmlHandler {
  open(name: string, attribute: (name: string) => string | undefined): void;
  close(name: string): void;
  text(text: string): void;
}

/** Feeds the stream to the handler; yields after every chunk, so that a caller can take what has been gathered. */
export async function* xmlChunks(
  stream: Readable,
  handler: XmlHandler,
  maxBytes: number,
): AsyncGenerator<void> {
  let failure: Error | undefined;
  const parser = new Parser()
    .on('openTag', (name, attributes) => {
      handler.open(local(name), (wanted) => attribute(attributes(), wanted));
    })
    .on('closeTag', (name) => handler.close(local(name)))
    .on('text', (text, decode) => handler.text(decode(text)))
    .on('cdata', (text) => handler.text(text))
    .on('error', (error) => {
      failure ??= error;
    });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw broken(`a part is larger than ${maxBytes >> 20} MiB`);
      parser.write(decoder.decode(chunk as Buffer, { stream: true }));
      if (failure) throw failure;
      yield;
    }
    parser.write(decoder.decode());
    failure ??= parser.end();
    if (failure) throw failure;
  } catch (error) {
    // Inflate, checksum, UTF-8 and XML errors all mean the same to the sender of the file.
    throw error instanceof Refusal ? error : broken((error as Error).message);
  }
  yield;
}

/** The whole part at once. */
export async function readXml(stream: Readable, handler: XmlHandler, maxBytes: number): Promise<void> {
  for await (const _ of xmlChunks(stream, handler, maxBytes));
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function attribute(attributes: Record<string, string>, wanted: string): string | undefined {
  if (attributes[wanted] !== undefined) return attributes[wanted];
  const prefixed = Object.keys(attributes).find((name) => name.endsWith(`:${wanted}`));
  return prefixed && attributes[prefixed];
}

function broken(why: string): Refusal {
  return new Refusal(`the workbook is damaged: ${why}`, {
    code: 'TL_SHEET_NOT_READABLE',
    remedy: 'open it in a spreadsheet program and save it again as .xlsx',
  });
}
