import { describe, expect, test } from 'vitest';
import { sichuanPrefectures, ZONES, zoneOf } from '../../../schemas/reference/zones.ts';

describe('zones', () => {
  test('there are 31 provinces, 21 prefectures of Sichuan and seven factor scopes, each once', () => {
    const kinds = Map.groupBy(ZONES, ({ kind }) => kind);
    expect(kinds.get('province')).toHaveLength(31);
    expect(kinds.get('prefecture')).toHaveLength(21);
    expect(kinds.get('factor_scope')).toHaveLength(7);
    expect(new Set(ZONES.map(({ id }) => id)).size).toBe(ZONES.length);
    const codes = ZONES.flatMap(({ divisionCode }) => divisionCode ?? []);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('every chain of parents ends at the country', () => {
    for (const zone of ZONES) {
      const chain = [zone];
      while (chain.at(-1)!.parent !== undefined) chain.push(zoneOf(chain.at(-1)!.parent!)!);
      expect(chain.at(-1)!.id).toBe('CN');
      expect(chain.length).toBeLessThanOrEqual(4);
    }
  });

  test("a prefecture's id holds the first four digits of its code", () => {
    for (const { id, divisionCode } of sichuanPrefectures) {
      expect(divisionCode).toBe(`${id.slice('CN-SC-'.length)}00`);
    }
  });
});
