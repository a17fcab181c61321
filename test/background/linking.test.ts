import { describe, expect, it } from 'vitest';
import { placesAround } from '../../src/background/geography.ts';
import { chooseSuppliers, type Supplier } from '../../src/background/linking.ts';
import { buildBackground } from '../../src/background/technosphere.ts';
import { scored } from './scoreOf.ts';
import { POWER_AND_METAL, type SmallProcess, smallInventory } from './smallPackage.ts';

const maker = (activity: number, location: string, annualVolume?: number): Supplier => ({
  activity,
  processId: `p${activity}`,
  location,
  annualVolume,
});

describe('the linking policy', () => {
  const makers = [maker(0, 'GLO'), maker(1, 'CN'), maker(2, 'CN'), maker(3, 'SC-CN'), maker(4, 'DE')];

  it('takes the explicit provider before anything else', () => {
    const link = chooseSuppliers(makers, 'SC-CN', 'p4');
    expect(link).toMatchObject({ rule: 'explicit', suppliers: [{ activity: 4, share: 1 }] });
  });

  it('falls back on the policy and says so when the explicit provider does not make the flow', () => {
    const link = chooseSuppliers(makers, 'SC-CN', 'gone');
    expect(link).toMatchObject({ rule: 'only_in_tier', tier: 'same', danglingProvider: true });
  });

  it('prefers the same place, then the nearest that contains it, then any', () => {
    expect(chooseSuppliers(makers, 'SC-CN', undefined).suppliers).toEqual([{ activity: 3, share: 1 }]);
    expect(chooseSuppliers(makers, 'GD-CN', undefined)).toMatchObject({
      tier: 'CN',
      rule: 'equal_share',
      suppliers: [
        { activity: 1, share: 0.5 },
        { activity: 2, share: 0.5 },
      ],
    });
    expect(chooseSuppliers(makers, 'US', undefined).suppliers).toEqual([{ activity: 0, share: 1 }]);
    expect(chooseSuppliers([maker(1, 'CN'), maker(4, 'DE')], 'US', undefined).tier).toBe('any');
  });

  it('shares by production volume where all of the tier have one, else equally', () => {
    const known = [maker(0, 'CN', 30), maker(1, 'CN', 10)];
    expect(chooseSuppliers(known, 'CN', undefined)).toMatchObject({
      rule: 'production_volume',
      suppliers: [
        { activity: 0, share: 0.75 },
        { activity: 1, share: 0.25 },
      ],
    });
    expect(chooseSuppliers([...known, maker(2, 'CN')], 'CN', undefined).rule).toBe('equal_share');
  });

  it('cuts off what nobody makes', () => {
    expect(chooseSuppliers([], 'CN', undefined)).toMatchObject({ rule: 'cut_off', suppliers: [] });
  });

  it('orders places from the province out', () => {
    expect(placesAround('SC-CN')).toEqual(['SC-CN', 'CN', 'RAS', 'GLO']);
    expect(placesAround('CN-SC')).toEqual(['CN-SC', 'CN', 'RAS', 'GLO']);
    expect(placesAround('AU')).toEqual(['AU', 'GLO']);
    expect(placesAround('')).toEqual([]);
  });
});

describe('linked systems', () => {
  const scale: SmallProcess = {
    id: 'lift',
    exchanges: [
      { flow: 'power', amount: 1, unit: 'kWh', reference: true },
      { flow: 'power', amount: 1, unit: 'kWh', input: true },
      { flow: 'co2', amount: 0.1, unit: 'kg' },
    ],
  };

  it('lets own use below the output shrink the pivot', () => {
    const { of, system } = scored(
      smallInventory([
        {
          id: 'plant',
          exchanges: [
            { flow: 'power', amount: 1, unit: 'kWh', reference: true },
            { flow: 'power', amount: 0.2, unit: 'kWh', input: true },
            { flow: 'co2', amount: 0.8, unit: 'kg' },
          ],
        },
      ]),
    );
    expect(system.technosphere.value[0]).toBeCloseTo(0.8 * 3.6, 14);
    expect(of('plant', 'power').totalKgCo2e).toBeCloseTo(1, 14);
  });

  it('gives a stage the other makers of its flow, and lets it supply nobody', () => {
    const { of, system } = scored(smallInventory([...POWER_AND_METAL, scale]));
    expect(of('lift', 'power').totalKgCo2e).toBeCloseTo(1.0, 14);
    expect(of('smelter', 'metal').totalKgCo2e).toBeCloseTo(9 + 1.5 + 0.298, 12);
    expect(system.findings.map((finding) => finding.code)).toContain('stage_chain');
  });

  it('lets a treatment take the waste that names it and cuts the rest off', () => {
    const wasteful: SmallProcess = {
      id: 'mill',
      exchanges: [
        { flow: 'metal', amount: 1, unit: 'kg', reference: true },
        { flow: 'sludge', amount: 2, unit: 'kg' },
      ],
    };
    const treatment: SmallProcess = {
      id: 'pond',
      exchanges: [
        { flow: 'sludge', amount: 1, unit: 'kg', input: true, reference: true },
        { flow: 'ch4bio', amount: 0.1, unit: 'kg' },
      ],
    };
    const { of } = scored(smallInventory([wasteful, treatment]));
    expect(of('mill', 'metal').totalKgCo2e).toBeCloseTo(2 * 0.1 * 27, 12);
    expect(of('mill', 'metal').scores.biogenic_non_co2).toBeCloseTo(5.4, 12);
    const { system } = buildBackground(smallInventory([wasteful]));
    expect(system.links).toMatchObject([{ kind: 'waste', rule: 'cut_off' }]);
  });

  it('keeps biogenic carbon apart from the total', () => {
    const { of } = scored(
      smallInventory([
        {
          id: 'burner',
          exchanges: [
            { flow: 'heat', amount: 1, unit: 'MJ', reference: true },
            { flow: 'co2air', amount: 3, unit: 'kg', input: true },
            { flow: 'co2bio', amount: 3, unit: 'kg' },
          ],
        },
      ]),
    );
    expect(of('burner', 'heat')).toMatchObject({
      totalKgCo2e: 0,
      scores: { biogenic_co2_emission: 3, biogenic_co2_uptake: -3 },
      usable: false,
      flags: ['no_climate_content'],
    });
  });

  it('marks what has no climate content', () => {
    const { of } = scored(
      smallInventory([
        ...POWER_AND_METAL,
        { id: 'still', exchanges: [{ flow: 'heat', amount: 1, unit: 'MJ', reference: true }] },
      ]),
    );
    expect(of('still', 'heat')).toMatchObject({ usable: false, flags: ['no_climate_content'] });
  });
});
