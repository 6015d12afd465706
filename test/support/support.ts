/** What test/examples imports until its files name asserts.ts. */
export { assertClose, assertThrows } from './asserts.ts';
