/** Remainders by byte of a polynomial of 8 or 16 bits. */
function table(bits: number, polynomial: number): Uint16Array {
  const top = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let rest = byte << (bits - 8);
    for (let k = 0; k < 8; k++) rest = rest & top ? ((rest << 1) ^ polynomial) & mask : (rest << 1) & mask;
    return rest;
  });
}

const CRC_8 = /* @__PURE__ */ table(8, 0x07);
const CRC_16 = /* @__PURE__ */ table(16, 0x8005);

/** x^8 + x^2 + x + 1, of the bytes from `start` to before `end`. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let rest = 0;
  for (let i = start; i < end; i++) rest = CRC_8[rest ^ bytes[i]];
  return rest;
}

/** x^16 + x^15 + x^2 + 1, of the bytes from `start` to before `end`. */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let rest = 0;
  for (let i = start; i < end; i++) rest = ((rest << 8) & 0xffff) ^ CRC_16[(rest >> 8) ^ bytes[i]];
  return rest;
}
