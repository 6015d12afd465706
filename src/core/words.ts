// The bits of a float64 in two halves, as scratch for a few lines that call nothing in between.

export const word = /* @__PURE__ */ new Float64Array(1);
export const halves = /* @__PURE__ */ (() => new Uint32Array(word.buffer))();
/** Where the upper half is: 1 where bytes are little-endian. */
export const HIGH = /* @__PURE__ */ (() => new Uint8Array(new Uint32Array([1]).buffer)[0])();
