/** Why a message is refused: a closed list, so that dead letters can be counted and redriven by reason. */
import type { z } from 'zod';

export const DEAD_REASONS = {
  empty_message: 'the message has no value',
  too_large: 'the value is longer than 1 MiB',
  missing_header: 'a CloudEvents header is missing or empty',
  wrong_content_type: 'content-type is neither application/json nor application/vnd.apache.arrow.stream',
  not_utf8: 'the value is not UTF-8 text',
  not_json: 'the value is not JSON',
  not_arrow: 'the value is not an Arrow IPC stream',
  no_readings: 'the message holds no reading',
  too_many_readings: 'the message holds more than 100,000 readings',
  schema_mismatch: 'a column of the Arrow stream has another type than the contract says',
  missing_field: 'a field that must be there is missing',
  unknown_field: 'a field that the contract does not know',
  wrong_type: 'a value has the wrong type',
  bad_time: 'a time without offset, not of the calendar or outside 2000 to 2100',
  out_of_range: 'a number outside its limits or not finite',
  not_allowed: 'a value outside the list or pattern of the contract',
  rule_broken: 'two fields contradict each other',
} as const;

export type DeadReason = keyof typeof DEAD_REASONS;

/** A refusal of one message: reason, where in the document, and in words. */
export interface Rejection {
  readonly reason: DeadReason;
  readonly path: string;
  readonly detail: string;
}

export const reject = (reason: DeadReason, path: string, detail: string): Rejection => ({
  reason,
  path,
  detail,
});

/** The first issue of a zod error as a rejection; `where` is the place of the reading within the message, e.g. `[3]`. */
export function rejectionOf(error: z.ZodError, where: string): Rejection {
  const issue = error.issues[0];
  if (!issue) return reject('wrong_type', where, 'refused');
  const path = issue.path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${String(step)}`),
    where,
  );
  if (issue.code === 'unrecognized_keys')
    return reject('unknown_field', `${path}.${issue.keys[0] ?? ''}`, issue.message);
  return reject(reasonOf(issue), path, issue.message);
}

function reasonOf(issue: z.core.$ZodIssue): DeadReason {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined && /received undefined/.test(issue.message)) return 'missing_field';
      return issue.expected === 'int' || issue.expected === 'number'
        ? numberReason(issue.input)
        : 'wrong_type';
    case 'too_big':
    case 'too_small':
      return 'out_of_range';
    case 'invalid_value':
    case 'invalid_format':
    case 'invalid_union':
      return 'not_allowed';
    case 'custom':
      return /instant/.test(issue.message) ? 'bad_time' : 'rule_broken';
    default:
      return 'wrong_type';
  }
}

function numberReason(input: unknown): DeadReason {
  return typeof input === 'number' ? 'out_of_range' : 'wrong_type';
}
