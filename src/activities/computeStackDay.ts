/** Computes a civil day of stacks: hours, sums and completeness with their lineage. Stacks are read some at a time. */
import type { ComputedEmissions, ComputeStackDayArguments, FailedEmission } from '../../schemas/control.ts';
import { Refusal } from '../../schemas/refusal.ts';
import type { Store } from '../store/port.ts';
import { writeEmissionWindow } from './emissionResults.ts';
import { dayStartMs } from './facilityCalendar.ts';
import { DAY_MS } from './facilityInputs.ts';
import { canonicalSha256, originOf } from './lineage.ts';
import { computeDay } from './stackDay.ts';
import {
  countStackRows,
  declarationOf,
  readStackDay,
  readStacks,
  type StackDayReadings,
  type StackDeclaration,
} from './stackInputs.ts';

export interface EmissionContext {
  readonly store: Store;
  readonly clock: () => number;
  readonly codeVersion: string;
  report?(done: number): void;
}

/** Minute values of so many stacks are held at a time. */
const BATCH = 10;

/** @throws Fault of the store */
export async function computeStackDay(
  { day, subjects }: ComputeStackDayArguments,
  context: EmissionContext,
): Promise<ComputedEmissions> {
  const { store, clock } = context;
  const dayMs = dayStartMs(day);
  const declared = await readStacks(store, dayMs + DAY_MS - 1);
  const tally = { computed: 0, unchanged: 0, failed: [] as FailedEmission[] };
  for (let at = 0; at < subjects.length; at += BATCH) {
    const batch = subjects.slice(at, at + BATCH);
    // Counted before they are read: what comes in between opens the day once more, and is never missed.
    const seen = await countStackRows(store, batch, dayMs);
    const days = await readStackDay(store, batch, dayMs);
    for (const [subject, read] of days) {
      try {
        const declaration = declared.get(subject) ?? declarationOf({}, []);
        const written = await writeEmissionWindow(
          store,
          writeOf(
            { day, dayMs, subject, read, declaration, seenRows: seen.get(subject) ?? 0 },
            context.codeVersion,
          ),
          clock(),
        );
        tally[written ? 'computed' : 'unchanged']++;
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
        const code = error instanceof Refusal ? error.code : 'E_RULES';
        tally.failed.push({ subject, period: day, code, message: error.message });
      }
      context.report?.(at);
    }
  }
  return tally;
}

interface StackDayInput {
  readonly day: string;
  readonly dayMs: number;
  readonly subject: string;
  readonly read: StackDayReadings;
  readonly declaration: StackDeclaration;
  readonly seenRows: number;
}

/** Parameters that a day follows from beside its readings; `recompute` reads them back. */
export interface StackDayParameters {
  readonly day: string;
  readonly declaration: StackDeclaration;
}

function writeOf({ day, dayMs, subject, read, declaration, seenRows }: StackDayInput, codeVersion: string) {
  const { hours, document } = computeDay(dayMs, day, read.readings, declaration);
  const parameters = { day, declaration } satisfies StackDayParameters;
  return {
    draft: {
      kind: 'stack_day' as const,
      subject,
      start: new Date(dayMs).toISOString(),
      end: new Date(dayMs + DAY_MS).toISOString(),
      origin: originOf([read.snapshot]),
      inputs: [read.snapshot],
      factorSet: '',
      ruleSet: document.rules,
      parameters: { ...parameters },
      codeVersion,
      resultSha256: canonicalSha256({ hours, document }),
    },
    period: day,
    document,
    hours,
    seenRows,
  };
}
