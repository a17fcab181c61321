/** Gaussian elimination with row pivoting: the slow, plain reference for small systems. */

export function denseSolve(
  matrix: readonly (readonly number[])[],
  rightHandSide: readonly number[],
): number[] {
  const n = matrix.length;
  const rows = matrix.map((row, at) => [...row, rightHandSide[at]!]);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(rows[r]![k]!) > Math.abs(rows[best]![k]!)) best = r;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    for (let r = k + 1; r < n; r++) {
      const factor = rows[r]![k]! / rows[k]![k]!;
      for (let c = k; c <= n; c++) rows[r]![c]! -= factor * rows[k]![c]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k]![n]!;
    for (let c = k + 1; c < n; c++) sum -= rows[k]![c]! * x[c]!;
    x[k] = sum / rows[k]![k]!;
  }
  return x;
}
