/**
 * Random numbers by key: what an exchange draws depends on (background version, seed, draw, exchange id) and on
 * nothing else, so that threads, order and what else is drawn change nothing, and two products drawn apart share the
 * same background.
 */

/** Two 32-bit words that name an exchange or a draw. */
export type Key = readonly [number, number];

/** A permutation of 32-bit words in which every bit of the input changes half of the output (Wellons' lowbias32). */
function mix(word: number): number {
  let x = word;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Key of a text, by two unlike chains over its UTF-16 units. */
export function keyOf(text: string): Key {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let k = 0; k < text.length; k++) {
    const unit = text.charCodeAt(k);
    low = Math.imul(low ^ unit, 0x01000193);
    high = mix(high + Math.imul(unit + 1, 0x85ebca6b));
  }
  return [mix(low ^ text.length), mix(high ^ low)];
}

/** @param version id of the background version; @param seed,draw whole numbers */
export function drawKey(version: string, seed: number, draw: number): Key {
  return keyOf(`${version}\u0000${seed}\u0000${draw}`);
}

/** A number of (0, 1) with 53 bits for each exchange, never 0 or 1. */
export function uniformsOf(
  [drawLow, drawHigh]: Key,
  low: Int32Array,
  high: Int32Array,
  out: Float64Array,
): void {
  const salt = Math.imul(drawLow, 0x9e3779b1);
  for (let e = 0; e < out.length; e++) {
    const first = mix(mix(low[e]! ^ drawLow) + (high[e]! ^ drawHigh));
    const second = mix(first ^ high[e]! ^ salt);
    out[e] = ((first >>> 5) * 67_108_864 + (second >>> 6) + 0.5) / 9_007_199_254_740_992;
  }
}

/** The quantile of the standard normal distribution to 1e-16 (Wichura 1988, algorithm AS 241, PPND16). */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q *
        (((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) *
          r +
          13731.69376550946) *
          r +
          1971.5909503065513) *
          r +
          133.14166789178438) *
          r +
          3.3871328727963665)) /
      (((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) *
        r +
        5394.196021424751) *
        r +
        687.1870074920579) *
        r +
        42.31333070160091) *
        r +
        1)
    );
  }
  const tail = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size = tail <= 5 ? middleTail(tail - 1.6) : farTail(tail - 5);
  return q < 0 ? -size : size;
}

function middleTail(r: number): number {
  return (
    (((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r +
      1.2704582524523684) *
      r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
      1.4234371107496835) /
    (((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r +
      0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
      1)
  );
}

function farTail(r: number): number {
  return (
    (((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r +
      0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
      6.657904643501103) /
    (((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r +
      0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
      1)
  );
}
