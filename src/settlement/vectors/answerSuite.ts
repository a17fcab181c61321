/** Answers files of settlement vectors with the engines: one adapter a suite, chosen by the file's `suite`. */
import type { z } from 'zod';
import { vectorFile } from '../../../schemas/documents/settlementVectors.ts';
import { Refusal } from '../../../schemas/refusal.ts';

/** Answers one case's input in the shape of its `expected`. */
export type CaseAnswer = (input: unknown, caseName: string) => unknown;

export interface SuiteAnswer {
  readonly suite: string;
  readonly cases: readonly { readonly case: string; readonly actual: unknown }[];
}

/**
 * Answers every case of a file of vectors. Input that an engine refuses becomes `{refused: "E_…"}`.
 * @throws Refusal TL_VECTORS_FORM, TL_VECTORS_SUITE for a file that is not such a file at all
 */
export function answerSuite(document: unknown, suites: ReadonlyMap<string, CaseAnswer>): SuiteAnswer {
  const file = vectorFile.safeParse(document);
  if (!file.success) {
    throw new Refusal(issueText(file.error), {
      code: 'TL_VECTORS_FORM',
      place: issuePlace(file.error),
      remedy: '{"suite", "cases": [{"case", "input", …}]}',
    });
  }
  const { suite, cases } = file.data;
  const answer = suites.get(suite);
  if (answer === undefined) {
    throw new Refusal(`the suite "${suite}" is not known`, {
      code: 'TL_VECTORS_SUITE',
      place: 'suite',
      remedy: [...suites.keys()].sort().join(' | '),
    });
  }
  return { suite, cases: cases.map((one) => ({ case: one.case, actual: answerCase(answer, one) })) };
}

function answerCase(answer: CaseAnswer, one: { case: string; input?: unknown }): unknown {
  try {
    return answer(one.input ?? one, one.case);
  } catch (error) {
    if (error instanceof Refusal && error.code.startsWith('E_')) return { refused: error.code };
    throw error;
  }
}

/** A case's input by its schema. @throws Refusal TL_VECTORS_FORM naming the case and the field */
export function readInput<S extends z.ZodType>(schema: S, input: unknown, caseName: string): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(issueText(parsed.error), {
    code: 'TL_VECTORS_FORM',
    place: `case ${caseName}, input ${issuePlace(parsed.error)}`,
  });
}

function issueText(error: z.ZodError): string {
  return `not in the form of a vector: ${error.issues[0]?.message ?? 'unreadable'}`;
}

function issuePlace(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') || 'as a whole';
}
