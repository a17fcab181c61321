/** Decimals as text, added without rounding, so that a sum that is exchanged holds to its last digit. */

/** `value` with at most 15 significant digits, without exponent, without needless zeros; 0 and −0 are "0". */
export function decimalText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no decimal text`);
  const [mantissa, exponent] = value.toExponential(14).split('e') as [string, string];
  return fromScaled(BigInt(mantissa.replace('.', '')), 14 - Number(exponent));
}

/** The exact sum; undefined terms count nothing. */
export function addDecimals(terms: readonly (string | undefined)[]): string {
  const parts = terms.flatMap((term) => (term === undefined ? [] : [toScaled(term)]));
  const scale = Math.max(0, ...parts.map((part) => part.scale));
  const total = parts.reduce((sum, part) => sum + part.digits * 10n ** BigInt(scale - part.scale), 0n);
  return fromScaled(total, scale);
}

/** Whether `total` is the sum of `terms` within `tolerance` of their magnitudes; 0 wants every digit. */
export function sumHolds(total: string, terms: readonly (string | undefined)[], tolerance: number): boolean {
  const difference = addDecimals([addDecimals(terms), negated(total)]);
  if (tolerance === 0) return difference === '0';
  const size = terms.reduce((sum, term) => sum + Math.abs(Number(term ?? 0)), Math.abs(Number(total)));
  return Math.abs(Number(difference)) <= tolerance * size;
}

const negated = (text: string): string =>
  text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`;

function toScaled(text: string): { digits: bigint; scale: number } {
  const [whole, fraction = ''] = text.replace(/^\+/, '').split('.') as [string, string?];
  return { digits: BigInt(`${whole}${fraction}`), scale: fraction.length };
}

function fromScaled(digits: bigint, scale: number): string {
  if (digits === 0n) return '0';
  const sign = digits < 0n ? '-' : '';
  const size = (digits < 0n ? -digits : digits) * 10n ** BigInt(Math.max(0, -scale));
  const places = Math.max(0, scale);
  const text = size.toString().padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  const fraction = text.slice(text.length - places).replace(/0+$/, '');
  return `${sign}${whole}${places > 0 && fraction ? `.${fraction}` : ''}`;
}
