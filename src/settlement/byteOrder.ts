/** Order of identifiers by their UTF-8 bytes: the same on every machine and in every language. */

/**
 * Compares two texts as their UTF-8 bytes would compare (which is the order of code points).
 * JavaScript's own `<` compares UTF-16 units and puts characters beyond U+FFFF before U+E000.
 * @returns negative, 0 or positive
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other unit, so they rank last. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit;
}
