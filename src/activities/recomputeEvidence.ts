/** Recomputes what a bundle's evidence allows: a footprint from its input and background rows, a statement from its lines. */
import { backgroundProducts } from '../../schemas/documents/backgroundProducts.ts';
import { footprintInput } from '../../schemas/documents/footprintInput.ts';
import { footprintStatement } from '../../schemas/documents/footprintStatement.ts';
import { settlementStatement } from '../../schemas/documents/settlementStatement.ts';
import { type BundleContents, evidencePath } from '../certificates/credentials/bundle.ts';
import { canonicalBytes, sha256Hex } from '../certificates/credentials/canonical.ts';
import { failed, held, type Recomputation } from '../certificates/credentials/verify.ts';
import { computeFootprint } from '../footprint/computeFootprint.ts';
import { backgroundOf } from '../footprint/productExtract.ts';
import { amountFen } from '../settlement/money/amount.ts';
import { netByParty } from '../settlement/money/moneyLine.ts';

export const EVIDENCE = {
  footprint: 'footprint.json',
  footprintInput: 'footprint-input.json',
  backgroundProducts: 'background-products.json',
  statement: 'statement.json',
  footprintStatement: 'footprint-statement.json',
} as const;

const CHECK = 'figures recomputed';

/** The footprint document again from its input and the background rows, byte for byte in canonical form. */
export const recomputeFootprintEvidence: Recomputation = (files) => {
  const stated = jsonOf(files, EVIDENCE.footprint);
  if (stated === undefined) return undefined;
  const input = jsonOf(files, EVIDENCE.footprintInput);
  const products = jsonOf(files, EVIDENCE.backgroundProducts);
  if (input === undefined || products === undefined) return undefined;
  const again = computeFootprint(
    footprintInput.parse(input),
    backgroundOf(backgroundProducts.parse(products)),
  );
  const { uncertainty, ...drawn } = stated as Record<string, unknown>;
  const difference =
    firstDifference(drawn, JSON.parse(JSON.stringify(again))) ??
    statementDifference(files, stated, input, products);
  if (difference === undefined && uncertainty !== undefined)
    return held(
      CHECK,
      'the footprint, from its input and the background rows; not the draws of its uncertainty',
    );
  return difference === undefined
    ? held(CHECK, 'the footprint, from its input and the background rows')
    : failed(CHECK, `the footprint differs at ${difference}`);
};

/** Where the statement holds another footprint, or names other inputs, than those beside it. */
function statementDifference(
  files: BundleContents,
  footprint: unknown,
  input: unknown,
  products: unknown,
): string | undefined {
  const statement = jsonOf(files, EVIDENCE.footprintStatement);
  if (statement === undefined) return undefined;
  const { footprint: stated, inputs } = footprintStatement.parse(statement);
  const difference = firstDifference(footprint, JSON.parse(JSON.stringify(stated)));
  if (difference !== undefined) return `the statement's ${difference}`;
  if (inputs.footprintInputSha256 !== sha256Hex(canonicalBytes(input)))
    return "the statement's hash of the input";
  return inputs.backgroundProductsSha256 === sha256Hex(canonicalBytes(products))
    ? undefined
    : "the statement's hash of the background rows";
}

/** Every line's amount from its energy and price, totals and nets from the lines. */
export const recomputeStatementEvidence: Recomputation = (files) => {
  const json = jsonOf(files, EVIDENCE.statement);
  if (json === undefined) return undefined;
  const statement = settlementStatement.parse(json);
  for (const line of statement.lines) {
    if (line.wh === undefined || line.priceMilliYuanPerMwh === undefined) continue;
    const product = amountFen(line.wh, line.priceMilliYuanPerMwh);
    if ((product < 0n ? -product : product) !== line.amountFen) {
      return failed(
        CHECK,
        `${line.component}: ${line.wh} Wh × ${line.priceMilliYuanPerMwh} milli-yuan/MWh is not ${line.amountFen} fen`,
      );
    }
  }
  const net = netByParty(statement.lines);
  let sum = 0n;
  for (const [party, fen] of net) {
    sum += fen;
    if (statement.totals.netFen[party] !== fen)
      return failed(CHECK, `the net of ${party} is ${fen} fen by the lines`);
  }
  if (sum !== 0n) return failed(CHECK, `the nets add up to ${sum} fen`);
  const pays = -(net.get(statement.dataCenter) ?? 0n);
  if (pays !== statement.totals.dataCenterPaysFen)
    return failed(CHECK, `${statement.dataCenter} pays ${pays} fen by the lines`);
  return held(
    CHECK,
    `${statement.lines.length} lines, totals and nets of the statement; not the match of quarter hours`,
  );
};

function jsonOf(files: BundleContents, name: string): unknown {
  const bytes = files.get(evidencePath(name));
  return bytes && JSON.parse(Buffer.from(bytes).toString('utf8'));
}

/** Path of the first member that differs in canonical form. */
function firstDifference(a: unknown, b: unknown, path = '$'): string | undefined {
  if (isObject(a) && isObject(b)) {
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const found = firstDifference(a[key], b[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (a === undefined || b === undefined) return a === b ? undefined : path;
  return Buffer.from(canonicalBytes(a)).equals(canonicalBytes(b)) ? undefined : path;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
