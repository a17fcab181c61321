/** Brings a matched quantity to the settled unit (1 Wh, 1 kWh, 1 MWh = one certificate); the rest is a tail. */

export const TAIL_RULES = ['carry', 'drop'] as const;
export type TailRule = (typeof TAIL_RULES)[number];

export interface SettledQuantity {
  readonly settledWh: bigint;
  /** Carried to the contract's next bucket; in [0, unit). */
  readonly tailOutWh: bigint;
  /** Given up and listed, where the rule drops tails. */
  readonly droppedWh: bigint;
}

/** `settled = floor((q + tail) / unit) * unit`; `q + tail = settled + tail out + dropped`. */
export function settleInUnits(
  qWh: bigint,
  tailInWh: bigint,
  rule: { unitWh: bigint; tail: TailRule },
): SettledQuantity {
  const available = qWh + tailInWh;
  const settledWh = (available / rule.unitWh) * rule.unitWh;
  const rest = available - settledWh;
  return rule.tail === 'carry'
    ? { settledWh, tailOutWh: rest, droppedWh: 0n }
    : { settledWh, tailOutWh: 0n, droppedWh: rest };
}
