import { fc, test } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { gecRules } from '../../schemas/reference/settlementRules.ts';
import { GecLedger, lastValidMonth } from '../../src/certificates/gecLedger.ts';
import { partitionFault } from '../../src/certificates/gecLots.ts';
import { FULL_TIMEOUT_MS, RUNS } from '../settlement/randomMarket.ts';

vi.setConfig({ testTimeout: FULL_TIMEOUT_MS });

const PLANT = 'pv1';
const ACCOUNTS = ['acc/pv1', 'acc/dc1', 'acc/dc2'];
const number = fc.integer({ min: -1, max: 12 });
const range = fc.record({ from: number, to: number, owner: fc.constantFrom(...ACCOUNTS) });
const command = fc.oneof(
  fc.record({ op: fc.constant('transfer' as const), range, to: fc.constantFrom(...ACCOUNTS) }),
  fc.record({ op: fc.constant('cancel' as const), range, beneficiary: fc.constantFrom('dc1', 'dc2') }),
  fc.record({
    op: fc.constant('claim' as const),
    number,
    whFrom: fc.integer({ min: -1, max: 1_000_001 }),
    length: fc.integer({ min: -1, max: 600_000 }),
    dataCenter: fc.constantFrom('dc1', 'dc2'),
  }),
  fc.record({ op: fc.constant('release' as const), at: fc.nat(20) }),
  fc.record({ op: fc.constant('meter' as const), wh: fc.bigInt({ min: 0n, max: 2_000_000n }) }),
);

function ledgerWith(issues: readonly bigint[]): GecLedger {
  const ledger = new GecLedger(gecRules);
  ledger.registerPlant(PLANT, { account: 'acc/pv1', tradable: true });
  issues.forEach((wh, at) => {
    ledger.issue(PLANT, `2026-0${at + 1}`, wh);
  });
  for (const dataCenter of ['dc1', 'dc2']) ledger.meter(dataCenter, 'i', 1_500_000n);
  return ledger;
}

describe('the sub-ledger of certificates', () => {
  test.prop([fc.array(fc.bigInt({ min: 0n, max: 9_999_999n }), { maxLength: 9 })])(
    'issues all energy given to it, as certificates and a tail',
    (issues) => {
      const ledger = ledgerWith(issues);
      const given = issues.reduce((sum, wh) => sum + wh, 0n);
      const certificates = BigInt(ledger.countByState().get('active') ?? 0);
      expect(certificates * 1_000_000n + (ledger.tails().get(PLANT) ?? 0n)).toBe(given);
    },
  );

  test.prop([fc.array(command, { maxLength: 40 })], { numRuns: RUNS })(
    'stays an exact partition, never claims twice, and keeps cancelled certificates where they are',
    (commands) => {
      const ledger = ledgerWith([10_000_000n]);
      for (const one of commands) {
        const cancelled = ledger.lots().filter(({ state }) => state === 'cancelled').length;
        const before = JSON.stringify(ledger.lots());
        const code = apply(ledger, one);
        if (code !== 'ok') expect(JSON.stringify(ledger.lots())).toBe(before);
        const lots = ledger.lots();
        expect(partitionFault(lots)).toBeUndefined();
        expect(lots.at(-1)?.to).toBe(10);
        expect(lots.filter(({ state }) => state === 'cancelled').length).toBeGreaterThanOrEqual(cancelled);
      }
      const standing = ledger.claims.history.filter(({ releasedIn }) => releasedIn === undefined);
      for (const [at, a] of standing.entries()) {
        for (const b of standing.slice(at + 1)) {
          expect(a.number === b.number && a.whFrom < b.whTo && b.whFrom < a.whTo).toBe(false);
        }
      }
      const claimed = standing.reduce((sum, { whFrom, whTo }) => sum + whTo - whFrom, 0);
      expect(ledger.claims.claimedWh).toBe(BigInt(claimed));
    },
  );

  it('releases exactly the named claim and keeps the old version readable', () => {
    const ledger = ledgerWith([1_000_000n]);
    const range = { plant: PLANT, vintage: '2026-01', from: 1, to: 1, owner: 'acc/pv1', month: '2026-02' };
    ledger.cancel(range, { beneficiary: 'dc1', purposeMonth: '2026-01' });
    const claim = {
      plant: PLANT,
      vintage: '2026-01',
      number: 1,
      whFrom: 0,
      whTo: 10,
      dataCenter: 'dc1',
      interval: 'i',
    };
    expect(ledger.claim(claim)).toBe('ok');
    expect(ledger.meter('dc1', 'i', 9n)).toBe('E_METER_BELOW_CLAIMS');
    expect(ledger.release({ ...claim, whTo: 9 })).toBe('E_NO_SUCH_CLAIM');
    expect(ledger.release(claim)).toBe('ok');
    expect(ledger.release(claim)).toBe('E_NO_SUCH_CLAIM');
    expect(ledger.meter('dc1', 'i', 9n)).toBe('ok');
    expect(ledger.claims.history).toEqual([{ ...claim, madeIn: 1, releasedIn: 2 }]);
  });

  it('knows the last valid month over the turn of years and of old vintages', () => {
    expect(lastValidMonth('2026-01', gecRules)).toBe('2027-12');
    expect(lastValidMonth('2024-02', gecRules)).toBe('2026-01');
    expect(lastValidMonth('2023-12', gecRules)).toBe('2025-12');
  });
});

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function apply(ledger: GecLedger, one: Command): string {
  const gec = { plant: PLANT, vintage: '2026-01' };
  switch (one.op) {
    case 'transfer':
      return ledger.transfer({ ...gec, ...one.range, month: '2026-06' }, one.to);
    case 'cancel':
      return ledger.cancel(
        { ...gec, ...one.range, month: '2026-06' },
        { beneficiary: one.beneficiary, purposeMonth: '2026-01' },
      );
    case 'claim': {
      const { number: gecNumber, whFrom, length, dataCenter } = one;
      return ledger.claim({
        ...gec,
        number: gecNumber,
        whFrom,
        whTo: whFrom + length,
        dataCenter,
        interval: 'i',
      });
    }
    case 'release': {
      const claim = ledger.claims.history[one.at];
      return claim === undefined ? 'E_NO_SUCH_CLAIM' : ledger.release(claim);
    }
    case 'meter':
      return ledger.meter('dc1', 'i', one.wh);
  }
}
