/** The checksum of HJ 212 Annex A. It is not Modbus: the byte is combined with the register's HIGH byte moved down. */

/**
 * CRC of `bytes[start, end)`: `reg = (reg >> 8) xor byte`, then eight shifts with 0xA001. Check value: the Annex A
 * example gives 0x1C80 (its prose misprints 1C08).
 */
export function crcAnnexA(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let register = 0xffff;
  for (let at = start; at < end; at++) register = EIGHT_SHIFTS[(register >> 8) ^ bytes[at]!]!;
  return register;
}

/** What eight shifts make of a register that is one byte: after the xor only the low byte is left, so a table holds all. */
const EIGHT_SHIFTS = Uint16Array.from({ length: 256 }, (_entry, byte) => {
  let register = byte;
  for (let bit = 0; bit < 8; bit++)
    register = (register & 1) === 1 ? (register >> 1) ^ 0xa001 : register >> 1;
  return register;
});

/** The checksum as it stands on the wire: four upper-case hex digits, high byte first. */
export function crcText(crc: number): string {
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
