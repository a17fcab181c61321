/** From activity readings to a footprint's input document: sums over the period, each input in the role its link says. */
import type { FootprintInput } from '../../schemas/documents/footprintInput.ts';
import { footprintInput } from '../../schemas/documents/footprintInput.ts';
import type { FootprintQuestion, InputLink } from '../../schemas/documents/footprintQuestion.ts';
import type { Quality } from '../../schemas/fields.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { ProductionActivity } from '../../schemas/streams/productionActivity.ts';

interface InputSum {
  readonly link: InputLink;
  readonly quantity: number;
  readonly origin: 'measured' | 'estimated' | 'simulated';
  readonly evidence: readonly string[];
}

const CERTAINTY = ['measured', 'estimated', 'simulated'] as const;

/**
 * @param activities readings of `production.activity`, one revision each; those of other products, sites or periods are
 * passed over
 * @throws Refusal `E_PRODUCT_NO_ACTIVITY` where none is left · `E_PRODUCT_INPUT` for an item that no link names
 */
export function footprintInputOf(
  question: FootprintQuestion,
  activities: Iterable<ProductionActivity>,
): FootprintInput {
  const { start, end } = question.period;
  const batches = [...activities].filter(
    (row) =>
      row.product === question.id &&
      row.site === question.site &&
      Date.parse(row.start) >= Date.parse(start) &&
      Date.parse(row.start) < Date.parse(end),
  );
  if (batches.length === 0) {
    throw new Refusal('no production in the period', {
      code: 'E_PRODUCT_NO_ACTIVITY',
      place: `${question.site} ${question.id} ${start} to ${end}`,
      remedy: 'readings of production.activity for this site, product and period',
    });
  }
  const sums = sumInputs(question, batches);
  return footprintInput.parse({
    schema: 'tanliu.footprint-input/1',
    product: { id: question.id, name: question.name },
    site: question.site,
    referencePeriod: question.period,
    declaredUnit: question.declaredUnit,
    declaredUnitsMade: batches.reduce((made, { output }) => made + output, 0),
    gwpSet: question.gwpSet,
    billOfMaterials: sums.flatMap((sum) => billItem(sum)),
    electricity: sums.flatMap((sum) => electricityUse(sum)),
    directEmissions: sums.flatMap((sum) => directEmission(sum)),
  });
}

function sumInputs(question: FootprintQuestion, batches: readonly ProductionActivity[]): InputSum[] {
  const links = new Map(question.inputs.map((link) => [`${link.item} ${link.unit}`, link]));
  const sums = new Map<InputLink, InputSum>();
  for (const batch of batches) {
    for (const { item, quantity, unit } of batch.inputs) {
      const link = links.get(`${item} ${unit}`);
      if (link === undefined) refuseInput(question, batch, item, unit);
      const before = sums.get(link);
      sums.set(link, {
        link,
        quantity: (before?.quantity ?? 0) + quantity,
        origin: lessCertain(before?.origin ?? 'measured', originOf(batch.quality)),
        evidence: [...(before?.evidence ?? []), `production.activity ${batch.site}|${batch.batch}`],
      });
    }
  }
  return [...sums.values()];
}

const described = ({ link, origin, evidence }: InputSum) => ({ name: link.item, origin, evidence });

function billItem(sum: InputSum) {
  const { link, quantity } = sum;
  if (link.kind !== 'background') return [];
  return { ...described(sum), quantity, unit: link.backgroundUnit, product: link.product };
}

function electricityUse(sum: InputSum) {
  const { link, quantity: energyKwh } = sum;
  if (link.kind === 'official_electricity') {
    const { zone, year } = link;
    return { ...described(sum), energyKwh, factor: { kind: 'official', family: 'cn_lifecycle', zone, year } };
  }
  if (link.kind !== 'background_electricity') return [];
  return { ...described(sum), energyKwh, factor: { kind: 'background', product: link.product } };
}

function directEmission(sum: InputSum) {
  const { link, quantity: massKg } = sum;
  if (link.kind !== 'direct_emission') return [];
  return { ...described(sum), massKg, species: link.species, category: link.category };
}

function originOf(quality: Quality): InputSum['origin'] {
  if (quality === 'simulated') return 'simulated';
  return quality === 'measured' || quality === 'manual' ? 'measured' : 'estimated';
}

const lessCertain = (a: InputSum['origin'], b: InputSum['origin']) =>
  CERTAINTY.indexOf(a) > CERTAINTY.indexOf(b) ? a : b;

function refuseInput(
  question: FootprintQuestion,
  batch: ProductionActivity,
  item: string,
  unit: string,
): never {
  throw new Refusal(`the input ${item} in ${unit} stands for nothing in the background`, {
    code: 'E_PRODUCT_INPUT',
    place: `${batch.site} ${batch.batch}, input ${item}`,
    remedy: `one of ${question.inputs.map((link) => `${link.item} (${link.unit})`).join(', ')}`,
  });
}
