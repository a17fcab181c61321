/** Layout of the transparency log as static files (C2SP tlog-tiles): paths and bytes of tiles and entry bundles. */

const TILE_WIDTH = 256;
const ENTRY_MAX_BYTES = 0xffff;

/** `tile/<level>/<index>[.p/<width>]`; the index in groups of three digits, all but the last prefixed with x. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  if (width < 1 || width > TILE_WIDTH) throw new RangeError(`a tile holds 1 to ${TILE_WIDTH} hashes`);
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g)!;
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** The hashes of a tile one after the other. */
export function tileBytes(hashes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(hashes);
}

/** Entries, each after its length as a big-endian uint16. @throws RangeError for an entry of 64 KiB and more */
export function entryBundleBytes(entries: readonly Uint8Array[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    if (entry.length > ENTRY_MAX_BYTES)
      throw new RangeError(`an entry holds at most ${ENTRY_MAX_BYTES} bytes`);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    return [length, entry];
  });
  return Buffer.concat(parts);
}

/** What `entryBundleBytes` joined. @throws RangeError where the bytes end inside an entry */
export function entriesOfBundle(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + (at + 2 <= bytes.length ? view.getUint16(at) : 0);
    if (at + 2 > bytes.length || end > bytes.length)
      throw new RangeError(`the bundle ends inside entry ${entries.length}`);
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
