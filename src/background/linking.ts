/** Linking policy 连接规则: who supplies a product input, and a record of every choice that was not obvious. */
import { placesAround, samePlace } from './geography.ts';

/** One that makes a flow: a candidate supplier. */
export interface Supplier {
  readonly activity: number;
  readonly processId: string;
  readonly location: string;
  /** In the flow's reference unit; undefined where the package has none. */
  readonly annualVolume: number | undefined;
}

export interface Link {
  readonly suppliers: readonly { readonly activity: number; readonly share: number }[];
  /** How many made the flow at all. */
  readonly candidates: number;
  readonly rule: 'explicit' | 'only_maker' | 'only_in_tier' | 'production_volume' | 'equal_share' | 'cut_off';
  /** `same`, the containing place's code, `any`, or empty where no tier was looked at. */
  readonly tier: string;
  /** Why an input has no supplier; empty where it has one. */
  readonly reason: CutReason | '';
  /** The explicit provider was named but does not exist or does not make the flow. */
  readonly danglingProvider: boolean;
}

/** `no_maker`: nobody ever made the flow; the others: who made it may not supply it, or the gate cut this input. */
export type CutReason =
  | 'no_maker'
  | 'provider_quarantined'
  | 'provider_no_content'
  | 'provider_outlier'
  | 'self_feeding';

/** Identity of this policy in a version: a change of rule is a new number. */
export const LINKING_POLICY = 'explicit-geography-volume-equal/2';

/**
 * @param candidates all makers of the flow, in activity order
 * @param consumerLocation code of the consumer's place
 * @param providerId process named by the dataset, if any
 */
export function chooseSuppliers(
  candidates: readonly Supplier[],
  consumerLocation: string,
  providerId: string | undefined,
): Link {
  const explicit =
    providerId === undefined ? undefined : candidates.find((maker) => maker.processId === providerId);
  if (explicit) return single(explicit, candidates.length, 'explicit', '', false);
  const danglingProvider = providerId !== undefined;
  if (candidates.length === 0) {
    return cutOff(0, 'no_maker', danglingProvider);
  }
  if (candidates.length === 1) return single(candidates[0]!, 1, 'only_maker', '', danglingProvider);
  const { tier, makers } = bestTier(candidates, consumerLocation);
  if (makers.length === 1) {
    return single(makers[0]!, candidates.length, 'only_in_tier', tier, danglingProvider);
  }
  const byVolume = sharesByVolume(makers);
  return {
    suppliers: byVolume ?? makers.map(({ activity }) => ({ activity, share: 1 / makers.length })),
    candidates: candidates.length,
    rule: byVolume ? 'production_volume' : 'equal_share',
    tier,
    reason: '',
    danglingProvider,
  };
}

/** An input that nobody supplies. */
export function cutOff(candidates: number, reason: CutReason, danglingProvider: boolean): Link {
  return { suppliers: [], candidates, rule: 'cut_off', tier: '', reason, danglingProvider };
}

function bestTier(candidates: readonly Supplier[], consumerLocation: string) {
  for (const place of placesAround(consumerLocation)) {
    const makers = candidates.filter((maker) => samePlace(maker.location, place));
    if (makers.length > 0) return { tier: place === consumerLocation ? 'same' : place, makers };
  }
  return { tier: 'any', makers: candidates };
}

function sharesByVolume(makers: readonly Supplier[]): Link['suppliers'] | undefined {
  let total = 0;
  for (const { annualVolume } of makers) {
    if (annualVolume === undefined || !(annualVolume >= 0)) return undefined;
    total += annualVolume;
  }
  if (total === 0) return undefined;
  return makers.map(({ activity, annualVolume }) => ({ activity, share: annualVolume! / total }));
}

function single(
  maker: Supplier,
  candidates: number,
  rule: Link['rule'],
  tier: string,
  danglingProvider: boolean,
): Link {
  return {
    suppliers: [{ activity: maker.activity, share: 1 }],
    candidates,
    rule,
    tier,
    reason: '',
    danglingProvider,
  };
}
