/** What an activity's exceptions mean to Temporal: codes of the closed list say whether another attempt can help. */
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { Refusal } from '../../schemas/refusal.ts';
import { Fault } from '../runtime/errors.ts';

/**
 * The failure that Temporal is told. A `Fault` keeps its code as the type and is retried where its code can pass;
 * refused data and wrong arguments are never retried; whatever else is thrown is left to Temporal's own rule.
 */
function activityFailure(error: unknown): unknown {
  if (error instanceof Fault) {
    const { code, message, remedy, retryable } = error;
    return ApplicationFailure.create({
      type: code,
      message,
      nonRetryable: !retryable,
      ...(remedy !== undefined && { details: [{ remedy }] }),
      cause: error,
    });
  }
  if (error instanceof Refusal) {
    const { code, message, place, remedy } = error;
    return ApplicationFailure.create({
      type: code,
      message,
      nonRetryable: true,
      details: [{ place, remedy }],
    });
  }
  if (error instanceof z.ZodError) {
    return ApplicationFailure.create({
      type: 'TL_ARGUMENTS',
      message: z.prettifyError(error),
      nonRetryable: true,
    });
  }
  return error;
}

/** An activity whose single argument is checked by `schema` and whose exceptions are mapped. */
export function activity<S extends z.ZodType, Result>(
  schema: S,
  run: (args: z.output<S>) => Promise<Result>,
): (args: z.input<S>) => Promise<Result> {
  return async (args) => {
    try {
      return await run(schema.parse(args));
    } catch (error) {
      throw activityFailure(error);
    }
  };
}
