import { describe, expect, it } from 'vitest';
import { createOpenLcaReader } from '../../src/background/openLca/readPackage.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { scored } from './scoreOf.ts';
import { POWER_AND_METAL, smallInventory, smallPackage } from './smallPackage.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe.each([1, 2] as const)('an openLCA package of olca-schema %i.x', (schema) => {
  it('gives the scores that a hand calculation gives, in the unit that the dataset states', () => {
    const { of } = scored(smallInventory(POWER_AND_METAL, schema));
    expect(of('plant', 'power').totalKgCo2e).toBeCloseTo(0.9, 14);
    expect(of('plant', 'power').activity).toMatchObject({ unit: 'kWh', unitInReferenceUnits: 3.6 });
    expect(of('smelter', 'metal').totalKgCo2e).toBeCloseTo(10 * 0.9 + 1.5 + 0.01 * 29.8, 12);
    expect(of('smelter', 'metal').activity.location).toBe('CN');
  });

  it('takes an avoided product as a credit', () => {
    const { of } = scored(
      smallInventory(
        [
          ...POWER_AND_METAL,
          {
            id: 'boiler',
            exchanges: [
              { flow: 'heat', amount: 1, unit: 'MJ', reference: true },
              { flow: 'co2', amount: 2, unit: 'kg' },
              { flow: 'power', amount: 1, unit: 'kWh', input: true, avoided: true },
            ],
          },
        ],
        schema,
      ),
    );
    expect(of('boiler', 'heat').totalKgCo2e).toBeCloseTo(2 - 0.9, 14);
  });

  it('converts an amount stated in another property of the flow', () => {
    const { system } = buildBackgroundOf(schema, [
      {
        id: 'smelter',
        exchanges: [
          { flow: 'metal', amount: 3, unit: 'kWh', property: 'energy', reference: true },
          { flow: 'co2', amount: 1, unit: 'kg' },
        ],
      },
    ]);
    // 3 kWh are 10.8 MJ, at 2 MJ a kilogram 5.4 kg.
    expect(system.activities[0]?.output).toBeCloseTo(5.4, 14);
  });
});

function buildBackgroundOf(schema: 1 | 2, processes: Parameters<typeof smallInventory>[0]) {
  return buildBackground(smallInventory(processes, schema));
}

describe('a package that is not what it should be', () => {
  it('is refused with the file that holds broken JSON', () => {
    const reader = createOpenLcaReader();
    expect(() => reader.accept('processes/x.json', bytes('{"@id": "x", '))).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_JSON', place: 'processes/x.json' }),
    );
  });

  it('is refused when a file is not UTF-8', () => {
    const reader = createOpenLcaReader();
    expect(() => reader.accept('flows/x.json', Uint8Array.from([0x7b, 0xff, 0x7d]))).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_JSON' }),
    );
  });

  it('is refused with the field that has a wrong type', () => {
    const reader = createOpenLcaReader();
    const process = JSON.stringify({ '@id': 'x', exchanges: [{ amount: 'much' }] });
    expect(() => reader.accept('processes/x.json', bytes(process))).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_SCHEMA', place: 'processes/x.json exchanges.0.amount' }),
    );
  });

  it('is refused when it holds no process', () => {
    const reader = createOpenLcaReader();
    for (const part of smallPackage([])) reader.accept(part.name, Buffer.from(part.bytes));
    expect(() => reader.finish()).toThrow(expect.objectContaining({ code: 'E_PACKAGE_EMPTY' }));
  });

  it('is refused when one id comes in two files', () => {
    const reader = createOpenLcaReader();
    reader.accept('processes/x.json', bytes('{"@id":"x"}'));
    expect(() => reader.accept('copy/processes/x.json', bytes('{"@id":"x"}'))).toThrow(
      expect.objectContaining({ code: 'E_PACKAGE_DUPLICATE' }),
    );
  });

  it('records what dangles and goes on without it', () => {
    const { system } = buildBackgroundOf(1, [
      {
        id: 'plant',
        exchanges: [
          { flow: 'power', amount: 1, unit: 'kWh', reference: true },
          { flow: 'nowhere', amount: 1, input: true },
          { flow: 'co2', amount: 1, unit: 'MJ' },
        ],
      },
      {
        id: 'gap',
        exchanges: [
          { flow: 'power', amount: 1, unit: 'kWh', reference: true },
          { flow: 'ch4', amount: null, unit: 'kg' },
        ],
      },
      { id: 'idle', exchanges: [{ flow: 'power', amount: 1, unit: 'kWh', input: true }] },
      { id: 'nil', exchanges: [{ flow: 'metal', amount: 0, unit: 'kg', reference: true }] },
    ]);
    expect(system.findings.map(({ code, processId, action }) => [code, processId, action])).toEqual([
      ['bad_amount', 'gap', 'quarantined'],
      ['no_reference', 'idle', 'quarantined'],
      ['zero_reference', 'nil', 'quarantined'],
      ['dangling_flow', 'plant', 'exchange_dropped'],
      ['unit_mismatch', 'plant', 'exchange_dropped'],
    ]);
    expect(system.activities.map((activity) => activity.processId)).toEqual(['plant']);
  });

  it('is refused when not one process makes a product', () => {
    const idle = { id: 'idle', exchanges: [{ flow: 'power', amount: 1, input: true }] };
    expect(() => buildBackgroundOf(1, [idle])).toThrow(expect.objectContaining({ code: 'E_NO_ACTIVITY' }));
  });
});
