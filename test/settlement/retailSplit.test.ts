import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { splitToRetail } from '../../src/settlement/retailSplit.ts';

const users = fc
  .array(fc.record({ signedWh: fc.bigInt({ min: 0n, max: 50n }), price: fc.bigInt({ min: 0n, max: 3n }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((drawn) =>
    drawn.map(({ signedWh, price }, at) => ({ id: `u${at}`, signedWh, envPriceMilliYuanPerMwh: price })),
  );
const wholesale = fc.bigInt({ min: 0n, max: 300n });
const total = (values: Iterable<bigint>) => [...values].reduce((sum, wh) => sum + wh, 0n);

describe('a wholesale quantity broken down to users', () => {
  test.prop([wholesale, users, fc.constantFrom('pro_rata', 'env_price_desc')])(
    'is placed or stays unallocated, to the watt-hour, whatever the order of users',
    (wh, signed, method) => {
      const split = splitToRetail(wh, signed, method);
      expect(total(split.wh.values()) + split.unallocatedWh).toBe(wh);
      const again = splitToRetail(wh, signed.toReversed(), method);
      for (const [id, part] of split.wh) expect(again.wh.get(id)).toBe(part);
    },
  );

  test.prop([wholesale, users])(
    'by price, nobody gets above the signed quantity and no dearer user waits',
    (wh, signed) => {
      const split = splitToRetail(wh, signed, 'env_price_desc');
      for (const user of signed) {
        expect(split.wh.get(user.id)! <= user.signedWh).toBe(true);
        const served = split.wh.get(user.id)! > 0n;
        const dearer = signed.filter((other) => other.envPriceMilliYuanPerMwh > user.envPriceMilliYuanPerMwh);
        if (served) for (const other of dearer) expect(split.wh.get(other.id)).toBe(other.signedWh);
      }
    },
  );
});
