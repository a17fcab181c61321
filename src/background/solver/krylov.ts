/** GMRES of one right-hand side: an orthonormal basis (modified Gram–Schmidt) and its least-squares problem (Givens). */

export class Krylov {
  /** Norm of what is left of the residual. */
  remaining = 0;
  #size = 0;
  readonly #length: number;
  readonly #basis: Float64Array[] = [];
  /** Columns of the triangular factor, each one entry longer than the one before. */
  readonly #triangle: Float64Array[] = [];
  readonly #cosines: number[] = [];
  readonly #sines: number[] = [];
  readonly #targets: number[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  /** Where the image of `last()` is written before `extend` is called. */
  next(): Float64Array {
    this.#basis[this.#size + 1] ??= new Float64Array(this.#length);
    return this.#basis[this.#size + 1]!;
  }

  /** Where a residual is written before `begin` is called: a new cycle. */
  restart(): Float64Array {
    this.#size = 0;
    this.#basis[0] ??= new Float64Array(this.#length);
    return this.#basis[0]!;
  }

  /** Takes the residual in `restart()`; returns its norm. */
  begin(): number {
    const residual = this.#basis[0]!;
    const norm = Math.sqrt(dot(residual, residual));
    scale(residual, norm);
    this.remaining = norm;
    this.#targets[0] = norm;
    return norm;
  }

  /** The direction whose image is wanted. */
  last(): Float64Array {
    return this.#basis[this.#size]!;
  }

  /** Takes the image that was written into `next()`. */
  extend(): void {
    const k = this.#size;
    const image = this.#basis[k + 1]!;
    const column = new Float64Array(k + 2);
    let share = dot(image, this.#basis[0]!);
    for (let i = 0; i <= k; i++) {
      column[i] = share;
      // What is subtracted now is multiplied with the next vector in the same walk; the last one with itself.
      share = subtractThenDot(image, share, this.#basis[i]!, i < k ? this.#basis[i + 1]! : image);
    }
    const norm = Math.sqrt(share);
    column[k + 1] = norm;
    scale(image, norm);
    for (let i = 0; i < k; i++) {
      const [above, below] = [column[i]!, column[i + 1]!];
      column[i] = this.#cosines[i]! * above + this.#sines[i]! * below;
      column[i + 1] = this.#cosines[i]! * below - this.#sines[i]! * above;
    }
    const radius = Math.hypot(column[k]!, column[k + 1]!);
    this.#cosines[k] = radius === 0 ? 1 : column[k]! / radius;
    this.#sines[k] = radius === 0 ? 0 : column[k + 1]! / radius;
    column[k] = radius;
    const target = this.#targets[k]!;
    this.#targets[k] = this.#cosines[k]! * target;
    this.#targets[k + 1] = -this.#sines[k]! * target;
    this.remaining = Math.abs(this.#targets[k + 1]!);
    this.#triangle[k] = column;
    this.#size = k + 1;
  }

  /** The change of the unknowns that leaves the least residual. */
  combine(): Float64Array {
    const change = new Float64Array(this.#length);
    const shares = new Float64Array(this.#size);
    for (let i = this.#size - 1; i >= 0; i--) {
      let sum = this.#targets[i]!;
      for (let k = i + 1; k < this.#size; k++) sum -= this.#triangle[k]![i]! * shares[k]!;
      const pivot = this.#triangle[i]![i]!;
      shares[i] = pivot === 0 ? 0 : sum / pivot;
    }
    for (let i = 0; i < this.#size; i++) subtract(change, -shares[i]!, this.#basis[i]!);
    return change;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  // Four sums, so that additions need not wait for one another; always the same four.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < a.length; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (; k < a.length; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + (s2 + s3);
}

/** `from −= share · vector`, and its product with `other`, which may be `from` itself. */
function subtractThenDot(
  from: Float64Array,
  share: number,
  vector: Float64Array,
  other: Float64Array,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < from.length; k += 4) {
    from[k] = from[k]! - share * vector[k]!;
    from[k + 1] = from[k + 1]! - share * vector[k + 1]!;
    from[k + 2] = from[k + 2]! - share * vector[k + 2]!;
    from[k + 3] = from[k + 3]! - share * vector[k + 3]!;
    s0 += from[k]! * other[k]!;
    s1 += from[k + 1]! * other[k + 1]!;
    s2 += from[k + 2]! * other[k + 2]!;
    s3 += from[k + 3]! * other[k + 3]!;
  }
  for (; k < from.length; k++) {
    from[k] = from[k]! - share * vector[k]!;
    s0 += from[k]! * other[k]!;
  }
  return s0 + s1 + (s2 + s3);
}

function subtract(from: Float64Array, share: number, vector: Float64Array): void {
  if (share === 0) return;
  for (let k = 0; k < from.length; k++) from[k]! -= share * vector[k]!;
}

function scale(vector: Float64Array, norm: number): void {
  const factor = norm === 0 ? 0 : 1 / norm;
  for (let k = 0; k < vector.length; k++) vector[k]! *= factor;
}
