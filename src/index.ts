export { gradcheck } from './autograd/gradcheck.ts';
export { poisonReleasedMemory, scope, scopeMemory } from './autograd/scope.ts';
export { backward, defineOp, noGrad, type Rule } from './autograd/tape.ts';
export {
  asTensor,
  empty,
  full,
  type Nested,
  ones,
  Parameter,
  Tensor,
  type TensorLike,
  type TensorOptions,
  tensor,
  zeros,
} from './autograd/tensor.ts';
export { type Backend, type BackendName, backend, kernels, setBackend, useKernels } from './backend/active.ts';
export {
  ArgumentError,
  BackendError,
  CheckpointError,
  DataError,
  DynaecgError,
  ShapeError,
  TrainingError,
} from './core/errors.ts';
export { Random, type RandomState } from './core/random.ts';
export type { Shape } from './core/shape.ts';
export { type BootstrapOptions, bootstrapInterval, type Interval } from './eval/bootstrap.ts';
export {
  addConfusion,
  type ClassificationScores,
  type ConfusionMatrix,
  classificationScores,
  confusionByGroup,
  confusionMatrix,
  type Scores,
} from './eval/confusion.ts';
export {
  averagePrecision,
  type Positives,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  type RocPoint,
  rocArea,
  rocCurve,
} from './eval/curves.ts';
export {
  type LabelledEmbeddings,
  type LabelledNeighbors,
  type NeighborOptions,
  nearestNeighbors,
} from './eval/neighborSearch.ts';
export {
  precisionAt1,
  type RetrievalOptions,
  type RetrievalScores,
  recallAtK,
  retrievalScores,
} from './eval/retrieval.ts';
export { meanAndDeviation, quantile } from './eval/summary.ts';
export { trustworthiness } from './eval/trustworthiness.ts';
export { type TsneOptions, type TsneResult, type TsneStep, tsne } from './eval/tsne.ts';
export { decodeModel, encodeModel, type SavedModel, type SavedNetwork } from './formats/model.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './formats/safetensors.ts';
export { decodeTrainingState, encodeTrainingState } from './formats/trainingState.ts';
export { jsKernels } from './kernels/js/index.ts';
export type { DType, Kernels, Vec } from './kernels/types.ts';
export { type Clusters, type KMeansOptions, kMeans, type Nearest, nearestCentroid } from './metric/clusters.ts';
export { type ContrastiveLossOptions, contrastiveLoss } from './metric/contrastiveLoss.ts';
export { GroupSampler, type GroupSamplerOptions } from './metric/groupSampler.ts';
export { holdOut } from './metric/holdOut.ts';
export {
  DynamicMargin,
  type DynamicMarginOptions,
  type MarginScheduler,
  type MarginState,
  type MiningCounts,
  ScheduledMargin,
} from './metric/marginScheduler.ts';
export {
  allTriplets,
  anchorPositivePairs,
  batchHard,
  type Miner,
  nearestSemiHard,
  possibleTriplets,
  semiHard,
  semiHardOrFarthest,
  violating,
} from './metric/miner.ts';
export { type MultiSimilarityLossOptions, multiSimilarityLoss } from './metric/multiSimilarityLoss.ts';
export { ntXentLoss } from './metric/ntXentLoss.ts';
export { ProxyAnchorLoss, type ProxyAnchorLossOptions } from './metric/proxyAnchorLoss.ts';
export {
  type DeckState,
  type MPerClassOptions,
  MPerClassSampler,
  type Sampler,
  type SamplerState,
} from './metric/sampler.ts';
export { ShuffledSampler } from './metric/shuffledSampler.ts';
export { supConLoss } from './metric/supConLoss.ts';
export { type Distance, type TripletLoss, type TripletLossOptions, tripletLoss } from './metric/tripletLoss.ts';
export { defaultEmbedderConfig, Embedder, type EmbedderConfig } from './models/embedder.ts';
export { type Classified, classify, Ensemble } from './models/ensemble.ts';
export { argmaxRows, MlpClassifier, type MlpClassifierConfig } from './models/mlpClassifier.ts';
export { NearestNeighborClassifier, type NearestNeighborOptions } from './models/nearestNeighborClassifier.ts';
export { type PredictOptions, predict } from './models/predict.ts';
export {
  fitTrainingClusters,
  type TrainingClusters,
  type TrainingClustersOptions,
  trainingDistance,
} from './models/trainingClusters.ts';
export { AttentionPool, type AttentionScore } from './nn/attentionPool.ts';
export { BatchNorm1d } from './nn/batchNorm1d.ts';
export { ChannelAttention } from './nn/channelAttention.ts';
export { Conv1d } from './nn/conv1d.ts';
export { Dropout } from './nn/dropout.ts';
export { Linear } from './nn/linear.ts';
export { BiLSTM, LSTM } from './nn/lstm.ts';
export { Layer, Module, Sequential, type StateDict } from './nn/module.ts';
export { type Conv1dOptions, conv1d, maxPool1d } from './ops/convolution.ts';
export { l2Normalize, pairwiseCosine, pairwiseSquaredEuclidean } from './ops/distance.ts';
export {
  abs,
  add,
  affine,
  div,
  exp,
  log,
  mul,
  neg,
  relu,
  sigmoid,
  sqrt,
  square,
  sub,
  tanh,
} from './ops/elementwise.ts';
export { linear, matmul } from './ops/linear.ts';
export { crossEntropy, type HingePower, type Triplets, tripletHinge } from './ops/loss.ts';
export { broadcastTo, concat, gather, reshape, slice, transpose } from './ops/movement.ts';
export {
  type BatchNormOptions,
  batchNorm,
  batchNormReluPool,
  dropout,
  type RunningStatistics,
} from './ops/normalization.ts';
export {
  logSoftmax,
  max,
  mean,
  type ReduceOptions,
  softmax,
  standardDeviation,
  sum,
  variance,
} from './ops/reduce.ts';
export { attentionPool, bilstm, channelAttention, type LinearWeights, type LstmWeights, lstm } from './ops/sequence.ts';
export { AdamW, type AdamWOptions } from './optim/adamw.ts';
export { clipGradNorm, gradNorm } from './optim/clip.ts';
export { Optimizer, type OptimizerState } from './optim/optimizer.ts';
export { constantSchedule, cosineSchedule, type Schedule, stepSchedule, warmup } from './optim/schedule.ts';
export { SGD, type SGDOptions } from './optim/sgd.ts';
export {
  type Augmentation,
  amplitudeScale,
  baselineWander,
  composeAugmentations,
  gaussianNoise,
  timeShift,
  timeStretch,
} from './train/augment.ts';
export { BestWeights, type BestWeightsState } from './train/checkpoint.ts';
export {
  type ClassifierStep,
  ClassifierTrainer,
  type ClassifierTrainerOptions,
  type EpochStatistics,
} from './train/classifierTrainer.ts';
export type { Dataset, TrainingDataOptions } from './train/dataset.ts';
export type { EmbeddingScore } from './train/embeddingScore.ts';
export type { Trainer, TrainerOptions } from './train/trainer.ts';
export type { TrainingState } from './train/trainingState.ts';
export { type BatchStatistics, meanDistances, violationRate } from './train/tripletStatistics.ts';
export {
  type IterationStatistics,
  type JointClassifier,
  type StepStatistics,
  TripletTrainer,
  type TripletTrainerOptions,
} from './train/tripletTrainer.ts';
export { WeightAverage } from './train/weightAverage.ts';
