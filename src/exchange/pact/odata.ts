/**
 * The subset of OData v4's $filter that PACT 2.3 asks for: comparisons of six properties, `and`, and `any` over two
 * lists. It is read into conditions first, so that what cannot be read is refused before anything is compared. Pure.
 */
import type { FootprintV2 } from '../../../schemas/documents/pactV2.ts';
import { ExchangeProblem } from '../exchangeProblem.ts';

const OPERATORS = ['eq', 'lt', 'le', 'gt', 'ge'] as const;
type Operator = (typeof OPERATORS)[number];

const PROPERTIES: Readonly<Record<string, (document: FootprintV2) => string | undefined>> = {
  created: (document) => document.created,
  updated: (document) => document.updated,
  productCategoryCpc: (document) => document.productCategoryCpc,
  'pcf/geographyCountry': ({ pcf }) => pcf.geographyCountry ?? pcf.geographyCountrySubdivision?.slice(0, 2),
  'pcf/referencePeriodStart': ({ pcf }) => pcf.referencePeriodStart,
  'pcf/referencePeriodEnd': ({ pcf }) => pcf.referencePeriodEnd,
};
const INSTANTS = new Set(['created', 'updated', 'pcf/referencePeriodStart', 'pcf/referencePeriodEnd']);
const LISTS: Readonly<Record<string, (document: FootprintV2) => readonly string[]>> = {
  companyIds: (document) => document.companyIds,
  productIds: (document) => document.productIds,
};

export type Condition = (document: FootprintV2) => boolean;

const MOST_LENGTH = 4_096;
const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([()])|(:)|([A-Za-z_][\w]*(?:\/[A-Za-z_][\w]*)*)|([^\s()':]+(?::[^\s()']+)*))/y;

interface Token {
  readonly kind: 'text' | 'mark' | 'name' | 'bare';
  readonly text: string;
}

/** @throws ExchangeProblem BadRequest where it cannot be read */
export function parseFilter(text: string): Condition {
  if (text.length > MOST_LENGTH) throw unreadable(`longer than ${MOST_LENGTH} characters`);
  const reader = readerOf(tokensOf(text));
  const condition = conjunction(reader);
  if (reader.peek()) throw unreadable(`${reader.peek()!.text} is not understood`);
  return condition;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  while (text.slice(end).trim() !== '') {
    const match = TOKEN.exec(text);
    if (!match) throw unreadable(`at ${text.slice(end, end + 20)}`);
    end = TOKEN.lastIndex;
    const [, quoted, bracket, colon, name, bare] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1).replaceAll("''", "'") });
    else if (bracket ?? colon) tokens.push({ kind: 'mark', text: (bracket ?? colon)! });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'bare', text: bare! });
  }
  return tokens;
}

interface Reader {
  peek(): Token | undefined;
  next(): Token;
  expect(text: string): void;
}

function readerOf(tokens: readonly Token[]): Reader {
  let at = 0;
  const next = () => {
    const token = tokens[at++];
    if (!token) throw unreadable('it ends in the middle');
    return token;
  };
  return {
    peek: () => tokens[at],
    next,
    expect(text) {
      const token = next();
      if (token.text !== text || token.kind === 'text')
        throw unreadable(`${token.text} where ${text} should be`);
    },
  };
}

function conjunction(reader: Reader): Condition {
  const conditions = [comparison(reader)];
  while (reader.peek()?.kind === 'name' && reader.peek()!.text === 'and') {
    reader.next();
    conditions.push(comparison(reader));
  }
  return (document) => conditions.every((condition) => condition(document));
}

function comparison(reader: Reader): Condition {
  if (reader.peek()?.kind === 'mark' && reader.peek()!.text === '(') {
    reader.expect('(');
    const inner = conjunction(reader);
    reader.expect(')');
    return inner;
  }
  const { kind, text: path } = reader.next();
  if (kind !== 'name') throw unreadable(`${path} where a property should be`);
  if (path.endsWith('/any')) return anyOf(reader, path.slice(0, -'/any'.length));
  const read = PROPERTIES[path];
  if (!read) throw unreadable(`${path} cannot be compared`);
  const operator = operatorOf(reader);
  const literal = literalOf(reader);
  const comparable: (value: string) => string | number = INSTANTS.has(path) ? Date.parse : (value) => value;
  const wanted = INSTANTS.has(path) ? instantOf(literal) : literal;
  return (document) => {
    const value = read(document);
    return value !== undefined && holds(comparable(value), operator, wanted);
  };
}

/** `productIds/any(id:(id eq 'urn:…'))`, with or without the inner brackets. */
function anyOf(reader: Reader, list: string): Condition {
  const read = LISTS[list];
  if (!read) throw unreadable(`${list} is no list that can be asked`);
  reader.expect('(');
  const variable = reader.next();
  if (variable.kind !== 'name') throw unreadable(`${variable.text} where a name should be`);
  reader.expect(':');
  const bracketed = reader.peek()?.kind === 'mark' && reader.peek()!.text === '(';
  if (bracketed) reader.expect('(');
  reader.expect(variable.text);
  reader.expect('eq');
  const wanted = literalOf(reader);
  if (bracketed) reader.expect(')');
  reader.expect(')');
  return (document) => read(document).some((value) => value === wanted);
}

function operatorOf(reader: Reader): Operator {
  const { text } = reader.next();
  if ((OPERATORS as readonly string[]).includes(text)) return text as Operator;
  throw unreadable(`${text} is no comparison; there are ${OPERATORS.join(', ')}`);
}

function literalOf(reader: Reader): string {
  const { kind, text } = reader.next();
  if (kind === 'text' || kind === 'bare') return text;
  throw unreadable(`${text} where a value should be`);
}

function instantOf(text: string): number {
  // A space stands where an unencoded query had a plus sign.
  const ms = /^\d{4}-\d{2}-\d{2}(T|$)/.test(text)
    ? Date.parse(text.replace(/ (\d{2}:\d{2})$/, '+$1'))
    : Number.NaN;
  if (Number.isNaN(ms)) throw unreadable(`${text} is no instant`);
  return ms;
}

function holds(value: string | number, operator: Operator, wanted: string | number): boolean {
  if (operator === 'eq') return value === wanted;
  if (operator === 'lt') return value < wanted;
  if (operator === 'le') return value <= wanted;
  return operator === 'gt' ? value > wanted : value >= wanted;
}

const unreadable = (why: string) => new ExchangeProblem('BadRequest', `$filter cannot be read: ${why}`);

/** Whether a document agrees with every member of a fragment; of lists one common element is enough. */
export function matchesFragment(document: unknown, fragment: unknown): boolean {
  if (Array.isArray(fragment)) {
    return (
      fragment.length === 0 ||
      (Array.isArray(document) &&
        fragment.some((wanted) => document.some((value) => matchesFragment(value, wanted))))
    );
  }
  if (fragment !== null && typeof fragment === 'object') {
    if (document === null || typeof document !== 'object') return false;
    return Object.entries(fragment).every(([name, wanted]) =>
      matchesFragment((document as Record<string, unknown>)[name], wanted),
    );
  }
  if (typeof fragment === 'string' && typeof document === 'string')
    return fragment.toLowerCase() === document.toLowerCase();
  return fragment === document;
}
