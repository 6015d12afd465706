import {
  allTriplets,
  batchHard,
  DynamicMargin,
  type MarginScheduler,
  type Miner,
  type MiningCounts,
  MPerClassSampler,
  nearestSemiHard,
  type Random,
  type Sampler,
  semiHard,
  semiHardOrFarthest,
  violating,
  violationRate,
} from 'dynaecg';
import type { LearnSettings, MinerName } from '../protocol.ts';

const miners: Readonly<Record<MinerName, Miner>> = {
  violating,
  semiHard,
  nearestSemiHard,
  semiHardOrFarthest,
  batchHard,
  allTriplets,
};

const SHOWN = 24; // triplets: more are a tangle

/** The miner and the margin, which may change between two steps, and what they did in the last one. */
export class Mining {
  #settings: Pick<LearnSettings, 'miner' | 'margin'>;
  #batch: Int32Array = new Int32Array(0);
  #shown: Int32Array = new Int32Array(0);
  #violating = 0;
  readonly #dynamic = new DynamicMargin();

  constructor(settings: Pick<LearnSettings, 'miner' | 'margin'>) {
    this.#settings = settings;
  }

  set settings(settings: Pick<LearnSettings, 'miner' | 'margin'>) {
    this.#settings = settings;
  }

  /** Triplets of the last batch, evenly taken from all that were mined: positions of training beats, three by three. */
  get shown(): Int32Array {
    return this.#shown;
  }

  /** The share of all triplets of the last batch that violate its margin, whatever was mined. */
  get violating(): number {
    return this.#violating;
  }

  readonly miner: Miner = (distances, labels, margin) => {
    const mined = miners[this.#settings.miner](distances, labels, margin);
    const { anchors, positives, negatives } = mined;
    const n = Math.min(SHOWN, anchors.length);
    this.#shown = new Int32Array(3 * n); // copied: what was mined lives no longer than the step
    for (let i = 0; i < n; i++) {
      const t = Math.floor((i * anchors.length) / n);
      [anchors, positives, negatives].forEach((side, k) => {
        this.#shown[3 * i + k] = this.#batch[side[t]];
      });
    }
    this.#violating = violationRate(distances, labels, margin);
    return mined;
  };

  /** Draws the batches that a TripletTrainer would draw, and remembers the last one. */
  readonly sampler =
    (perClass: number) =>
    (labels: Int32Array, random: Random): Sampler => {
      const own = new MPerClassSampler(labels, { perClass, random });
      const next = (): Int32Array => {
        this.#batch = own.next();
        return this.#batch;
      };
      return {
        batchSize: own.batchSize,
        next,
        get state() {
          return own.state;
        },
        set state(state) {
          own.state = state as typeof own.state;
        },
      };
    };

  /** The paper's margin, which goes on growing from where it is, unless another was set. */
  readonly scheduler: MarginScheduler = scheduler(this.#dynamic, () => this.#settings.margin);
}

function scheduler(dynamic: DynamicMargin, fixed: () => number | null): MarginScheduler {
  return {
    get margin() {
      return fixed() ?? dynamic.margin;
    },
    update(counts: MiningCounts) {
      if (fixed() === null) dynamic.update(counts);
      return this.margin;
    },
    get state() {
      return dynamic.state;
    },
    set state(state) {
      dynamic.state = state as typeof dynamic.state;
    },
  };
}
