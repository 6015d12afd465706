/** Gradient checks of ops that move elements. */
import * as d from 'dynaecg';
import type { Case } from './cases.ts';

export const movement: Record<string, Case[]> = {
  concat: [0, 1, 2, -1].map((axis): Case => {
    const sizes = [1, 2, 3].map((n) => [2, 3, 4].map((size, i) => (i === (axis + 3) % 3 ? n : size)));
    return [`axis ${axis}`, (...parts) => d.concat([...parts, parts[0]], axis), ...sizes];
  }),
  stack: [0, 1, 2, -1, -3].map((axis): Case => {
    return [`axis ${axis}`, (a, b) => d.stack([a, b, a], axis), [2, 3], [2, 3]];
  }),
  pad: [
    ['the last axis', (x) => d.pad(x, [1, 2]), [2, 3, 4]],
    ['three axes, a value', (x) => d.pad(x, [1, 2, 0, 1, 2, 0], { value: 3 }), [2, 3, 4]],
    ['mirrored', (x) => d.pad(x, [3, 2], { mode: 'reflect' }), [2, 4]],
    ['the ends repeated', (x) => d.pad(x, [3, 6, 1, 0], { mode: 'replicate' }), [2, 4]],
    ['round in a circle', (x) => d.pad(x, [4, 3], { mode: 'circular' }), [2, 4]],
    ['nothing', (x) => d.square(d.pad(x, [0, 0])), [3]],
  ],
  slice: [
    ['first axis', (x) => d.slice(x, 0, 1, 3), [4, 3]],
    ['last axis, every second', (x) => d.slice(x, -1, 1, undefined, 2), [2, 3, 6]],
    ['middle axis, every third', (x) => d.slice(x, 1, 0, 7, 3), [2, 7, 2]],
    ['from the end', (x) => d.slice(x, 1, -3, -1), [2, 5]],
    ['two parts of one tensor', (x) => d.mul(d.slice(x, 0, 0, 3), d.slice(x, 0, 2, 5)), [5, 2]],
  ],
  gather: [
    ['repeated', (x) => d.gather(x, [2, 0, 2, 2, 1]), [3, 4]],
    ['last axis', (x) => d.gather(x, [3, 3, 0], -1), [2, 3, 4]],
    ['middle axis', (x) => d.gather(x, [1, 0, 1], 1), [2, 2, 3]],
    ['some rows never', (x) => d.gather(x, [1]), [4]],
  ],
  reshape: [
    ['to a vector', (x) => d.square(d.reshape(x, [-1])), [2, 3, 4]],
    ['and back', (x) => d.reshape(d.reshape(x, [6, 4]), [2, 3, -1]), [2, 3, 4]],
    ['to a scalar', (x) => d.reshape(x, []), [1, 1]],
    ['x and its reshape', (x) => d.mul(d.reshape(x, [6]), d.reshape(d.square(x), [6])), [2, 3]],
  ],
  transpose: [
    ['a matrix', (x) => d.transpose(x), [2, 3]],
    ['the last two of three', (x) => d.transpose(x), [2, 3, 4]],
    ['a cycle', (x) => d.transpose(x, [2, 0, 1]), [2, 3, 4]],
    ['from the end', (x) => d.transpose(x, [-1, 1, 0]), [2, 3, 4]],
    ['x by its transpose', (x) => d.matmul(x, d.transpose(x)), [3, 2]],
  ],
  broadcastTo: [
    ['a scalar', (x) => d.broadcastTo(x, [2, 3]), []],
    ['a vector', (x) => d.broadcastTo(x, [2, 3, 4]), [4]],
    ['a column', (x) => d.broadcastTo(x, [3, 4]), [3, 1]],
    ['(B,C,1) to (B,C,L)', (x) => d.broadcastTo(x, [2, 3, 5]), [2, 3, 1]],
    ['to its own shape', (x) => d.square(d.broadcastTo(x, [3])), [3]],
  ],
};
