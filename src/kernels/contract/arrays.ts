// In this folder a signature has its arrays on the first lines and its dimensions on the last; biome.json leaves that alone.

/** Storage of a tensor. */
export type Vec = Float32Array | Float64Array;
/** Float type of a tensor. */
export type DType = 'float32' | 'float64';
/** What a kernel takes: the storage of a tensor, or indices. */
export type Elements = Vec | Int32Array;

declare const access: unique symbol;

/** An array that is only read. A kernel in TypeScript that writes into it does not compile. */
export interface In<A extends Elements = Vec> {
  readonly [index: number]: number;
  readonly length: number;
  readonly BYTES_PER_ELEMENT: number;
  readonly [Symbol.toStringTag]: A[typeof Symbol.toStringTag];
}
/** An array of which every element is overwritten, whatever it held. */
export type Out<A extends Elements = Vec> = A & { readonly [access]?: 'w' };
/** An array that is added to (`+=`). */
export type Acc<A extends Elements = Vec> = A & { readonly [access]?: 'a' };
/** An array that is read and written: some of it is left unchanged, or its old contents are used. */
export type InOut<A extends Elements = Vec> = A;

/** How one argument is accessed; nothing if it is not an array. */
type Letter<Argument> = Argument extends Elements
  ? typeof access extends keyof Argument
    ? NonNullable<Argument[typeof access]>
    : 'u'
  : Argument extends In<Elements>
    ? 'r'
    : '';

type Letters<Arguments extends readonly unknown[]> = Arguments extends readonly [infer First, ...infer Rest]
  ? `${Letter<NonNullable<First>>}${Letters<Rest>}`
  : '';

/**
 * How a kernel accesses its arrays, in their order: `r` reads (`In`), `w` overwrites (`Out`), `a` adds (`Acc`), `u` updates
 * (`InOut`). Types are gone at run time, so code that needs them there writes these letters, and the compiler compares.
 */
export type AccessOf<Kernel extends (...args: never) => unknown> = Letters<Parameters<Kernel>>;
