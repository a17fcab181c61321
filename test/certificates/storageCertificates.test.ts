import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { StorageCertificates } from '../../src/certificates/storageCertificates.ts';

const record = fc.record({
  kind: fc.constantFrom('charge', 'discharge'),
  step: fc.integer({ min: 0, max: 2 }),
  wh: fc.bigInt({ min: 0n, max: 1000n }),
});

describe('storage certificates', () => {
  test.prop([
    fc.array(record, { maxLength: 30 }),
    fc.constantFrom('fifo', 'lifo'),
    fc.bigInt({ min: 1n, max: 1_000_000n }),
  ])(
    'what was charged is left, discharged or lost; nothing is consumed before it was charged',
    (records, order, roundTripPpm) => {
      const storage = new StorageCertificates({ order, roundTripPpm });
      const chargedAt = new Map<string, number>();
      let chargedWh = 0n;
      let t = 0;
      records.forEach(({ kind, step, wh }, at) => {
        t += step;
        const id = `r${at}`;
        if (kind === 'discharge') storage.discharge({ id, t, wh });
        else if (storage.charge({ id, t, wh, greenClaim: `claim${at}` }) === 'ok') {
          chargedWh += wh;
          chargedAt.set(id, t);
        }
      });
      const leftWh = [...storage.chargeLeft().values()].reduce((sum, wh) => sum + wh, 0n);
      const usedWh = storage.certificates.reduce((sum, { wh, lossWh }) => sum + wh + lossWh, 0n);
      expect(leftWh + usedWh).toBe(chargedWh);
      for (const { t: at, wh, lossWh, consumed } of storage.certificates) {
        expect(consumed.reduce((sum, one) => sum + one.wh, 0n)).toBe(wh + lossWh);
        expect(lossWh >= 0n).toBe(true);
        for (const { charge } of consumed) expect(chargedAt.get(charge)).toBeLessThan(at);
      }
    },
  );
});
