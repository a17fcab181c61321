import { describe, expect, it } from 'vitest';
import {
  type GridCharges,
  gridChargeLines,
  transmissionLines,
} from '../../../src/settlement/money/gridCharges.ts';

const charges: GridCharges = {
  transmission: { mode: 'total_use_1192', priceMilliYuanPerMwh: 100_000n },
  lossPriceMilliYuanPerMwh: 0n,
  systemOperation: [
    { item: 'storage', priceMilliYuanPerMwh: 2_000n },
    { item: 'capacity', priceMilliYuanPerMwh: 1_000n },
  ],
  systemOperationOnSelfUse: false,
  fundsPriceMilliYuanPerMwh: 10_000n,
  fundsOnSelfUse: true,
};

describe('charges of the way through the grid', () => {
  it('bill total use where the site needs its capacity backed up, self-use only where the flag says so', () => {
    const site = { offtakeWh: 3_000_000n, selfUseWh: 1_000_000n };
    const lines = [
      ...transmissionLines(charges.transmission, site, 'dc1'),
      ...gridChargeLines(charges, site, 'dc1'),
    ];
    expect(lines.map(({ component, wh, amountFen }) => [component, wh, amountFen])).toEqual([
      ['tnd_volumetric', 4_000_000n, 40_000n],
      ['line_loss', 3_000_000n, 0n],
      ['system_operation:capacity', 3_000_000n, 300n],
      ['system_operation:storage', 3_000_000n, 600n],
      ['gov_funds', 4_000_000n, 4_000n],
    ]);
  });
});
