import type { In, Out } from './arrays.ts';

/** Layouts in the plane. Their coordinates are float64 in every table: points that attract each other may be adjacent doubles. */
export interface Layout {
  /**
   * What repels the points of L leaves of a quadtree, by Barnes and Hut's approximation with an angle: for each point, in the order
   * of the leaves, sum_j w_j^2 (y - y_j), w_j = 1 / (1 + |y - y_j|^2), in force (N,2), and sum_j w_j of all points of leaf l in
   * z (L). Leaves are numbers of cells; the tree's arrays are those of `Quadtree`.
   */
  repulsion: (
    force: Out<Float64Array>, z: Out<Float64Array>, leaves: In<Int32Array>, x: In<Float64Array>, y: In<Float64Array>,
    from: In<Int32Array>, to: In<Int32Array>, skip: In<Int32Array>, summary: In<Float64Array>, box: In<Float64Array>,
    L: number, cells: number, N: number, angleSquared: number,
  ) => void;
}
