/** ILCD documents as elements, whichever notation they come in: XML (ILCD, eILCD) or JSON (TIDAS: `@` attributes, `#text`). */
import { notSchema, parseJsonFile } from '../packageReader.ts';
import { childOf, readXmlRecords, type XmlElement } from '../xmlRecords.ts';

export const ILCD_ROOTS = [
  'processDataSet',
  'flowDataSet',
  'flowPropertyDataSet',
  'unitGroupDataSet',
  'LCIAMethodDataSet',
] as const;
export type IlcdRoot = (typeof ILCD_ROOTS)[number];

const ROOTS: ReadonlySet<string> = new Set(ILCD_ROOTS);

export interface IlcdDocument {
  readonly root: IlcdRoot;
  readonly element: XmlElement;
}

/** @throws Refusal `E_PACKAGE_XML` · `E_PACKAGE_JSON` · `E_PACKAGE_SCHEMA` */
export function readIlcdDocument(file: string, bytes: Uint8Array): IlcdDocument {
  const roots: XmlElement[] = [];
  if (file.endsWith('.json')) {
    const document = parseJsonFile(file, bytes);
    if (typeof document === 'object' && document !== null) {
      for (const [key, value] of Object.entries(document)) {
        if (ROOTS.has(local(key))) roots.push(...elementsOf(local(key), value));
      }
    }
  } else {
    readXmlRecords(file, bytes, ROOTS, (record) => roots.push(record));
  }
  const [element] = roots;
  if (!element || roots.length > 1) {
    throw notSchema(
      `${roots.length} ILCD datasets in one file`,
      file,
      `one of ${ILCD_ROOTS.join(', ')} a file`,
    );
  }
  return { root: element.name as IlcdRoot, element };
}

/** An object is an element, an array several of one name, anything else an element with text. */
function elementsOf(name: string, value: unknown): XmlElement[] {
  if (Array.isArray(value)) return value.flatMap((one) => elementsOf(name, one));
  if (typeof value !== 'object' || value === null) {
    return [{ name, attributes: {}, children: [], text: value === null ? '' : String(value).trim() }];
  }
  const attributes: Record<string, string> = {};
  const children: XmlElement[] = [];
  let text = '';
  for (const [key, inner] of Object.entries(value)) {
    if (key.startsWith('@')) attributes[local(key.slice(1))] = String(inner);
    else if (key === '#text') text = String(inner).trim();
    else children.push(...elementsOf(local(key), inner));
  }
  return [{ name, attributes, children, text }];
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

/** Text of the element at a path; undefined where there is none or it is empty. */
export function textOf(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return childOf(element, ...path)?.text || undefined;
}

/** All languages of a multi-lingual element; text without a language counts as English (the format's default). */
export function languagesOf(parent: XmlElement | undefined, name: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const child of parent?.children ?? []) {
    const language = child.attributes.lang ?? 'en';
    if (child.name === name && child.text !== '' && !names.has(language)) names.set(language, child.text);
  }
  return names;
}

export const anyLanguage = (names: ReadonlyMap<string, string>): string =>
  names.get('en') ?? names.get('zh') ?? [...names.values()][0] ?? '';

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  (element?.children ?? []).filter((child) => child.name === name);

/** Classes or categories from the root down, joined by `/`. */
export function categoryPathOf(information: XmlElement | undefined): string {
  const classification = childOf(information, 'classificationInformation');
  const lists = [
    childOf(classification, 'elementaryFlowCategorization'),
    childOf(classification, 'classification'),
  ];
  for (const list of lists) {
    const steps = (list?.children ?? []).filter(({ name }) => name === 'category' || name === 'class');
    steps.sort((a, b) => Number(a.attributes.level ?? 0) - Number(b.attributes.level ?? 0));
    if (steps.length > 0) return steps.map(({ text }) => text).join('/');
  }
  return '';
}
