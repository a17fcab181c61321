/** A client of PACT as its specification describes one; it knows nothing of the project's own code. */
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request } from 'node:https';

export interface PactAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function ask(
  url: string,
  ca: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): Promise<PactAnswer> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers: { ...headers, ...length }, ca, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          const json = /json/.test(response.headers['content-type'] ?? '') && text !== '';
          const parsed: unknown = json ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Whether plain HTTP on the same port gets any answer. */
export function answersPlainly(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = plainRequest(url.replace('https:', 'http:'), () => resolve(true));
    outgoing.on('error', () => resolve(false));
    outgoing.end();
  });
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

export const tokenRequest = (id: string, secret: string, body = 'grant_type=client_credentials'): Ask => ({
  method: 'POST',
  headers: { authorization: basic(id, secret), 'content-type': 'application/x-www-form-urlencoded' },
  body,
});

/** Logs in by the discovered token endpoint and asks with the token. */
export async function logIn(url: string, ca: string, id: string, secret: string) {
  const discovery = await ask(`${url}/.well-known/openid-configuration`, ca);
  const endpoint = (discovery.body as { token_endpoint: string }).token_endpoint;
  const answer = await ask(endpoint, ca, tokenRequest(id, secret));
  const { access_token: token } = answer.body as { access_token: string };
  const authorization = `Bearer ${token}`;
  const get = (path: string) =>
    ask(path.startsWith('https:') ? path : `${url}${path}`, ca, { headers: { authorization } });
  return {
    token,
    get,
    list: async (path: string): Promise<Record<string, unknown>[]> => {
      const { status, body, text } = await get(path);
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      return (body as { data: Record<string, unknown>[] }).data;
    },
    event: (
      version: '2' | '3',
      event: unknown,
      contentType = 'application/cloudevents+json; charset=UTF-8',
    ) =>
      ask(`${url}/${version}/events`, ca, {
        method: 'POST',
        headers: { authorization, 'content-type': contentType },
        body: typeof event === 'string' ? event : JSON.stringify(event),
      }),
  };
}

/** Address of `rel="next"`, if there is one. */
export const nextOf = (answer: PactAnswer): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1];

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;
const V3_REQUIRED = {
  declaredUnitOfMeasurement: /./,
  declaredUnitAmount: DECIMAL,
  productMassPerDeclaredUnit: DECIMAL,
  referencePeriodStart: /Z$/,
  referencePeriodEnd: /Z$/,
  pcfExcludingBiogenicUptake: DECIMAL,
  pcfIncludingBiogenicUptake: DECIMAL,
  fossilGhgEmissions: DECIMAL,
  fossilCarbonContent: DECIMAL,
  exemptedEmissionsPercent: DECIMAL,
};
const V2_REQUIRED = {
  declaredUnit: /./,
  unitaryProductAmount: DECIMAL,
  pCfExcludingBiogenic: DECIMAL,
  fossilGhgEmissions: DECIMAL,
  fossilCarbonContent: DECIMAL,
  biogenicCarbonContent: DECIMAL,
  characterizationFactors: /^AR[56]$/,
  boundaryProcessesDescription: /^/,
  referencePeriodStart: /Z$/,
  referencePeriodEnd: /Z$/,
  exemptedEmissionsDescription: /^/,
};
const REQUIRED = [
  'id',
  'specVersion',
  'created',
  'status',
  'companyName',
  'productDescription',
  'productNameCompany',
];

/** What the specification finds wrong with a document; empty where nothing is. */
export function faultsOf(document: Record<string, unknown>, version: '2' | '3'): string[] {
  const faults: string[] = [];
  const pcf = document.pcf as Record<string, unknown>;
  for (const name of REQUIRED) if (typeof document[name] !== 'string') faults.push(name);
  for (const name of ['companyIds', 'productIds']) {
    const list = document[name] as string[];
    if (!(list.length > 0 && list.every((urn) => /^urn:/i.test(urn)))) faults.push(name);
  }
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(document.id))) faults.push('id');
  for (const [name, pattern] of Object.entries(version === '3' ? V3_REQUIRED : V2_REQUIRED))
    if (typeof pcf[name] !== 'string' || !pattern.test(pcf[name])) faults.push(`pcf.${name}`);
  for (const part of [document, pcf])
    for (const [name, value] of Object.entries(part)) {
      if (/^\d{4}-\d\d-\d\dT/.test(String(value)) && !String(value).endsWith('Z'))
        faults.push(`${name} without Z`);
      if (typeof value === 'string' && /^-?[\d.]+e[+-]?\d+$/i.test(value))
        faults.push(`${name} with exponent`);
      if (typeof value === 'string' && /^[+-]?0*\.?0+$/.test(value) && value !== '0')
        faults.push(`${name} zero`);
    }
  if (version === '2') {
    if (!Number.isInteger(document.version)) faults.push('version');
    for (const name of ['comment', 'productCategoryCpc'])
      if (typeof document[name] !== 'string') faults.push(name);
    if (typeof pcf.exemptedEmissionsPercent !== 'number') faults.push('pcf.exemptedEmissionsPercent');
    if (typeof pcf.packagingEmissionsIncluded !== 'boolean') faults.push('pcf.packagingEmissionsIncluded');
    for (const name of ['ipccCharacterizationFactorsSources', 'crossSectoralStandardsUsed'])
      if (!Array.isArray(pcf[name])) faults.push(`pcf.${name}`);
  } else {
    if (JSON.stringify(pcf.ipccCharacterizationFactors) !== '["AR6"]')
      faults.push('pcf.ipccCharacterizationFactors');
    if (!Array.isArray(pcf.crossSectoralStandards)) faults.push('pcf.crossSectoralStandards');
    const total = [
      'fossilGhgEmissions',
      'landUseChangeGhgEmissions',
      'landManagementBiogenicCO2Emissions',
      'landManagementBiogenicCO2Removals',
      'technologicalCO2Removals',
      'ccsTechnologicalCO2Capture',
      'biogenicNonCO2Emissions',
    ].reduce((sum, term) => sum + Number(pcf[term] ?? 0), 0);
    if (Math.abs(total - Number(pcf.pcfExcludingBiogenicUptake)) > 1e-9 * Math.abs(total))
      faults.push('identity');
  }
  return faults;
}
