/**
 * Why two versions of a product's footprint differ. A line is quantity × factor; its change is split at the mean of both
 * ends, `Δ(qf) = Δq · (f₁ + f₂)/2 + Δf · (q₁ + q₂)/2`, which leaves no remainder and does not depend on the order. The
 * change of the factor is split again where both ends stand on a background: what the second product scores in the
 * first version less the first product there is the choice; the rest is the background.
 */

import { totalKgCo2e } from '../../schemas/documents/footprintCategories.ts';
import type { Effects, FootprintComparison } from '../../schemas/documents/footprintComparison.ts';
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { FootprintBackground } from './background.ts';
import { type Contribution, contributionKgCo2e, contributionsOf } from './contributionsOf.ts';

export interface ComparedVersion {
  readonly input: FootprintInput;
  readonly background: FootprintBackground;
}

type ComparedLine = FootprintComparison['lines'][number];

/** Rounding of a few hundred additions. */
const TOLERANCE = 1e-12;
/** Below this, doubles lose their relative precision. */
const FLOOR = 1e-300;

/** @throws Refusal `declared_unit` where the two are not per the same unit, and those of a footprint */
export function compareFootprints(before: ComparedVersion, after: ComparedVersion): FootprintComparison {
  const [first, second] = [before.input.declaredUnit, after.input.declaredUnit];
  if (first.unit !== second.unit || first.amount !== second.amount) {
    throw new Refusal('the two are per different declared units', {
      code: 'declared_unit',
      place: `${first.amount} ${first.unit} and ${second.amount} ${second.unit}`,
      remedy: 'two versions of one product by one declared unit',
    });
  }
  const [left, right] = [linesOf(before), linesOf(after)];
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  const lines = keys
    .flatMap((key) => comparedLines(left.get(key), right.get(key), before.background))
    .sort(
      (a, b) =>
        Math.abs(b.afterKgCo2e - b.beforeKgCo2e) - Math.abs(a.afterKgCo2e - a.beforeKgCo2e) ||
        (a.name < b.name ? -1 : 1),
    );
  const beforeKg = sum([...left.values()], ({ kgCo2e }) => kgCo2e);
  const afterKg = sum([...right.values()], ({ kgCo2e }) => kgCo2e);
  const effects = {
    quantitiesKgCo2e: sum(lines, (line) => line.effects.quantitiesKgCo2e),
    factorsKgCo2e: sum(lines, (line) => line.effects.factorsKgCo2e),
    backgroundKgCo2e: sum(lines, (line) => line.effects.backgroundKgCo2e),
  };
  const size = [...left.values(), ...right.values()].reduce(
    (total, { kgCo2e }) => total + Math.abs(kgCo2e),
    0,
  );
  return {
    schema: 'tanliu.footprint-comparison/1',
    product: after.input.product.id,
    declaredUnit: { amount: second.amount, unit: second.unit },
    before: sideOf(beforeKg, before.background),
    after: sideOf(afterKg, after.background),
    differenceKgCo2e: afterKg - beforeKg,
    differencePercent: beforeKg === 0 ? null : (100 * (afterKg - beforeKg)) / Math.abs(beforeKg),
    effects,
    lines,
    identities: [
      identity('difference = quantities + factors + background', afterKg - beforeKg, totalOf(effects), size),
      ...lines.map((line) =>
        identity(
          `${line.name} = its three effects`,
          line.afterKgCo2e - line.beforeKgCo2e,
          totalOf(line.effects),
          size,
        ),
      ),
    ],
  };
}

/** A line per declared unit, in the reference unit of its product where it has one. */
interface Line {
  readonly one: Contribution;
  readonly quantity: number;
  readonly unit: string;
  readonly factor: number;
  readonly kgCo2e: number;
}

function linesOf({ input, background }: ComparedVersion): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const one of contributionsOf(input, background)) {
    const { kind, name, product } = one;
    let key = `${kind} ${name}`;
    for (let again = 2; lines.has(key); again++) key = `${kind} ${name} #${again}`;
    const quantity = (product ? one.referenceAmount : one.quantity) / input.declaredUnitsMade;
    const kgCo2e = contributionKgCo2e(one) / input.declaredUnitsMade;
    const factor = product ? totalKgCo2e(product.scores) : quantity === 0 ? 0 : kgCo2e / quantity;
    lines.set(key, { one, quantity, unit: product?.referenceUnit ?? one.unit, factor, kgCo2e });
  }
  return lines;
}

function comparedLines(
  before: Line | undefined,
  after: Line | undefined,
  earlier: FootprintBackground,
): ComparedLine[] {
  if (before && after && before.unit === after.unit) return [keptLine(before, after, earlier)];
  const lone = (line: Line, change: 'added' | 'removed'): ComparedLine => {
    const added = change === 'added';
    return {
      name: line.one.name,
      kind: line.one.kind,
      change,
      beforeKgCo2e: added ? 0 : line.kgCo2e,
      afterKgCo2e: added ? line.kgCo2e : 0,
      effects: {
        quantitiesKgCo2e: added ? line.kgCo2e : -line.kgCo2e,
        factorsKgCo2e: 0,
        backgroundKgCo2e: 0,
      },
      factorBefore: added ? null : line.one.factor,
      factorAfter: added ? line.one.factor : null,
    };
  };
  return [...(before ? [lone(before, 'removed')] : []), ...(after ? [lone(after, 'added')] : [])];
}

function keptLine(before: Line, after: Line, earlier: FootprintBackground): ComparedLine {
  const meanFactor = (before.factor + after.factor) / 2;
  const meanQuantity = (before.quantity + after.quantity) / 2;
  const background = backgroundShare(before, after, earlier) * meanQuantity;
  return {
    name: after.one.name,
    kind: after.one.kind,
    change: 'kept',
    beforeKgCo2e: before.kgCo2e,
    afterKgCo2e: after.kgCo2e,
    effects: {
      quantitiesKgCo2e: (after.quantity - before.quantity) * meanFactor,
      factorsKgCo2e: (after.factor - before.factor) * meanQuantity - background,
      backgroundKgCo2e: background,
    },
    factorBefore: before.one.factor,
    factorAfter: after.one.factor,
  };
}

/** Of the change of a factor: what the second product changed by from the first version to the second. */
function backgroundShare(before: Line, after: Line, earlier: FootprintBackground): number {
  if (!before.one.product || !after.one.product) return 0;
  const then = earlier.find(after.one.product.ref);
  return then === undefined ? 0 : after.factor - totalKgCo2e(then.scores);
}

function sideOf(kgCo2e: number, { identity: { name, version }, gwpSet }: FootprintBackground) {
  return { totalKgCo2e: kgCo2e, background: `${name}@${version}`, gwpSet: gwpSet.id };
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);
const totalOf = ({ quantitiesKgCo2e, factorsKgCo2e, backgroundKgCo2e }: Effects): number =>
  quantitiesKgCo2e + factorsKgCo2e + backgroundKgCo2e;

const identity = (name: string, left: number, right: number, size: number) => ({
  name,
  left,
  right,
  holds: Math.abs(left - right) <= TOLERANCE * size + FLOOR,
});
