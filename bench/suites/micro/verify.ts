const TOLERANCE = 1e-5; // of the largest element: float32 sums in whatever order, and its functions

type Numbers = ArrayLike<number>;

/**
 * Checks what a workload gave, array by array, against what it should have given; whole numbers have to be equal.
 *
 * @throws Error that names the first array or element that is not as expected
 */
export function verify(what: string, given: readonly Numbers[], expected: readonly Numbers[]): void {
  if (given.length !== expected.length)
    throw new Error(`${what}: expected ${expected.length} arrays, got ${given.length}`);
  for (const [k, wanted] of expected.entries()) {
    const got = given[k];
    if (got.length !== wanted.length)
      throw new Error(`${what}: expected ${wanted.length} elements in array ${k}, got ${got.length}`);
    let largest = 0;
    for (let i = 0; i < wanted.length; i++) largest = Math.max(largest, Math.abs(wanted[i]));
    const within = got instanceof Int32Array ? 0 : TOLERANCE * largest;
    for (let i = 0; i < wanted.length; i++)
      if (!(Math.abs(got[i] - wanted[i]) <= within))
        throw new Error(`${what}: expected ${wanted[i]} at ${i} of array ${k}, got ${got[i]}`);
  }
}
