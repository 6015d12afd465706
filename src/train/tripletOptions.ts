import { checkCount, checkKind, checkOneOf, checkRange } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import { ArgumentError } from '../core/errors.ts';
import { warnOnConsole } from '../core/warn.ts';
import { DynamicMargin, type MarginScheduler } from '../metric/marginScheduler.ts';
import { type Miner, violating } from '../metric/miner.ts';
import type { Distance } from '../metric/tripletLoss.ts';
import type { Layer } from '../nn/module.ts';
import { pairwiseSquaredEuclidean } from '../ops/distance.ts';
import { checkLogitAdjustment } from './logitAdjustment.ts';
import { checkTrainerOptions, checkTrains, type TrainerOptions } from './options.ts';

/** Options of a TripletTrainer; each part can be replaced. */
export interface TripletTrainerOptions extends TrainerOptions {
  /** m of the default m-per-class sampler; a class with fewer samples repeats some
   * @defaultValue 32 */
  perClass?: number;
  /** classes in a batch of that sampler, drawn at random if fewer than there are
   * @defaultValue all classes */
  classesPerBatch?: number;
  /** those of `violating` and `semiHard` are not listed in a batch with more than 2^20 possible triplets: `bandTripletLoss`
   * @defaultValue `violating` */
  miner?: Miner;
  /** @defaultValue `pairwiseSquaredEuclidean` */
  distance?: Distance;
  /** power of the hinge: 1 as in equation (2), or 2, the squared hinge
   * @defaultValue 1 */
  power?: 1 | 2;
  /** @defaultValue `new DynamicMargin()`, the paper's dynamic margin */
  marginScheduler?: MarginScheduler;
  /** a classifier of the embeddings (B,D) to logits (B,K) that is trained jointly
   * @defaultValue none */
  classifier?: JointClassifier;
  /** batches in an iteration
   * @defaultValue 200 */
  stepsPerIteration?: number;
  /**
   * how to choose the best iteration: by the macro F1 of 9 nearest neighbours, or by the fraction of triplets that
   * violate the reference margin
   * @defaultValue `'neighborF1'`
   */
  selectBy?: 'neighborF1' | 'violationRate';
  /** the margin at which violations are counted, the same in all iterations so that they are comparable
   * @defaultValue 0.2 */
  referenceMargin?: number;
  /** called with warnings, such as that the embeddings have collapsed
   * @defaultValue `console.warn` */
  warn?: (message: string) => void;
}

/**
 * A classifier that is trained together with the embedding, which goes beyond the paper: the loss is the triplet loss
 * plus `weight` times its cross-entropy.
 */
export interface JointClassifier {
  /** trained by the trainer's optimiser; an `optimizer` option must include its parameters */
  model: Layer;
  /** @defaultValue 1 */
  weight?: number;
  /** like the option of ClassifierTrainer */
  logitAdjustment?: readonly number[];
}

const OWN = [
  ...['perClass', 'classesPerBatch', 'miner', 'distance', 'power', 'marginScheduler', 'classifier'],
  ...['stepsPerIteration', 'selectBy', 'referenceMargin', 'warn'],
];

/** The options whose defaults do not depend on the data. */
type Defaulted = Required<Omit<TripletTrainerOptions, keyof TrainerOptions | 'classesPerBatch' | 'classifier'>>;

/** The checked options, with their defaults. */
export function tripletOptions(options: TripletTrainerOptions): TripletTrainerOptions & Defaulted {
  const op = 'TripletTrainer';
  checkTrainerOptions(op, options, OWN);
  const {
    perClass = 32,
    miner = violating,
    distance = pairwiseSquaredEuclidean,
    power = 1,
    marginScheduler = new DynamicMargin(),
    stepsPerIteration = 200,
    selectBy = 'neighborF1',
    referenceMargin = 0.2,
    warn = warnOnConsole,
  } = options;
  checkCount(op, 'stepsPerIteration', stepsPerIteration, 1);
  checkCount(op, 'perClass', perClass, 2);
  if (options.classesPerBatch !== undefined) checkCount(op, 'classesPerBatch', options.classesPerBatch, 2);
  checkRange(op, 'referenceMargin', referenceMargin, 0);
  checkOneOf(op, 'selectBy', selectBy, ['neighborF1', 'violationRate']);
  checkOneOf(op, 'power', power, [1, 2]);
  checkKind(op, 'distance', distance, 'function');
  checkKind(op, 'miner', miner, 'function');
  checkKind(op, 'warn', warn, 'function');
  checkKind(op, 'marginScheduler', marginScheduler, 'marginScheduler');
  if (options.classifier !== undefined) checkJoint(op, options.classifier, options);
  const defaulted = { perClass, miner, distance, power, marginScheduler, stepsPerIteration, selectBy };
  return { ...options, ...defaulted, referenceMargin, warn };
}

function checkJoint(op: string, classifier: JointClassifier, { model, optimizer }: TripletTrainerOptions): void {
  checkOptions(`${op}.classifier`, classifier, ['model'], ['weight', 'logitAdjustment']);
  checkKind(op, 'classifier.model', classifier.model, 'layer');
  const { weight = 1 } = classifier;
  checkRange(op, 'classifier.weight', weight, 0);
  checkLogitAdjustment(op, classifier.logitAdjustment);
  if (!optimizer) return;
  checkTrains(op, optimizer, model);
  const trained = new Set(optimizer.parameters);
  if (classifier.model.parameters().some((p) => p.requiresGrad && !trained.has(p)))
    throw new ArgumentError(`${op}: expected an optimizer of the classifier's parameters, too, got one without them`);
}
