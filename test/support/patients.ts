/** Confusion matrices of a few patients. */

// Three patients, each unlike the others: one mostly right, one without the third class, one mostly wrong.
export const patients = [
  [
    [90, 1, 2],
    [2, 7, 1],
    [1, 0, 9],
  ],
  [
    [40, 6, 4],
    [9, 5, 0],
    [0, 0, 0],
  ],
  [
    [20, 9, 13],
    [1, 2, 4],
    [11, 3, 6],
  ],
];

export const square = [
  [1, 0],
  [0, 1],
];
