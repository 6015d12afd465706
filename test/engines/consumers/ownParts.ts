// Parts of one's own: a layer with a parameter, a loss, a sampler and a margin scheduler with states of their own types.
import {
  AdamW,
  add,
  Layer,
  Linear,
  type MarginScheduler,
  type MiningCounts,
  mean,
  mul,
  Parameter,
  Random,
  relu,
  type Sampler,
  Sequential,
  square,
  sub,
  type Tensor,
  type TensorLike,
  Trainer,
  TripletTrainer,
  tensor,
} from 'dynaecg';

/** y = a x + b, number by number. */
class Scale extends Layer {
  readonly a: Parameter;
  readonly b: Parameter;

  constructor(size: number) {
    super();
    this.a = new Parameter(new Float32Array(size).fill(1), [size]);
    this.b = new Parameter(new Float32Array(size), [size]);
  }

  forward(x: TensorLike): Tensor {
    return add(mul(x, this.a), this.b);
  }
}

/** Positions in order, over and over. */
class InOrder implements Sampler<{ at: number }> {
  readonly batchSize = 10;
  state = { at: 0 };
  readonly #n: number;

  constructor(n: number) {
    this.#n = n;
  }

  next(): Int32Array {
    const batch = Int32Array.from({ length: this.batchSize }, (_, i) => (this.state.at + i) % this.#n);
    this.state = { at: (this.state.at + this.batchSize) % this.#n };
    return batch;
  }
}

/** A margin that grows by a hundredth at each batch. */
class Growing implements MarginScheduler<{ steps: number }> {
  state = { steps: 0 };

  get margin(): number {
    return 0.2 + 0.01 * this.state.steps;
  }

  update(_counts: MiningCounts): number {
    this.state = { steps: this.state.steps + 1 };
    return this.margin;
  }
}

const random = new Random('own parts');
const labels = Array.from({ length: 60 }, (_, i) => i % 2);
const x = tensor(labels.map((label) => [label + 0.1 * random.normal(), random.normal()]));
const model = new Sequential(new Scale(2), new Linear(2, 4, { random }), relu, new Linear(4, 1, { random }));
const trainer = new Trainer({
  model,
  data: { x, labels },
  random,
  optimizer: new AdamW(model.parameters(), { learningRate: 0.01 }),
  sampler: (own) => new InOrder(own.length),
  objective: (model, batch) => {
    const wanted = tensor(Array.from(batch.labels, (label) => [label]));
    return { loss: mean(square(sub(model.forward(batch.x), wanted))) };
  },
});
const { validationLoss } = trainer.fit(60);

const marginScheduler: Growing = new Growing();
const embedder = new Sequential(new Scale(2), new Linear(2, 2, { random }));
const triplets = new TripletTrainer({
  model: embedder,
  data: { x, labels },
  random,
  perClass: 5,
  stepsPerIteration: 10,
  marginScheduler,
});
const { margin } = triplets.fit(2);
if (Math.abs(margin - 0.39) > 1e-9) throw new Error(`expected a margin of 0.39 at the 20th batch, got ${margin}`);
console.log(1 - validationLoss);
