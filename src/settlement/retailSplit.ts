/** Breaks an aggregator's wholesale green quantity down to its users (Shaanxi V2.0 9.5). */
import { Refusal } from '../../schemas/refusal.ts';
import { compareUtf8 } from './byteOrder.ts';
import { compare, rational } from './exactRational.ts';
import { smaller } from './integerDivision.ts';
import { fnv1a32, tieKey } from './tieKey.ts';

export interface RetailUser {
  readonly id: string;
  readonly signedWh: bigint;
  readonly envPriceMilliYuanPerMwh: bigint;
}

export interface RetailSplit {
  readonly wh: ReadonlyMap<string, bigint>;
  /** Stays on the aggregator's own account. */
  readonly unallocatedWh: bigint;
}

/**
 * Splits `wholesaleWh` by the market's method.
 *
 * `pro_rata` shares it by signed quantity with the largest remainder and places all of it, even above the signed sum;
 * only with nothing signed does it stay unallocated. `env_price_desc` fills users by environmental price, highest
 * first and at most to the signed quantity, equal prices pro rata.
 * @throws Refusal E_RULE_SPLIT_METHOD, E_WH_NEGATIVE, E_DUP_USER
 */
export function splitToRetail(
  wholesaleWh: bigint,
  users: readonly RetailUser[],
  method: string,
): RetailSplit {
  checkUsers(wholesaleWh, users);
  if (method === 'pro_rata') {
    const wh = proRata(wholesaleWh, users);
    return { wh, unallocatedWh: wholesaleWh - total(wh.values()) };
  }
  if (method !== 'env_price_desc') {
    throw new Refusal(`"${method}" is not a way to split`, {
      code: 'E_RULE_SPLIT_METHOD',
      remedy: 'pro_rata | env_price_desc',
    });
  }
  const wh = new Map(users.map(({ id }) => [id, 0n]));
  let left = wholesaleWh;
  for (const group of groupsByPriceDescending(users)) {
    const signed = total(group.map(({ signedWh }) => signedWh));
    const share = proRata(smaller(left, signed), group);
    for (const [id, part] of share) wh.set(id, part);
    left -= total(share.values());
  }
  return { wh, unallocatedWh: left };
}

function proRata(quantityWh: bigint, users: readonly RetailUser[]): Map<string, bigint> {
  const signed = total(users.map(({ signedWh }) => signedWh));
  if (signed === 0n) return new Map(users.map(({ id }) => [id, 0n]));
  const bucketHash = fnv1a32('retail');
  const shares = users.map(({ id, signedWh }) => ({
    id,
    wh: (quantityWh * signedWh) / signed,
    fraction: rational((quantityWh * signedWh) % signed, signed),
    key: tieKey(fnv1a32(id), bucketHash),
  }));
  shares.sort((a, b) => compare(b.fraction, a.fraction) || a.key - b.key || compareUtf8(a.id, b.id));
  // Fewer Wh are left than there are fractions, so one each to the first ones places all.
  let left = quantityWh - total(shares.map(({ wh }) => wh));
  for (const share of shares) {
    if (left === 0n) break;
    share.wh += 1n;
    left -= 1n;
  }
  return new Map(shares.map(({ id, wh }) => [id, wh]));
}

function groupsByPriceDescending(users: readonly RetailUser[]): RetailUser[][] {
  const groups = Map.groupBy(users, (user) => user.envPriceMilliYuanPerMwh);
  return [...groups].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, group]) => group);
}

function checkUsers(wholesaleWh: bigint, users: readonly RetailUser[]): void {
  const negative = users.find(({ signedWh }) => signedWh < 0n);
  if (wholesaleWh < 0n || negative !== undefined) {
    throw new Refusal('a quantity is negative', {
      code: 'E_WH_NEGATIVE',
      place: negative === undefined ? 'wholesale quantity' : `user ${negative.id}`,
    });
  }
  if (new Set(users.map(({ id }) => id)).size !== users.length) {
    throw new Refusal('a user is given twice', { code: 'E_DUP_USER' });
  }
}

function total(values: Iterable<bigint>): bigint {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
}
