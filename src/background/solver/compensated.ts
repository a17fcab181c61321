/** Sums of products in twice the working precision (TwoSum and TwoProduct: Knuth; Dekker 1971; Ogita, Rump and Oishi 2005). */

/** 2^27 + 1: splits a double into two halves of 26 bits. */
const SPLITTER = 134_217_729;

/** A running sum of products whose error is of second order; values must stay below 1e290 in magnitude. */
export class CompensatedSum {
  #high = 0;
  #low = 0;

  reset(start: number): void {
    this.#high = start;
    this.#low = 0;
  }

  addProduct(a: number, b: number): void {
    const product = a * b;
    const aHigh = SPLITTER * a - (SPLITTER * a - a);
    const aLow = a - aHigh;
    const bHigh = SPLITTER * b - (SPLITTER * b - b);
    const bLow = b - bHigh;
    const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
    const sum = this.#high + product;
    const part = sum - this.#high;
    this.#low += this.#high - (sum - part) + (product - part) + productError;
    this.#high = sum;
  }

  get value(): number {
    return this.#high + this.#low;
  }
}
