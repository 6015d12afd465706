// biome-ignore-all format: arrays on the first lines of a signature, dimensions on the last
/**
 * The contract of the kernels: free functions on flat typed arrays, outputs first, inputs next, dimensions last.
 *
 * A kernel never allocates, never checks and holds no closure. A forward kernel overwrites its outputs; a backward
 * kernel accumulates (`+=`) into gradients, named `d...`, and skips those that are `null`. `scratch` is room to work in
 * whose contents mean nothing before or after. All arrays of one call are of one float type.
 *
 * The alphabet of dimensions: B batch, C channels, L length, O output channels, P output length, K kernel width,
 * T time, D features, H hidden units, E score features, M N K the sizes of a gemm, n a number of elements;
 * `outer n inner` are the loops before, along and after one axis.
 */

/** Storage of a tensor. */
export type Vec = Float32Array | Float64Array;
/** Float type of a tensor. */
export type DType = 'float32' | 'float64';

/** `y[i] = f(x[i])`. */
type Unary = (y: Vec, x: Vec, n: number) => void;
/** `dx[i] += dy[i] f'(...)`; `saved` is y or x, as the forward kernel's comment says. */
type UnaryBackward = (dx: Vec, dy: Vec, saved: Vec, n: number) => void;
/** `y[i] = f(a[i], b[i])`. */
type Binary = (y: Vec, a: Vec, b: Vec, n: number) => void;
/** One axis: x and y are (outer,n,inner). */
type AlongAxis = (y: Vec, x: Vec, outer: number, n: number, inner: number) => void;
type AlongAxisBackward = (dx: Vec, dy: Vec, y: Vec, outer: number, n: number, inner: number) => void;
/**
 * Writes the index triples found in the distances d (B,B) and returns their number; with `anchors` null it only counts.
 * labels (B).
 */
type Mine = (
  anchors: Int32Array | null,
  positives: Int32Array | null,
  negatives: Int32Array | null,
  d: Vec,
  labels: Int32Array,
  B: number,
  margin: number,
) => number;

/** Every kernel. A backend is such a table, in whole or in part. */
export interface Kernels {
  /**
   * c (M,N) = alpha op(a) op(b) + beta c, where op(a) is (M,K) and op(b) (K,N), each stored transposed where its flag says so. Every
   * matrix starts at its `At` and has rows `ld` elements apart. With beta 0 the old c is not read.
   */
  gemm(
    c: Vec, cAt: number, ldc: number,
    a: Vec, aAt: number, lda: number,
    b: Vec, bAt: number, ldb: number,
    M: number, N: number, K: number, transposeA: boolean, transposeB: boolean, alpha: number, beta: number,
  ): void;

  /** y (n) += alpha x (n) */
  axpy(y: Vec, alpha: number, x: Vec, n: number): void;
  /** y (n) = alpha x (n) + beta */
  affine(y: Vec, x: Vec, alpha: number, beta: number, n: number): void;
  /** y (n) += a (n) b (n) */
  multiplyAdd(y: Vec, a: Vec, b: Vec, n: number): void;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  /** y = a / b: da += dy / b, db -= dy y / b */
  divBackward(da: Vec | null, db: Vec | null, dy: Vec, y: Vec, b: Vec, n: number): void;
  /** saves y */
  exp: Unary;
  expBackward: UnaryBackward;
  /** saves x */
  log: Unary;
  logBackward: UnaryBackward;
  /** saves y; the gradient at 0 is taken as 0 */
  sqrt: Unary;
  sqrtBackward: UnaryBackward;
  /** saves x */
  square: Unary;
  squareBackward: UnaryBackward;
  /** saves x; the gradient at 0 is taken as 0 */
  abs: Unary;
  absBackward: UnaryBackward;
  /** saves y; the gradient at 0 is taken as 0 */
  relu: Unary;
  reluBackward: UnaryBackward;
  /** saves y */
  sigmoid: Unary;
  sigmoidBackward: UnaryBackward;
  /** saves y */
  tanh: Unary;
  tanhBackward: UnaryBackward;
  /** y = x above 0, slope x elsewhere; saves x; the gradient at 0 is taken as slope */
  leakyRelu(y: Vec, x: Vec, slope: number, n: number): void;
  leakyReluBackward(dx: Vec, dy: Vec, x: Vec, slope: number, n: number): void;
  /** y = x sigmoid(x); saves x */
  silu: Unary;
  siluBackward: UnaryBackward;
  /** y = x Phi(x), Phi the normal distribution; saves x */
  gelu: Unary;
  geluBackward: UnaryBackward;
  /** the same with Phi(x) taken as sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)); saves x */
  geluTanh: Unary;
  geluTanhBackward: UnaryBackward;
  /** y = x, but not below `min` nor above `max`; saves x; where x is a bound, the gradient passes */
  clamp(y: Vec, x: Vec, min: number, max: number, n: number): void;
  clampBackward(dx: Vec, dy: Vec, x: Vec, min: number, max: number, n: number): void;
  /** y = a where `condition` is not 0, b elsewhere */
  where(y: Vec, condition: Vec, a: Vec, b: Vec, n: number): void;
  whereBackward(da: Vec | null, db: Vec | null, dy: Vec, condition: Vec, n: number): void;
  /** y = a^b */
  pow: Binary;
  /** da += dy b a^(b-1), 0 where b is; db += dy y ln a, 0 where a is 0 and b >= 0 */
  powBackward(da: Vec | null, db: Vec | null, dy: Vec, y: Vec, a: Vec, b: Vec, n: number): void;
  /** y = x^exponent, one number for all; saves x */
  powConstant(y: Vec, x: Vec, exponent: number, n: number): void;
  powConstantBackward(dx: Vec, dy: Vec, x: Vec, exponent: number, n: number): void;

  /** y (shape, row-major) += x seen through `stride` from `offset`: transposes, slices and broadcasts, all in one. */
  stridedGather(y: Vec, x: Vec, shape: readonly number[], stride: readonly number[], offset: number): void;
  /** y seen through `stride` from `offset` += x (shape, row-major): the adjoint of stridedGather; sums, too. */
  stridedScatter(y: Vec, x: Vec, shape: readonly number[], stride: readonly number[], offset: number): void;
  /** y (outer,m,inner) = x (outer,n,inner) taken at index (m) */
  gather(y: Vec, x: Vec, index: Int32Array, outer: number, n: number, m: number, inner: number): void;
  gatherBackward(dx: Vec, dy: Vec, index: Int32Array, outer: number, n: number, m: number, inner: number): void;

  /** y (outer,inner) = the maximum of x (outer,n,inner); argmax (outer,inner) its first position along the axis */
  max(y: Vec, argmax: Int32Array, x: Vec, outer: number, n: number, inner: number): void;
  maxBackward(dx: Vec, dy: Vec, argmax: Int32Array, outer: number, n: number, inner: number): void;
  softmax: AlongAxis;
  softmaxBackward: AlongAxisBackward;
  logSoftmax: AlongAxis;
  logSoftmaxBackward: AlongAxisBackward;

  /** y (B,O,P) from x (B,C,L), weight (O,C/groups,K), bias (O); scratch (C/groups K P) */
  conv1d(
    y: Vec, x: Vec, weight: Vec, bias: Vec | null, scratch: Vec,
    B: number, C: number, L: number, O: number, P: number, K: number, stride: number, padding: number,
    dilation: number, groups: number,
  ): void;
  conv1dBackward(
    dx: Vec | null, dweight: Vec | null, dbias: Vec | null, dy: Vec, x: Vec, weight: Vec, scratch: Vec,
    B: number, C: number, L: number, O: number, P: number, K: number, stride: number, padding: number,
    dilation: number, groups: number,
  ): void;
  /** y (B,P) = the maxima of windows of x (B,L); argmax (B,P) their positions; B counts rows, samples times channels */
  maxPool1d(
    y: Vec, argmax: Int32Array, x: Vec,
    B: number, L: number, P: number, K: number, stride: number, padding: number,
  ): void;
  maxPool1dBackward(dx: Vec, dy: Vec, argmax: Int32Array, B: number, L: number, P: number): void;
  /** y (B,P) = the means of windows of x (B,L); `padded` divides by what lies within the padding, too */
  avgPool1d(
    y: Vec, x: Vec,
    B: number, L: number, P: number, K: number, stride: number, padding: number, padded: boolean,
  ): void;
  avgPool1dBackward(
    dx: Vec, dy: Vec,
    B: number, L: number, P: number, K: number, stride: number, padding: number, padded: boolean,
  ): void;
  /** y (B,P) = the means of P windows that cover x (B,L): from floor(p L / P) up to ceil((p + 1) L / P) */
  adaptiveAvgPool1d(y: Vec, x: Vec, B: number, L: number, P: number): void;
  adaptiveAvgPool1dBackward(dx: Vec, dy: Vec, B: number, L: number, P: number): void;
  /** the maxima of the same windows; its gradient is maxPool1dBackward */
  adaptiveMaxPool1d(y: Vec, argmax: Int32Array, x: Vec, B: number, L: number, P: number): void;

  /** mean (C), variance (C) of x (B,C,L) over B and L, without Bessel's correction, in two passes */
  batchNormStatistics(mean: Vec, variance: Vec, x: Vec, B: number, C: number, L: number): void;
  /** y (B,C,L) = (x - mean) invStd weight + bias, all (C) */
  batchNorm(y: Vec, x: Vec, mean: Vec, invStd: Vec, weight: Vec, bias: Vec, B: number, C: number, L: number): void;
  /** `train`: the statistics came from x itself, so that gradients flow through them too */
  batchNormBackward(
    dx: Vec | null, dweight: Vec | null, dbias: Vec | null, dy: Vec, x: Vec, mean: Vec, invStd: Vec, weight: Vec,
    B: number, C: number, L: number, train: boolean,
  ): void;
  /** y (B,C,P) = the maxima of relu((x - mean) invStd weight + bias) over windows of `pool`; P = floor(L / pool) */
  batchNormReluPool(
    y: Vec, x: Vec, mean: Vec, invStd: Vec, weight: Vec, bias: Vec,
    B: number, C: number, L: number, pool: number,
  ): void;
  batchNormReluPoolBackward(
    dx: Vec | null, dweight: Vec | null, dbias: Vec | null, dy: Vec, x: Vec, mean: Vec, invStd: Vec, weight: Vec,
    bias: Vec,
    B: number, C: number, L: number, pool: number, train: boolean,
  ): void;

  /**
   * y (B,C,L) = (x - mean) invStd weight + bias; mean and invStd (B,groups) are found over the C/groups channels of a
   * group and L; weight and bias (C), null for ones and zeros
   */
  groupNorm(
    y: Vec, mean: Vec, invStd: Vec, x: Vec, weight: Vec | null, bias: Vec | null,
    B: number, C: number, L: number, groups: number, eps: number,
  ): void;
  groupNormBackward(
    dx: Vec | null, dweight: Vec | null, dbias: Vec | null, dy: Vec, x: Vec, mean: Vec, invStd: Vec,
    weight: Vec | null,
    B: number, C: number, L: number, groups: number,
  ): void;

  /**
   * One direction of an LSTM over time-major x (T,B,D): hidden states y (T,B,H) in rows `ldy` apart, so that another
   * direction fits next to it, cell states c (T,B,H), activated gates (T,B,4H) in the order i f g o; wIh (4H,D),
   * wHh (4H,H), bIh bHh (4H); h0 c0 (B,H), null for zeros. `reverse` runs from the last time step to the first.
   */
  lstm(
    y: Vec, c: Vec, gates: Vec, x: Vec, wIh: Vec, wHh: Vec, bIh: Vec, bHh: Vec, h0: Vec | null, c0: Vec | null,
    T: number, B: number, D: number, H: number, ldy: number, reverse: boolean,
  ): void;
  /** dy (T,B,H) in rows `ldy` apart as y, dcLast (B,H) of the last cell state; scratch: dgates (T,B,4H), dh dc (B,H) */
  lstmBackward(
    dx: Vec | null, dwIh: Vec | null, dwHh: Vec | null, dbIh: Vec | null, dbHh: Vec | null, dh0: Vec | null,
    dc0: Vec | null, dy: Vec | null, dcLast: Vec | null, dgates: Vec, dh: Vec, dc: Vec, y: Vec, c: Vec, gates: Vec,
    x: Vec, wIh: Vec, wHh: Vec, h0: Vec | null, c0: Vec | null,
    T: number, B: number, D: number, H: number, ldy: number, reverse: boolean,
  ): void;

  /**
   * One time step of a GRU: y (B,H) from what the input gives to each gate, gates (B,3H) in the order r z n, what the
   * hidden state does, hidden (B,3H), and that state h (B,H), null for zeros. Leaves the activated gates in `gates`.
   */
  gruStep(y: Vec, gates: Vec, hidden: Vec, h: Vec | null, B: number, H: number): void;
  /**
   * dh (B,H), the gradient of the step's y but for dy, becomes that of h past the gates; gates and hidden, as the step
   * left them, become their own gradients before activation.
   */
  gruStepBackward(dh: Vec, gates: Vec, hidden: Vec, dy: Vec | null, h: Vec | null, B: number, H: number): void;

  /**
   * context (B,D) = sum over t of alpha values, alpha (T,B) = softmax over t of keys . w; values (T,B,D), keys (T,B,E),
   * w (E). Keys and values may be one array.
   */
  attentionPool(
    context: Vec, alpha: Vec, values: Vec, keys: Vec, w: Vec,
    T: number, B: number, D: number, E: number,
  ): void;
  /** scratch (T,B) */
  attentionPoolBackward(
    dvalues: Vec | null, dkeys: Vec | null, dw: Vec | null, dcontext: Vec, alpha: Vec, values: Vec, keys: Vec,
    w: Vec, scratch: Vec,
    T: number, B: number, D: number, E: number,
  ): void;

  /** y (B,D) = x / |x|, norm (B); a row whose norm is not above eps becomes 0, and so does its gradient */
  l2Normalize(y: Vec, norm: Vec, x: Vec, B: number, D: number, eps: number): void;
  l2NormalizeBackward(dx: Vec, dy: Vec, y: Vec, norm: Vec, B: number, D: number, eps: number): void;
  /** d (M,N) = |a_m - b_n|^2 from a (M,D), b (N,D) */
  squaredEuclidean(d: Vec, a: Vec, b: Vec, M: number, N: number, D: number): void;
  squaredEuclideanBackward(
    da: Vec | null, db: Vec | null, dd: Vec, a: Vec, b: Vec,
    M: number, N: number, D: number,
  ): void;

  /** Every triplet with d_ap < d_an < d_ap + margin. */
  mineSemiHard: Mine;
  /** Every triplet with d_an < d_ap + margin. */
  mineViolating: Mine;
  /** For each anchor-positive pair the nearest negative with d_ap < d_an < d_ap + margin, if there is one. */
  mineNearestSemiHard: Mine;
  /** For each anchor-positive pair the nearest negative with d_an > d_ap, or the farthest negative if there is none. */
  mineSemiHardOrFarthest: Mine;
  /** For each anchor its farthest positive and its nearest negative. */
  mineBatchHard: Mine;
  /** Every anchor, positive and negative. */
  mineAllTriplets: Mine;
  /**
   * loss (1) = mean of max(d_ap - d_an + margin, 0)^power over `count` triplets of d (B,B); returns how many are above 0;
   * `power` is 1 or 2
   */
  tripletHinge(
    loss: Vec, d: Vec, anchors: Int32Array, positives: Int32Array, negatives: Int32Array,
    count: number, B: number, margin: number, power: number,
  ): number;
  tripletHingeBackward(
    dd: Vec, dloss: Vec, d: Vec, anchors: Int32Array, positives: Int32Array, negatives: Int32Array,
    count: number, B: number, margin: number, power: number,
  ): void;

  /**
   * loss (1) = the weighted mean of -log softmax(logits)_target with label smoothing; logits and probabilities (B,K),
   * targets (B), weights (K) or null for ones.
   */
  crossEntropy(
    loss: Vec, probabilities: Vec, logits: Vec, targets: Int32Array, weights: Vec | null,
    smoothing: number, B: number, K: number,
  ): void;
  crossEntropyBackward(
    dlogits: Vec, dloss: Vec, probabilities: Vec, targets: Int32Array, weights: Vec | null,
    smoothing: number, B: number, K: number,
  ): void;

  /** The sum of squares of x (n), in float64. */
  sumOfSquares(x: Vec, n: number): number;
  /** One AdamW step on parameter, moments m and v, gradient g, all (n); `step` counts from 1. */
  adamw(
    parameter: Vec, m: Vec, v: Vec, g: Vec,
    n: number, learningRate: number, beta1: number, beta2: number, eps: number, weightDecay: number, step: number,
  ): void;
  /** One SGD step on parameter, velocity, gradient g, all (n); `step` counts from 1. */
  sgd(
    parameter: Vec, velocity: Vec, g: Vec,
    n: number, learningRate: number, momentum: number, nesterov: boolean, weightDecay: number, step: number,
  ): void;
}
