/** What stands against issuing a footprint. Everything is named at once. Pure. */
import type { FootprintResult } from '../../schemas/documents/footprintResult.ts';
import { RECALCULATION_LIMIT_PERCENT } from '../../schemas/reference/dataQualityRules.ts';
import { Refusal } from '../../schemas/refusal.ts';

export interface IssueFault {
  readonly code: string;
  readonly wrong: string;
  readonly right: string;
}

/** Faults that keep a document from being issued; open warnings do not, they stand in it. */
export function issueFaults(footprint: FootprintResult): IssueFault[] {
  const { origin, example, cutOff, identities, contributors, electricity, perDeclaredUnit } = footprint;
  const faults: IssueFault[] = [];
  const fault = (code: string, wrong: string, right: string) => faults.push({ code, wrong, right });
  if (origin === 'simulated')
    fault(
      'simulated_input',
      'it rests on simulated quantities',
      'quantities that were measured or estimated',
    );
  if (example) fault('example_input', 'it is an example', 'a document of a real product');
  if (cutOff.exemptedEmissionsPercent > cutOff.limitPercent)
    fault(
      'cut_off_limit',
      `${cutOff.exemptedEmissionsPercent} % is left out`,
      `at most ${cutOff.limitPercent} % of the footprint`,
    );
  const broken = identities.find(({ holds }) => !holds);
  if (broken)
    fault('E_FOOTPRINT_IDENTITY', `it does not add up: ${broken.name}`, 'a document as the engine wrote it');
  if (!Number.isFinite(perDeclaredUnit.totalKgCo2e))
    fault('E_FOOTPRINT_IDENTITY', 'its value is no number', 'finite quantities and factors');
  const traced = contributors.some(({ factor }) => factor.startsWith('traced '));
  if (traced && (electricity.rule !== 'traced_hourly' || origin !== 'measured'))
    fault(
      'electricity_rule',
      'hourly traced electricity is its value',
      'the announced 电力碳足迹因子 with the traced value as a memo, or the rule traced_hourly with measured input alone',
    );
  return faults;
}

/** @throws Refusal with the first fault's code and all of them in words */
export function refuseUnissuable(footprint: FootprintResult): void {
  const faults = issueFaults(footprint);
  const [first] = faults;
  if (!first) return;
  throw new Refusal(
    `the footprint of ${footprint.product.name} cannot be issued: ${faults.map(({ wrong }) => wrong).join('; ')}`,
    {
      code: first.code,
      place: footprint.product.id,
      remedy: faults.map(({ right }) => right).join('; '),
    },
  );
}

/** Whether a recalculated value calls for a revision; a change up to the limit is logged. */
export function callsForRevision(beforeKgCo2e: number, afterKgCo2e: number): boolean {
  return Math.abs(afterKgCo2e - beforeKgCo2e) * 100 > RECALCULATION_LIMIT_PERCENT * Math.abs(beforeKgCo2e);
}
