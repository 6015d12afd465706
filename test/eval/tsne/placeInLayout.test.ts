import {
  ArgumentError,
  DataError,
  type PlaceInLayoutOptions,
  placeInLayout,
  Random,
  ShapeError,
  Tensor,
  type TensorLike,
  tensor,
} from 'dynaecg';
import * as assert from 'uvu/assert';
import { PlacementGradient } from '../../../src/eval/tsne/placementGradient.ts';
import { assertClose, assertSameBits, assertThrows } from '../../support/asserts.ts';
import { suite } from '../../support/backends.ts';
import { atPerplexity } from '../../support/tsneOracles.ts';
import { cloud, golden, run } from '../../support/tsneRuns.ts';

const test = suite('eval/tsne/placeInLayout');

type Rows = number[][];
const rowsOf = ({ data, shape: [N, D] }: Tensor): Rows =>
  Array.from({ length: N }, (_, i) => [...data.subarray(i * D, (i + 1) * D)]);
const tensorOf = (rows: Rows): Tensor => new Tensor(Float64Array.from(rows.flat()), [rows.length, rows[0].length]);
const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0);
const order = (d: readonly number[]): number[] => d.map((_, j) => j).sort((a, b) => d[a] - d[b] || a - b);
const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(values.length - 1) >> 1] + sorted[values.length >> 1]) / 2;
};

/** Affinities of a point to the k nearest of N by their squared distances, 0 to the others. */
function affinities(d: readonly number[], k: number, perplexity: number): number[] {
  const own = order(d).slice(0, k);
  const share = (b: number): number[] => {
    const e = d.map((v, j) => (own.includes(j) ? Math.exp(-b * (v - d[own[0]])) : 0));
    const sum = e.reduce((a, v) => a + v, 0);
    return e.map((v) => v / sum);
  };
  return atPerplexity(share, perplexity);
}

/** KL of a place and its gradient, over all that are laid out. */
function divergence(p: readonly number[], place: readonly number[], layout: Rows, exaggeration = 1) {
  const w = layout.map((y) => 1 / (1 + squared(place, y)));
  const z = w.reduce((sum, v) => sum + v, 0);
  const kl = p.reduce((sum, v, j) => sum + (v > 0 ? v * Math.log((v * z) / w[j]) : 0), 0);
  const gradient = [0, 1].map((c) =>
    p.reduce((sum, v, j) => sum + 2 * (exaggeration * v - w[j] / z) * w[j] * (place[c] - layout[j][c]), 0),
  );
  return { kl, gradient };
}

test("the oracle's gradient is the divergence's, by finite differences", () => {
  const layout = rowsOf(cloud(12, 2, 'differences', 3));
  const p = affinities(
    layout.map((_, j) => (j * 7) % 5),
    12,
    4,
  );
  const h = 1e-5;
  for (const place of rowsOf(cloud(5, 2, 'differences places', 3))) {
    const { gradient } = divergence(p, place, layout);
    const at = (c: number, step: number): number =>
      divergence(
        p,
        place.map((v, i) => (i === c ? v + step : v)),
        layout,
      ).kl;
    assertClose(
      gradient,
      [0, 1].map((c) => (at(c, h) - at(c, -h)) / (2 * h)),
      { absolute: 1e-9 },
    );
  }
});

test('at angle 0 the gradient is exact, at others near to it', () => {
  const [N, M, k] = [400, 30, 10];
  const layout = cloud(N, 2, 'gradient', 8);
  for (const at of [7, 8, 9]) layout.data.copyWithin(2 * at, 0, 2); // equal places
  const places = cloud(M, 2, 'gradient places', 8);
  places.data.set(layout.data.slice(0, 2)); // upon some of them
  const random = new Random('neighbours');
  const index = Int32Array.from({ length: M * k }, (_, at) => (at % k) * 40 + random.integer(40));
  const p = Float64Array.from({ length: M * k }, () => random.uniform(0, 2 / k));
  const kl = new PlacementGradient(layout.data as Float64Array, { k, index, distance: new Float64Array(M * k) }, p);
  const gradient = new Float64Array(2 * M);
  const exact = rowsOf(places).map((place, i) => {
    const own = new Array<number>(N).fill(0);
    for (let at = i * k; at < (i + 1) * k; at++) own[index[at]] = p[at];
    return divergence(own, place, rowsOf(layout), 1.5).gradient;
  });
  const size = Math.max(...exact.flat().map(Math.abs));
  for (const [angle, part] of [
    [0, 1e-13],
    [0.2, 5e-3],
    [0.5, 3e-2],
    [1, 2e-1],
  ]) {
    kl.evaluate(gradient, places.data as Float64Array, angle, 1.5);
    assertClose(gradient, exact.flat(), { absolute: part * size }, `angle ${angle}`);
  }
  kl.evaluate(gradient, places.data as Float64Array, 0.5, 1.5);
  assert.ok(
    gradient.some((g, i) => Math.abs(g - exact.flat()[i]) > 1e-6 * size),
    'far points are taken together',
  );
});

test('it begins at the median of the neighbours and descends as the plain loops do', () => {
  const x = cloud(40, 4, 'known');
  const z = cloud(9, 4, 'new');
  const layout = cloud(40, 2, 'known layout', 5);
  const [known, places] = [rowsOf(x), rowsOf(layout)];
  const perplexity = 3;
  const k = 10;
  const d = rowsOf(z).map((row) => known.map((other) => squared(row, other)));
  const begin = d.map((row) => {
    const own = order(row).slice(0, k);
    return [0, 1].map((c) => median(own.map((j) => places[j][c])));
  });
  assertClose(placeInLayout(z, x, layout, { perplexity, iterations: 0 }).data, begin.flat(), { absolute: 1e-12 });
  const expected = d.map((row, i) => {
    const p = affinities(row, k, perplexity);
    const y = [...begin[i]];
    const [update, gain] = [
      [0, 0],
      [1, 1],
    ];
    for (let n = 0; n < 30; n++) {
      const { gradient } = divergence(p, y, places, 1.5);
      gradient.forEach((g, c) => {
        gain[c] = Math.max(update[c] * g < 0 ? gain[c] + 0.2 : gain[c] * 0.8, 0.01);
        update[c] = 0.8 * update[c] - 0.1 * gain[c] * g;
        y[c] += update[c];
      });
    }
    return y;
  });
  const found = placeInLayout(z, x, layout, { perplexity, iterations: 30, angle: 0 });
  assertClose(found.data, expected.flat(), { absolute: 2e-3 }); // affinities are exact to 1e-5 of the entropy
  assert.ok(found instanceof Tensor && found.dtype === 'float64');
  assert.ok(Math.max(...found.data.map((v, at) => Math.abs(v - begin.flat()[at]))) > 0.1, 'it has moved');
});

/** Points in clusters, some laid out, some not. */
const clusters = (() => {
  const random = new Random('clusters');
  const centers = Array.from({ length: 6 }, () => Array.from({ length: 16 }, () => random.normal()));
  const draw = (n: number): { labels: number[]; rows: Rows } => {
    const labels = Array.from({ length: n }, () => random.integer(6));
    return { labels, rows: labels.map((label) => centers[label].map((v) => v + random.normal(0, 0.6))) };
  };
  const [known, held] = [draw(300), draw(150)];
  const x = tensorOf(known.rows);
  const layout = run(x, { random: new Random(1), iterations: 500 }).result.layout;
  return { known, held, x, z: tensorOf(held.rows), layout };
})();

test('held-out points of clusters land among their own, next to what they are near to', () => {
  const { known, held, x, z, layout } = clusters;
  const places = rowsOf(placeInLayout(z, x, layout));
  const fixed = rowsOf(layout);
  const k = 10;
  let right = 0;
  let shared = 0;
  places.forEach((place, i) => {
    const near = order(fixed.map((y) => squared(place, y))).slice(0, k);
    const own = order(known.rows.map((row) => squared(row, held.rows[i])));
    if (known.labels[near[0]] === held.labels[i]) right++;
    shared += near.filter((j) => own.indexOf(j) < 3 * k).length;
  });
  assert.ok(right >= 147, `${right} of 150 next to one of their cluster`);
  // A place anywhere in the right cluster, of about 50 points, would share three fifths.
  assert.ok(shared / (150 * k) > 0.8, `${shared / (150 * k)} of the nearest are among the 30 nearest`);
});

test('points that are laid out themselves are placed where they are', () => {
  const { x, layout } = clusters;
  const places = rowsOf(placeInLayout(x, x, layout));
  const off = places.map((place, i) => Math.sqrt(squared(place, rowsOf(layout)[i]))).sort((a, b) => a - b);
  const width = Math.max(...layout.data) - Math.min(...layout.data);
  assert.ok(off[150] < 0.01 * width && off[299] < 0.05 * width, `${off[150]} and ${off[299]} of ${width}`);
});

test('each is placed as it would be alone, and the layout stays as it is', () => {
  const { z, x, layout } = clusters;
  const before = layout.data.slice();
  const all = placeInLayout(z, x, layout);
  for (const i of [0, 70, 149]) {
    const alone = placeInLayout(new Tensor(z.data.slice(16 * i, 16 * i + 16), [1, 16]), x, layout);
    assertSameBits(alone.data, all.data.slice(2 * i, 2 * i + 2), `point ${i}`);
  }
  assertSameBits(layout.data, before);
  // Of whole coordinates, where distances are equal.
  const [grid, asked] = [x, z].map(
    (t) =>
      new Tensor(
        t.data.map((v) => (v > 0.5 ? 1 : 0)),
        t.shape,
      ),
  );
  const drawn = placeInLayout(asked, grid, layout);
  const later = placeInLayout(new Tensor(asked.data.slice(16 * 100), [50, 16]), grid, layout);
  assertSameBits(later.data, drawn.data.slice(200));
  assert.equal([...placeInLayout(new Tensor(new Float64Array(0), [0, 16]), x, layout).shape], [0, 2]);
});

test('by cosine distances, lengths do not count', () => {
  const { z, x, layout } = clusters;
  const stretched = (t: Tensor, step: number): Tensor =>
    new Tensor(
      t.data.map((v, at) => v * 2 ** ((Math.floor(at / 16) % 5) * step)),
      t.shape,
    );
  const options = { metric: 'cosine', iterations: 20 } as const;
  const places = placeInLayout(z, x, layout, options);
  assertSameBits(placeInLayout(stretched(z, 30), stretched(x, -40), layout, options).data, places.data);
  assert.is.not(placeInLayout(z, x, layout, { iterations: 20 }).data[0], places.data[0]);
});

test('points of any size, and of two dtypes', () => {
  const { z, x, layout } = clusters;
  const scaled = (t: Tensor, exponent: number): Tensor =>
    new Tensor(
      t.data.map((v) => v * 2 ** exponent),
      t.shape,
    );
  const options = { iterations: 20 };
  const places = placeInLayout(z, x, layout, options);
  for (const exponent of [-900, -500, 500, 1000])
    assertSameBits(placeInLayout(scaled(z, exponent), scaled(x, exponent), layout, options).data, places.data);
  const narrow = (t: Tensor, exponent = 0): Tensor => new Tensor(Float32Array.from(scaled(t, exponent).data), t.shape);
  const mixed = placeInLayout(narrow(z), x, layout, options);
  assertClose(mixed.data, places.data, { absolute: 1e-2 });
  assertSameBits(
    placeInLayout(narrow(z, 100), narrow(x, 100), narrow(layout), options).data,
    placeInLayout(tensorOf(rowsOf(narrow(z))), tensorOf(rowsOf(narrow(x))), narrow(layout), options).data,
  );
  // Even where one set alone would fit.
  assertSameBits(
    placeInLayout(scaled(z, -500), scaled(x, -500), layout, options).data,
    placeInLayout(scaled(z, -100), scaled(x, -100), layout, options).data,
  );
});

test('a layout of equal places, of one point, or far from all', () => {
  const { z, x } = clusters;
  const nowhere = new Tensor(new Float64Array(600).fill(3), [300, 2]);
  assert.ok(placeInLayout(z, x, nowhere).data.every((v) => v === 3));
  const one = placeInLayout(golden, tensorOf([[1, 2, 3, 4]]), tensorOf([[7, -5]]), { perplexity: 1 });
  assert.ok(rowsOf(one).every(([u, v]) => u === 7 && v === -5));
  const wide = new Tensor(
    Float64Array.from({ length: 600 }, (_, at) => ((at * 37) % 101) * 1e148),
    [300, 2],
  );
  assert.ok(placeInLayout(z, x, wide).data.every(Number.isFinite));
});

test('errors', () => {
  const [x, z, layout] = [cloud(20, 3, 'x'), cloud(4, 3, 'z'), cloud(20, 2, 'layout')];
  const fails = (
    message: string,
    type: new (message: string) => Error,
    given: { z?: TensorLike; x?: TensorLike; layout?: TensorLike; options?: PlaceInLayoutOptions },
  ): void =>
    assertThrows(
      () => placeInLayout(given.z ?? z, given.x ?? x, given.layout ?? layout, given.options),
      type,
      `placeInLayout: ${message}`,
    );
  const of = (...shape: number[]): Tensor => new Tensor(new Float64Array(shape.reduce((a, b) => a * b, 1)), shape);
  const broken = (t: Tensor): Tensor => {
    const copy = t.clone();
    copy.data[t.shape[1] * 3] = Number.NaN;
    return copy;
  };
  fails('expected x (N,D), got [3]', ShapeError, { x: of(3) });
  fails('expected x (N,D) with N >= 1 and D >= 1, got [0,3]', ShapeError, { x: of(0, 3) });
  fails('expected z (M,D) with D=3, got [4,2]', ShapeError, { z: of(4, 2) });
  fails('expected layout (N,2) with N=20, got [19,2]', ShapeError, { layout: of(19, 2) });
  fails('expected layout (N,2) with N=20, got [20,3]', ShapeError, { layout: of(20, 3) });
  fails('expected finite values in z, got NaN in row 3', DataError, { z: broken(z) });
  fails('expected finite values in x, got NaN in row 3', DataError, { x: broken(x) });
  fails('expected finite values in layout, got NaN in row 3', DataError, { layout: broken(layout) });
  fails('expected a layout at most 1e+150 wide, got 2e+150', ArgumentError, {
    layout: tensor(
      Float64Array.from({ length: 40 }, (_, i) => (i < 2 ? 2e150 : 0)),
      [20, 2],
    ),
  });
  fails('expected perplexity from 1 to 20, got 21', ArgumentError, { options: { perplexity: 21 } });
  fails('expected perplexity from 1 to 20, got 0', ArgumentError, { options: { perplexity: 0 } });
  fails('expected iterations to be a whole number >= 0, got -1', ArgumentError, { options: { iterations: -1 } });
  fails('expected angle from 0 to 1, got 2', ArgumentError, { options: { angle: 2 } });
  fails(`expected metric 'euclidean' or 'cosine', got "l1"`, ArgumentError, { options: { metric: 'l1' as never } });
  const options = { metric: 'cosine' } as const;
  fails('expected rows with a direction in z for cosine distances, got zeros in row 0', DataError, {
    z: of(1, 3),
    options,
  });
});

test.run();
