/**
 * Charges on metered points: tariffs by hour or day on energy, subscriptions by day, fees by piece. Quantity x price,
 * rounded once to the price's own unit; a missing price gives no amount, never zero.
 */
import { roundHalfAway } from './integerDivision.ts';

/** Prices and amounts in 10^-6 of the currency; tariffs a kWh, subscriptions a month, fees a piece. */
export interface Charge {
  readonly code: string;
  readonly kind: 'hourly_tariff' | 'daily_tariff' | 'subscription' | 'fee';
  /** By the instant from which it holds: its hour, its day, or the month. */
  readonly priceMicro: ReadonlyMap<number, bigint>;
}

export interface ChargeLink {
  readonly charge: string;
  readonly point: string;
  readonly quantity: bigint;
  readonly fromMs: number;
  /** null: open. */
  readonly toMs: number | null;
}

/** A point with a supplier; `group` is what results are told apart by besides the supplier. */
export interface ChargedPoint {
  readonly id: string;
  readonly supplier: string;
  readonly group: string;
  /** By hour; hours without a reading are absent. */
  readonly hourWh: ReadonlyMap<number, { readonly wh: bigint; readonly quality: string }>;
}

export interface ChargeLine {
  readonly charge: string;
  readonly supplier: string;
  readonly group: string;
  readonly startMs: number;
  /** Wh of a tariff, pieces of a subscription or fee. */
  readonly quantity: bigint;
  readonly qualities: readonly string[];
  /** Null where none was published. */
  readonly priceMicro: bigint | null;
  readonly amountMicro: bigint | null;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WH_PER_KWH = 1_000n;

/** Lines of a span of whole days; links outside it, or of unknown points, give none. */
export function chargeLines(
  charges: readonly Charge[],
  links: readonly ChargeLink[],
  points: readonly ChargedPoint[],
  span: Span,
): ChargeLine[] {
  const pointOf = new Map(points.map((point) => [point.id, point]));
  return charges.flatMap((charge) => {
    const stepMs = charge.kind === 'hourly_tariff' ? HOUR_MS : DAY_MS;
    const own = links.filter((link) => link.charge === charge.code && pointOf.has(link.point));
    const lines: ChargeLine[] = [];
    for (let startMs = span.startMs; startMs < span.endMs; startMs += stepMs) {
      const valid = own.filter(({ fromMs, toMs }) => fromMs <= startMs && (toMs === null || startMs < toMs));
      const groups = Map.groupBy(valid, ({ point }) => {
        const { supplier, group } = pointOf.get(point)!;
        return JSON.stringify([supplier, group]);
      });
      for (const some of groups.values()) lines.push(lineOf(charge, some, pointOf, startMs, stepMs, span));
    }
    return lines;
  });
}

function lineOf(
  charge: Charge,
  links: readonly ChargeLink[],
  pointOf: ReadonlyMap<string, ChargedPoint>,
  startMs: number,
  stepMs: number,
  span: Span,
): ChargeLine {
  const { supplier, group } = pointOf.get(links[0]!.point)!;
  const isTariff = charge.kind === 'hourly_tariff' || charge.kind === 'daily_tariff';
  const energies = isTariff ? links.map(({ point }) => energyOf(pointOf.get(point)!, startMs, stepMs)) : [];
  const quantity = isTariff
    ? energies.reduce((sum, { wh }) => sum + wh, 0n)
    : links.reduce((sum, link) => sum + link.quantity, 0n);
  const priceMicro = priceAt(charge, startMs, span);
  const amountMicro =
    priceMicro === null
      ? null
      : isTariff
        ? roundHalfAway(quantity * priceMicro, WH_PER_KWH)
        : quantity * priceMicro;
  const qualities = [...new Set(energies.flatMap((energy) => energy.qualities))].sort();
  return { charge: charge.code, supplier, group, startMs, quantity, qualities, priceMicro, amountMicro };
}

/** A subscription's month price is spread evenly over the days of the span. */
function priceAt({ kind, priceMicro }: Charge, startMs: number, span: Span): bigint | null {
  if (kind !== 'subscription') return priceMicro.get(startMs) ?? null;
  const month = priceMicro.get(span.startMs);
  return month === undefined ? null : roundHalfAway(month, BigInt((span.endMs - span.startMs) / DAY_MS));
}

function energyOf({ hourWh }: ChargedPoint, startMs: number, stepMs: number) {
  let wh = 0n;
  const qualities = new Set<string>();
  for (let hour = startMs; hour < startMs + stepMs; hour += HOUR_MS) {
    const reading = hourWh.get(hour);
    wh += reading?.wh ?? 0n;
    qualities.add(reading?.quality ?? 'missing');
  }
  return { wh, qualities: [...qualities] };
}

/** Amounts of the span by charge and supplier; null where no line has one. */
export function sumOfLines(lines: readonly ChargeLine[]): Map<string, bigint | null> {
  const sums = new Map<string, bigint | null>();
  for (const { charge, supplier, amountMicro } of lines) {
    const key = `${charge}|${supplier}`;
    const before = sums.get(key) ?? null;
    sums.set(key, amountMicro === null ? before : (before ?? 0n) + amountMicro);
  }
  return sums;
}
