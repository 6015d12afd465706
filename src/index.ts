export { empty, full, ones, type TensorOptions, tensor, zeros } from './autograd/creation.ts';
export { gradcheck } from './autograd/gradcheck.ts';
export { scope } from './autograd/scope.ts';
export { backward, defineOp, noGrad, type Rule } from './autograd/tape.ts';
export { type Nested, Parameter, Tensor, type TensorLike } from './autograd/tensor.ts';
export { backend, setBackend } from './backend/active.ts';
export type { Backend, BackendName, BackendOptions } from './backend/choice.ts';
export { type Driven, type DriveOptions, drive } from './core/drive.ts';
export {
  ArgumentError,
  BackendError,
  CheckpointError,
  DataError,
  DynaecgError,
  ShapeError,
  TrainingError,
} from './core/errors.ts';
export { printable } from './core/printable.ts';
export { Random, type RandomState } from './core/random.ts';
export type { Shape } from './core/shape.ts';
export {
  type Augmentation,
  amplitudeScale,
  augmentedViews,
  baselineWander,
  composeAugmentations,
  gaussianNoise,
  movingAverage,
  timeShift,
  timeStretch,
} from './data/augment.ts';
export { dataChecksum } from './data/checksum.ts';
export { Dataset, type DatasetLike, type Labels } from './data/dataset.ts';
export type { DatasetSource } from './data/datasetSource.ts';
export { type Fold, groupFolds } from './data/groupFolds.ts';
export { GroupSampler, type GroupSamplerOptions } from './data/groupSampler.ts';
export { LabelEncoder } from './data/labelEncoder.ts';
export {
  type DeckState,
  type MPerClassOptions,
  MPerClassSampler,
  type Sampler,
  type SamplerState,
} from './data/sampler.ts';
export { ShuffledSampler } from './data/shuffledSampler.ts';
export {
  type GroupedOptions,
  groupedSplit,
  type SplitPositions,
  type StratifiedOptions,
  stratifiedSplit,
} from './data/split.ts';
export type { TrainingDataOptions, TrainingSet } from './data/trainingSet.ts';
export { cohenKappa, type KappaOptions, matthewsCorrelation } from './eval/agreement.ts';
export {
  type Calibration,
  calibration,
  expectedCalibrationError,
  type ReliabilityBin,
  type ReliabilityOptions,
  reliabilityCurve,
} from './eval/calibration/reliability.ts';
export {
  type RiskCoveragePoint,
  riskCoverageCurve,
  type SelectiveScores,
  selectiveScores,
} from './eval/calibration/selective.ts';
export { fitTemperature } from './eval/calibration/temperature.ts';
export { type KMeansOptions, kMeans, type Nearest, nearestCentroid } from './eval/clusters/kMeans.ts';
export type { Clusters } from './eval/clusters/lloyd.ts';
export { adjustedRandIndex, type Silhouette, silhouette } from './eval/clusters/scores.ts';
export {
  type PrincipalComponents,
  principalComponents,
  principalScores,
} from './eval/components/principalComponents.ts';
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
  bootstrapDifference,
  bootstrapInterval,
  type ScoreDifference,
  type ScoreStatistic,
} from './eval/intervals/bootstrap.ts';
export type { BootstrapOptions } from './eval/intervals/bootstrapEnds.ts';
export { type McNemarOptions, type McNemarResult, mcnemarTest } from './eval/intervals/mcnemar.ts';
export { type Interval, type ProportionOptions, proportionInterval } from './eval/intervals/proportion.ts';
export {
  type GroupInterval,
  type ScoreIntervals,
  type ScoreIntervalsOptions,
  scoreIntervals,
} from './eval/intervals/scoreIntervals.ts';
export { type MulticlassAreaOptions, multiclassRocArea } from './eval/multiclassArea.ts';
export {
  type LabelledEmbeddings,
  type LabelledNeighbors,
  type NeighborOptions,
  nearestNeighbors,
} from './eval/neighbors/nearestNeighbors.ts';
export {
  precisionAt1,
  type RetrievalOptions,
  type RetrievalScores,
  recallAtK,
  retrievalScores,
} from './eval/neighbors/retrieval.ts';
export { meanAndDeviation, quantile } from './eval/summary.ts';
export type { TsneOptions } from './eval/tsne/options.ts';
export { type PlaceInLayoutOptions, placeInLayout } from './eval/tsne/placeInLayout.ts';
export { trustworthiness } from './eval/tsne/trustworthiness.ts';
export { type TsneResult, type TsneStep, tsne } from './eval/tsne/tsne.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type TrainingIdentity } from './formats/checkpoint.ts';
export { decodeModel, encodeModel, type ModelFileOptions, type ModelParts, SavedModel } from './formats/model.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './formats/safetensors.ts';
export { decodeTrainingState, encodeTrainingState } from './formats/trainingState.ts';
export type { DType } from './kernels/types.ts';
export {
  type BandTripletLoss,
  type BandTripletLossOptions,
  bandTripletLoss,
} from './metric/bandTripletLoss.ts';
export { type ContrastiveLossOptions, contrastiveLoss } from './metric/contrastiveLoss.ts';
export { coralLoss, gradientReversal } from './metric/domainInvariance.ts';
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
export { supConLoss } from './metric/supConLoss.ts';
export { type Distance, type TripletLoss, type TripletLossOptions, tripletLoss } from './metric/tripletLoss.ts';
export { withBatchStatistics } from './models/batchStatistics.ts';
export { type CorrectHeadOptions, correctHead } from './models/correctHead.ts';
export { Embedder } from './models/embedder.ts';
export { defaultEmbedderConfig, type EmbedderConfig } from './models/embedderConfig.ts';
export {
  type Classified,
  type EmbedderAndClassifier,
  EmbeddingClassifier,
  Network,
} from './models/embeddingClassifier.ts';
export { Ensemble } from './models/ensemble.ts';
export { argmaxRows, MlpClassifier, type MlpClassifierConfig } from './models/mlpClassifier.ts';
export { NearestNeighborClassifier, type NearestNeighborOptions } from './models/nearestNeighborClassifier.ts';
export {
  NoveltyDetector,
  type NoveltyDetectorOptions,
  type NoveltyDetectorParts,
} from './models/noveltyDetector.ts';
export { type PredictOptions, predict } from './models/predict.ts';
export { type RefitHeadOptions, refitHead } from './models/refitHead.ts';
export { AttentionPool, type AttentionScore } from './nn/attentionPool.ts';
export { BatchNorm1d } from './nn/batchNorm1d.ts';
export { ChannelAttention } from './nn/channelAttention.ts';
export { Conv1d } from './nn/conv1d.ts';
export { Dropout } from './nn/dropout.ts';
export { GroupNorm } from './nn/groupNorm.ts';
export { BiGRU, GRU, type GruRunOptions } from './nn/gru.ts';
export { LayerNorm } from './nn/layerNorm.ts';
export { Linear } from './nn/linear.ts';
export { BiLSTM, LSTM, type LstmRunOptions } from './nn/lstm.ts';
export { MeanPool } from './nn/meanPool.ts';
export { Layer, type MatchingNames, Module, Sequential, type StateDict } from './nn/module.ts';
export { AdaptiveAvgPool1d, AdaptiveMaxPool1d, AvgPool1d, MaxPool1d } from './nn/pool1d.ts';
export type { RecurrentOptions, RunOptions } from './nn/recurrent.ts';
export { ResidualBlock, type ResidualBlockOptions } from './nn/residualBlock.ts';
export { gelu, leakyRelu } from './ops/activation.ts';
export {
  attentionPool,
  channelAttention,
  type LinearWeights,
  lengthMask,
  meanPool,
  type TimeOptions,
} from './ops/attention.ts';
export { type Conv1dOptions, conv1d } from './ops/convolution.ts';
export { l2Normalize, pairwiseCosine, pairwiseSquaredEuclidean } from './ops/distance.ts';
export {
  abs,
  add,
  affine,
  clamp,
  div,
  exp,
  log,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  silu,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from './ops/elementwise.ts';
export { type GruWeights, gru } from './ops/gru.ts';
export { groupNorm, layerNorm } from './ops/layerNorm.ts';
export { linear, matmul } from './ops/linear.ts';
export { crossEntropy, type HingePower, type Triplets, tripletHinge } from './ops/loss.ts';
export { bilstm, type LstmWeights, lstm } from './ops/lstm.ts';
export { broadcastTo, concat, gather, reshape, slice, stack, transpose } from './ops/movement.ts';
export {
  type BatchNormOptions,
  batchNorm,
  batchNormReluPool,
  dropout,
  type RunningStatistics,
} from './ops/normalization.ts';
export { type PadMode, pad } from './ops/pad.ts';
export { adaptiveAvgPool1d, adaptiveMaxPool1d, avgPool1d, maxPool1d, type Pool1dOptions } from './ops/pooling.ts';
export {
  argmax,
  logSoftmax,
  max,
  mean,
  min,
  type ReduceOptions,
  softmax,
  standardDeviation,
  sum,
  variance,
} from './ops/reduce.ts';
export { AdamW, type AdamWOptions } from './optim/adamw.ts';
export { clipGradNorm, gradNorm } from './optim/clip.ts';
export { decayGroups } from './optim/groups.ts';
export { type GroupOptions, Optimizer, type OptimizerState, type ParameterGroup } from './optim/optimizer.ts';
export { type PlateauOptions, type PlateauState, ReduceOnPlateau } from './optim/plateau.ts';
export { constantSchedule, cosineSchedule, type Schedule, stepSchedule, warmup } from './optim/schedule.ts';
export { SGD, type SGDOptions } from './optim/sgd.ts';
export { BestWeights, type BestWeightsState } from './train/bestWeights.ts';
export {
  type ClassifierStep,
  ClassifierTrainer,
  type ClassifierTrainerOptions,
  type EpochStatistics,
} from './train/classifierTrainer.ts';
export { distillationLoss, type Teacher } from './train/distillation.ts';
export type { EmbeddingScore } from './train/embeddingScore.ts';
export type { TrainingLoop } from './train/loop.ts';
export { type EmbeddingLoss, embeddingObjective } from './train/objectives.ts';
export type { TrainerOptions } from './train/options.ts';
export { type SelfTest, type SelfTestCheck, selftest } from './train/selftest.ts';
export {
  type Objective,
  type ObjectiveTrainerOptions,
  Trainer,
  type TrainerIteration,
  type TrainerStep,
} from './train/trainer.ts';
export type { TrainingState } from './train/trainingState.ts';
export { type BatchStatistics, meanDistances, violationRate } from './train/tripletStatistics.ts';
export {
  type IterationStatistics,
  type JointClassifier,
  type StepStatistics,
  TripletTrainer,
  type TripletTrainerOptions,
} from './train/tripletTrainer.ts';
export { WeightAverage, type WeightAverageState } from './train/weightAverage.ts';
