/** A small ILCD package for tests, as XML or as TIDAS JSON from one description; facts of the format in our own words. */
import type { ZipPart } from './zipArchive.ts';

export interface IlcdExchange {
  readonly flow: string;
  readonly amount: number | null;
  readonly input?: boolean;
  readonly uncertainty?: { readonly kind: string; readonly deviation95: number };
}

export interface IlcdProcess {
  readonly id: string;
  readonly name?: string;
  readonly zh?: string;
  readonly location?: string;
  /** Positions of the reference exchanges. */
  readonly reference?: readonly number[];
  readonly exchanges: readonly IlcdExchange[];
}

type Json = { readonly [key: string]: Json | readonly (Json | string)[] | string };

/** Flow id, English and Chinese name, kind, property, compartment or class, CAS number. */
const FLOWS: readonly (readonly [
  string,
  string,
  string,
  string,
  'mass' | 'energy' | 'volume' | 'money',
  string,
  string,
])[] = [
  ['power', 'Electricity', '电力', 'Product flow', 'energy', 'Energy', ''],
  ['metal', 'Metal', '金属', 'Product flow', 'mass', 'Materials', ''],
  ['slag', 'Slag', '矿渣', 'Product flow', 'mass', 'Materials', ''],
  ['gas', 'Waste gas', '废气', 'Product flow', 'mass', 'Materials', ''],
  ['tap', 'Tap water', '自来水', 'Product flow', 'volume', 'Materials', ''],
  ['sector', 'Sector output', '部门产出', 'Product flow', 'money', 'Sectors', ''],
  [
    'co2',
    'carbon dioxide (fossil)',
    '二氧化碳（化石）',
    'Elementary flow',
    'mass',
    'Emissions/Emissions to air/Emissions to air, unspecified',
    '000124-38-9',
  ],
  [
    'co2urban',
    'carbon dioxide (fossil)',
    '二氧化碳（化石）',
    'Elementary flow',
    'mass',
    'Emissions/Emissions to air/Emissions to urban air close to ground',
    '124-38-9',
  ],
  [
    'co2bio',
    'carbon dioxide (biogenic)',
    '二氧化碳（生物）',
    'Elementary flow',
    'mass',
    'Emissions/Emissions to air/Emissions to air, unspecified',
    '124-38-9',
  ],
  [
    'ch4bio',
    'methane (biogenic)',
    '甲烷（生物）',
    'Elementary flow',
    'mass',
    'Emissions/Emissions to air/Emissions to air, unspecified',
    '74-82-8',
  ],
  ['ore', 'iron ore', '铁矿石', 'Elementary flow', 'mass', 'Resources/Resources from ground', ''],
];

const PROPERTIES = { mass: 'kg', energy: 'MJ', volume: 'm3', money: 'EUR' } as const;

/** `co2urban` is not named by its id: only CAS number and compartment lead to it. */
const FACTORS: readonly (readonly [string, string, string])[] = [
  ['co2', 'carbon dioxide (fossil) (Mass, kg, Emissions to air, unspecified)', '1.0'],
  ['absent', 'carbon dioxide (fossil) (Mass, kg, Emissions to urban air close to ground)', '1.0'],
  ['co2bio', 'carbon dioxide (biogenic) (Mass, kg, Emissions to air, unspecified)', '0.0'],
  ['ch4bio', 'methane (biogenic) (Mass, kg, Emissions to air, unspecified)', '27.0'],
  ['nf3', 'nitrogen trifluoride (Mass, kg, Emissions to air, unspecified)', '17400.0'],
];

/** Files of a package with the flows above, a climate method, and these processes. */
export function ilcdParts(processes: readonly IlcdProcess[], notation: 'xml' | 'json' = 'xml'): ZipPart[] {
  const file = (folder: string, id: string, root: string, body: Json): ZipPart => ({
    name: `ILCD/${folder}/${id}.${notation}`,
    bytes:
      notation === 'json'
        ? JSON.stringify({ [root]: body })
        : `<?xml version="1.0" encoding="utf-8"?>\n${xml(root, body)}`,
  });
  return [
    ...Object.entries(PROPERTIES).flatMap(([property, unit]) => [
      file('unitgroups', `u-${property}`, 'unitGroupDataSet', unitGroup(`u-${property}`, unit)),
      file('flowproperties', property, 'flowPropertyDataSet', flowProperty(property)),
    ]),
    ...FLOWS.map((flow) => file('flows', flow[0], 'flowDataSet', flowDocument(flow))),
    file('lciamethods', 'ef', 'LCIAMethodDataSet', methodDocument()),
    ...processes.map((process) => file('processes', process.id, 'processDataSet', processDocument(process))),
  ];
}

const named = (language: string, text: string): Json => ({ '@xml:lang': language, '#text': text });

function unitGroup(id: string, unit: string): Json {
  return {
    unitGroupInformation: {
      dataSetInformation: { 'common:UUID': id, 'common:name': named('en', id) },
      quantitativeReference: { referenceToReferenceUnit: '0' },
    },
    units: {
      unit: [
        { '@dataSetInternalID': '0', name: unit, meanValue: '1.0' },
        { '@dataSetInternalID': '1', name: `k${unit}`, meanValue: '1000' },
      ],
    },
  };
}

function flowProperty(id: string): Json {
  return {
    flowPropertiesInformation: {
      dataSetInformation: {
        'common:UUID': id,
        'common:name': named('en', id === 'money' ? 'Market value, bulk prices' : id),
      },
      quantitativeReference: { referenceToReferenceUnitGroup: { '@refObjectId': `u-${id}` } },
    },
  };
}

function flowDocument([id, en, zh, kind, property, path, cas]: (typeof FLOWS)[number]): Json {
  const steps = path.split('/').map((text, level) => ({ '@level': String(level), '#text': text }));
  return {
    flowInformation: {
      dataSetInformation: {
        'common:UUID': id,
        name: { baseName: [named('en', en), named('zh', zh)] },
        ...(cas !== '' && { CASNumber: cas }),
        classificationInformation: {
          'common:elementaryFlowCategorization': { 'common:category': steps },
        },
      },
      quantitativeReference: { referenceToReferenceFlowProperty: '0' },
    },
    modellingAndValidation: { LCIMethod: { typeOfDataSet: kind } },
    flowProperties: {
      flowProperty: {
        '@dataSetInternalID': '0',
        referenceToFlowPropertyDataSet: { '@refObjectId': property },
        meanValue: '1.0',
      },
    },
  };
}

function methodDocument(): Json {
  return {
    LCIAMethodInformation: {
      dataSetInformation: { 'common:UUID': 'ef', 'common:name': named('en', 'Climate change') },
    },
    characterisationFactors: {
      factor: FACTORS.map(([flow, name, value]) => ({
        referenceToFlowDataSet: { '@refObjectId': flow, 'common:shortDescription': named('en', name) },
        exchangeDirection: 'Output',
        meanValue: value,
      })),
    },
  };
}

function processDocument({
  id,
  name = id,
  zh = `${id}（中文）`,
  location = 'CN',
  reference = [0],
  exchanges,
}: IlcdProcess): Json {
  return {
    processInformation: {
      dataSetInformation: {
        'common:UUID': id,
        name: { baseName: [named('en', name), named('zh', zh)] },
      },
      quantitativeReference: { referenceToReferenceFlow: reference.map(String) },
      time: { 'common:referenceYear': '2020' },
      geography: { locationOfOperationSupplyOrProduction: { '@location': location } },
    },
    exchanges: {
      exchange: exchanges.map(({ flow, amount, input, uncertainty }, at) => ({
        '@dataSetInternalID': String(at),
        referenceToFlowDataSet: { '@refObjectId': flow },
        exchangeDirection: input ? 'Input' : 'Output',
        ...(amount !== null && { meanAmount: String(amount), resultingAmount: String(amount) }),
        ...(uncertainty && {
          uncertaintyDistributionType: uncertainty.kind,
          relativeStandardDeviation95In: String(uncertainty.deviation95),
        }),
      })),
    },
  };
}

/** The same document as XML: `@` keys are attributes. */
function xml(name: string, value: Json | readonly (Json | string)[] | string): string {
  if (Array.isArray(value)) return value.map((one: Json | string) => xml(name, one)).join('');
  if (typeof value === 'string') return `<${name}>${escaped(value)}</${name}>`;
  const entries = Object.entries(value as Json);
  const attributes = entries
    .filter(([key]) => key.startsWith('@'))
    .map(([key, text]) => ` ${key.slice(1)}="${escaped(String(text))}"`);
  const inner = entries
    .filter(([key]) => !key.startsWith('@'))
    .map(([key, child]) => (key === '#text' ? escaped(String(child)) : xml(key, child)));
  return `<${name}${attributes.join('')}>${inner.join('')}</${name}>`;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
