/** Every stream's contract says the same in zod and in JSON Schema. */
import { test as property } from '@fast-check/vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { jsonSchemaOf } from '../../schemas/jsonSchema.ts';
import { STREAMS, streamOf } from '../../schemas/streams/index.ts';
import { fieldsOf } from '../../src/sheets/fieldsOf.ts';
import { arbitraryBadReading, arbitraryReading } from './arbitraryReading.ts';

function jsonSchemaValidator(topic: string) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: false });
  addFormats.default(ajv);
  return ajv.compile(jsonSchemaOf(streamOf(topic)!));
}

describe.each(STREAMS.map((stream) => [stream.topic, stream] as const))('%s', (topic, contract) => {
  const validate = jsonSchemaValidator(topic);

  property.prop([arbitraryReading(contract)], { numRuns: 200 })(
    'accepts every valid reading, in both forms',
    (reading) => {
      const judged = contract.schema.safeParse(reading);
      expect(judged.error?.issues ?? []).toEqual([]);
      expect(validate(JSON.parse(JSON.stringify(reading))) ? [] : validate.errors).toEqual([]);
    },
  );

  property.prop([arbitraryReading(contract)], { numRuns: 50 })(
    'gives back what was sent, with defaults filled in',
    (reading) => {
      const accepted = contract.schema.parse(reading);
      expect(accepted).toEqual({ revision: 0, ...reading });
      expect(contract.schema.parse(accepted)).toEqual(accepted);
    },
  );

  property.prop([arbitraryBadReading(contract)], { numRuns: 300 })(
    'refuses every reading with a fault, in both forms',
    ({ value, why }) => {
      expect(contract.schema.safeParse(value).success, `zod accepts ${why}`).toBe(false);
      expect(validate(JSON.parse(JSON.stringify(value))), `JSON Schema accepts ${why}`).toBe(false);
    },
  );

  test('has titles that tell its fields apart, since people use them in headers', () => {
    const sheets = contract.shape === 'readings' ? [undefined] : Object.keys(contract.kinds);
    for (const kind of sheets) {
      const names = fieldsOf(contract, kind).flatMap((field) => [field.name.toLowerCase(), field.about.zh]);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

test('rules over several fields hold in zod', () => {
  const exchange = {
    fromZone: 'A',
    toZone: 'A',
    start: '2026-03-01T00:00:00Z',
    durationS: 900,
    quality: 'measured',
  };
  expect(streamOf('grid.exchange')!.schema.safeParse(exchange).success).toBe(false);
  expect(streamOf('grid.exchange')!.schema.safeParse({ ...exchange, toZone: 'B' }).success).toBe(true);
});

test('NaN and infinities are no readings', () => {
  const load = { zone: 'A', start: '2026-03-01T00:00:00Z', durationS: 900, quality: 'measured' };
  for (const energyMwh of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(streamOf('grid.load')!.schema.safeParse({ ...load, energyMwh }).success).toBe(false);
});
