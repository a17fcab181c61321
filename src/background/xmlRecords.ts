/** Reads XML as a stream of records (whole elements of chosen names) so that a file of many datasets needs the memory of one. */
import { Parser } from 'saxen';
import { Refusal } from '../../schemas/refusal.ts';

/** An element: attributes, children in order, and its own text. Names are without their prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;

/**
 * Calls `take` with every element whose name is in `records`, when it closes; what lies outside of records is not kept.
 * @throws Refusal `E_PACKAGE_XML` for malformed text, a document type (and with it every entity), or nesting beyond 64
 */
export function readXmlRecords(
  file: string,
  bytes: Uint8Array,
  records: ReadonlySet<string>,
  take: (record: XmlElement) => void,
): void {
  const open: OpenElement[] = [];
  let failure: Error | undefined;
  let depth = 0;
  let sawElement = false;
  const parser = new Parser()
    .on('openTag', (tag, attributes, decode) => {
      sawElement = true;
      if (++depth > MAX_DEPTH) failure ??= new Error(`elements are nested deeper than ${MAX_DEPTH}`);
      const name = local(tag);
      if (open.length > 0 || records.has(name)) {
        open.push({ name, attributes: localNames(attributes(), decode), children: [], text: '' });
      }
    })
    .on('closeTag', () => {
      depth--;
      const closed = open.pop();
      if (!closed) return;
      const element = { ...closed, text: closed.text.trim() };
      const parent = open.at(-1);
      if (parent) parent.children.push(element);
      else take(element);
    })
    .on('text', (text, decode) => addText(open, decode(text)))
    .on('cdata', (text) => addText(open, text))
    .on('attention', (text) => {
      failure ??= new Error(`a document type or entity is declared: ${text.slice(0, 40)}`);
    })
    .on('error', (error) => {
      failure ??= error;
    });
  try {
    const text = decodeXml(bytes);
    for (let at = 0; at < text.length; at += CHUNK) {
      parser.write(text.slice(at, at + CHUNK));
      if (failure) throw failure;
    }
    failure ??= parser.end();
    if (!failure && !sawElement) failure = new Error('there is no element in it');
    if (!failure && depth !== 0) failure = new Error('the document ends inside an element');
    if (failure) throw failure;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`not readable as XML: ${(error as Error).message.split('\n')[0]}`, {
      code: 'E_PACKAGE_XML',
      place: file,
      remedy: 'one well-formed XML document a file, without a document type',
    });
  }
}

const CHUNK = 1 << 20;

function addText(open: readonly OpenElement[], text: string): void {
  const at = open.at(-1);
  if (at) at.text += text;
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function localNames(
  attributes: Record<string, string>,
  decode: (text: string) => string,
): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) named[local(name)] = decode(value);
  return named;
}

/** UTF-8 unless a byte order mark or the declaration names another encoding. */
function decodeXml(bytes: Uint8Array): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const stated = /^(?:ï»¿)?\s*<\?xml[^>]*encoding=["']([A-Za-z0-9_-]+)["']/.exec(head)?.[1];
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
  return new TextDecoder(mark ?? stated ?? 'utf-8', { fatal: true }).decode(bytes);
}

/** First child of that name. */
export function childOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let at = element;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at;
}
