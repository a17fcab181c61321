import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Refusal } from '../../schemas/refusal.ts';
import { activity } from '../../src/activities/activityFault.ts';
import { FAULTS, Fault, type FaultCode } from '../../src/runtime/errors.ts';

const failureOf = (error: unknown): Promise<unknown> =>
  activity(z.null(), () => Promise.reject(error))(null).catch((failure: unknown) => failure);

test.each(Object.keys(FAULTS) as FaultCode[])(
  '%s keeps its code and says whether it can pass',
  async (code) => {
    const failure = await failureOf(new Fault(code, 'what happened', { remedy: 'what helps' }));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: code,
      message: 'what happened',
      nonRetryable: !FAULTS[code].retryable,
      details: [{ remedy: 'what helps' }],
    });
  },
);

test('refused data and wrong arguments are never tried again', async () => {
  const refusing = activity(z.strictObject({ hours: z.int() }), async () => {
    throw new Refusal('no such zone', { code: 'E_ZONE', place: 'row 3' });
  });
  await expect(refusing({ hours: 1 })).rejects.toMatchObject({
    type: 'E_ZONE',
    nonRetryable: true,
    details: [{ place: 'row 3' }],
  });
  await expect(refusing({ hours: 1.5 })).rejects.toMatchObject({ type: 'TL_ARGUMENTS', nonRetryable: true });
});

test('what nobody foresaw is left to the rule of retries', async () => {
  const error = new Error('socket hang up');
  expect(await failureOf(error)).toBe(error);
});
