import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Random } from '../core/random.ts';
import type { Dataset } from '../data/dataset.ts';
import { MPerClassSampler, membersByLabel } from '../data/sampler.ts';
import type { TrainingSet } from '../data/trainingSet.ts';
import { classificationScores } from '../eval/confusion.ts';
import type { Distance } from '../metric/tripletLoss.ts';
import { NearestNeighborClassifier } from '../models/nearestNeighborClassifier.ts';
import { violationRate } from './tripletStatistics.ts';

const NEIGHBORS = 9;
const LARGEST = 2 ** 127; // limit of float32, minus a margin for rounding in sums
const DRAWN = 2048; // samples per set: a score then costs as much as a few steps, and F1 is within 0.01 of the full set's
const LEAST = 256; // per class, so that rare ones are seen, with up to 8 classes
const BATCH = 1024; // largest batch in which violations are counted
const BATCHES = 8; // number of batches in which violations are counted: enough that noise is small compared with the decrease

/** Validation scores of an embedding. */
export interface EmbeddingScore {
  /**
   * macro F1 on the validation set, each sample classified by its 9 nearest neighbours among training embeddings; 0 if
   * an embedding is not finite. Large sets are sampled once, so that scores differ only by the embedding
   */
  neighborF1: number;
  /** fraction of validation triplets that violate the reference margin, d_an < d_ap + margin; lower is better */
  violationRate: number;
}

/**
 * Samples drawn from a set, their classes as 0, 1, 2 and so on, and the number of samples that one of each class
 * represents.
 */
interface Drawn {
  samples: Dataset;
  labels: Int32Array;
  weights: number[];
}

/** Scores embeddings by their purpose, always on the same samples. Distances to neighbours are squared Euclidean. */
export class EmbeddingScorer {
  private readonly reference: Drawn;
  private readonly validation: Drawn;
  private readonly batches: readonly Dataset[];
  private readonly margin: number;
  private readonly distance: Distance;

  /** @param perClass at most this many samples of each class in a batch in which violations are counted */
  constructor(
    train: TrainingSet,
    validation: TrainingSet,
    options: { perClass: number; margin: number; distance: Distance; random: Random },
  ) {
    const { perClass, margin, distance, random } = options;
    const members = membersByLabel(validation.labels);
    const smallest = members.reduce((least, [, { length }]) => Math.min(least, length), perClass);
    const sampler = new MPerClassSampler(validation.labels, {
      perClass: Math.max(2, Math.min(smallest, Math.floor(BATCH / members.length))),
      classesPerBatch: Math.min(members.length, BATCH / 2),
      random,
    });
    this.batches = Array.from({ length: BATCHES }, () => validation.take(sampler.next()));
    // Labels may be any numbers, such as patient numbers; scores need 0, 1, 2 and so on, in the same order.
    const labels = [...new Set([...train.labels, ...validation.labels])].sort((a, b) => a - b);
    const place = new Map(labels.map((label, i) => [label, i]));
    this.reference = draw(train, place, random);
    this.validation = draw(validation, place, random);
    this.margin = margin;
    this.distance = distance;
  }

  /** @param embed maps samples to embeddings (N,D) in inference mode, without recording */
  score(embed: (samples: Dataset) => Tensor): EmbeddingScore {
    return { neighborF1: this.neighborF1(embed), violationRate: this.violationRate(embed) };
  }

  private neighborF1(embed: (samples: Dataset) => Tensor): number {
    const [known, asked] = [this.reference, this.validation].map(({ samples }) => embed(samples));
    if (![known, asked].every(hasDistances)) return 0;
    const { weights, labels: knownLabels } = this.reference;
    const classes = weights.length;
    const classifier = new NearestNeighborClassifier({
      ...{ embeddings: known, labels: knownLabels, classes, weights },
      k: NEIGHBORS,
    });
    const predictions = classifier.predict(asked);
    const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    const { labels } = this.validation;
    for (let i = 0; i < labels.length; i++) matrix[labels[i]][predictions[i]] += this.validation.weights[labels[i]];
    const present = classificationScores(matrix).perClass.filter(({ support }) => support > 0);
    return present.reduce((sum, { f1 }) => sum + f1, 0) / present.length;
  }

  private violationRate(embed: (samples: Dataset) => Tensor): number {
    let sum = 0;
    for (const batch of this.batches)
      sum += scope(() => violationRate(this.distance(embed(batch)), batch.labels, this.margin));
    return sum / this.batches.length;
  }
}

/** Whether all squared distances between embeddings (N,D) fit in float32. */
function hasDistances({ data, shape: [, D] }: Tensor): boolean {
  const most = Math.sqrt(LARGEST / D) / 2;
  return data.every((v) => Math.abs(v) <= most);
}

/**
 * All samples of a set, or about `DRAWN` random ones if there are more: each class in proportion, but at least `LEAST`
 * of it if there are that many. A sample of class c represents `weights[c]` samples of the set.
 *
 * @param place index of each label among the classes
 */
function draw(set: TrainingSet, place: ReadonlyMap<number, number>, random: Random): Drawn {
  const weights = new Array<number>(place.size).fill(1);
  const N = set.length;
  const numbered = (labels: Int32Array): Int32Array => labels.map((label) => place.get(label) ?? 0);
  const all = Int32Array.from({ length: N }, (_, i) => i);
  if (N <= DRAWN) return { samples: set.take(all), labels: numbered(set.labels), weights };
  const least = Math.min(LEAST, Math.floor(DRAWN / place.size));
  const positions = membersByLabel(numbered(set.labels)).flatMap(([label, members]) => {
    const n = Math.min(members.length, Math.max(1, least, Math.round((members.length * DRAWN) / N)));
    weights[label] = members.length / n;
    random.shuffle(members);
    return members.slice(0, n);
  });
  const samples = set.take(Int32Array.from(positions).sort());
  return { samples, labels: numbered(samples.labels), weights };
}
