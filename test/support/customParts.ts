/** Trainers of every kind on the same samples, with parts of their own. */

import * as d from 'dynaecg';
import { Linear, Random, type TensorLike, tensor } from 'dynaecg';
import { asTensor } from 'dynaecg/kernels';

export const N = 24;
export const D = 4;
const values = new Random('x');

export const x = tensor(
  Array.from({ length: N * D }, () => values.normal()),
  [N, D],
);
export const labels = Array.from({ length: N }, (_, i) => i % 2);
export const network = (outputs = 3): Linear => new Linear(D, outputs, { random: new Random('w') });

export const triplets = (options: Partial<d.TripletTrainerOptions> = {}): d.TripletTrainer =>
  new d.TripletTrainer({
    ...{ data: { x, labels }, validation: { x, labels }, model: network(), random: new Random(0) },
    ...{ perClass: 4, stepsPerIteration: 2, warn: () => {} },
    ...options,
  });

export const classes = (options: Partial<d.ClassifierTrainerOptions> = {}): d.ClassifierTrainer =>
  new d.ClassifierTrainer({
    ...{ data: { x, labels }, validation: { x, labels }, model: network(2), random: new Random(0), batchSize: 8 },
    ...options,
  });

export const objectives = (options: Partial<d.TrainerOptions> = {}) =>
  new d.Trainer({
    ...{ data: { x, labels }, validation: { x, labels }, model: network(), random: new Random(0), batchSize: 8 },
    objective: d.embeddingObjective({ triplets: (z, own) => d.tripletLoss(z, own, { margin: 0.2 }).loss }),
    ...options,
  });
export const trainers = { TripletTrainer: triplets, ClassifierTrainer: classes, Trainer: objectives } as const;
type Options = Partial<d.TrainerOptions>;

export const makers = Object.entries(trainers) as unknown as [
  string,
  (options?: Options) => { steps(n: number): Iterable<unknown>; state: d.TrainingState; optimizer: d.Optimizer },
][];

export const z = tensor([
  [0, 0],
  [3, 0],
  [0, 1],
  [1, 1],
]);

export class Other extends d.Layer {
  readonly #f: (x: d.Tensor) => unknown;

  constructor(f: (x: d.Tensor) => unknown) {
    super();
    this.#f = f;
  }

  forward(batch: TensorLike): d.Tensor {
    return this.#f(asTensor('other', batch)) as d.Tensor;
  }
}
