export {
  type AnnotatedBeat,
  type AnnotatedRecord,
  type AnnotateOptions,
  annotateRecord,
  beatAnnotations,
} from './annotate.ts';
export {
  type Annotation,
  type AnnotationFile,
  type CustomLabel,
  readAnnotations,
  writeAnnotations,
} from './annotation.ts';
export { type BeatList, type BeatListOptions, listBeats, peaksAsBeats } from './beatList.ts';
export { type BeatInput, beatInput } from './beatModel.ts';
export {
  type BeatStatistics,
  type BeatTally,
  beatStatistics,
  COMPARED_CLASSES,
  type ComparedClass,
  formatComparison,
  grossTally,
  type KindStatistics,
  type Share,
} from './beatStatistics.ts';
export {
  type BeatOptions,
  type BeatSet,
  countByClass,
  cutWindows,
  type DroppedBeat,
  extractBeats,
  subset,
  type WindowOptions,
} from './beats.ts';
export { AAMI_CLASSES, type AamiClass, aamiClass, CLASSES, codeOf, isBeat, mnemonicOf } from './classes.ts';
export { type BeatComparison, type BeatPair, type CompareOptions, compareBeats } from './compare.ts';
export { encodeRecord } from './encodeRecord.ts';
export { formatHeader, parseHeader, type RecordHeader, type SignalSpec } from './header.ts';
export {
  type HeartRateVariability,
  heartRateVariability,
  type IntervalCounts,
  type VariabilityOptions,
} from './heartRateVariability.ts';
export { DE_CHAZAL, DS1, DS2, MITDB_RECORDS, PACED_RECORDS, patientOf, SAME_PATIENT } from './mitdb.ts';
export type { Normalization } from './normalize.ts';
export { overlapWithTraining } from './overlap.ts';
export { patientFolds } from './patientFolds.ts';
export { detectQrs, type QrsOptions } from './qrs.ts';
export { type AnnotationsOptions, annotationsOf, readRecord } from './readRecord.ts';
export { type EcgRecord, type Lead, makeLead, type RecordFiles } from './record.ts';
export { resample } from './resample.ts';
export {
  type BeatTiming,
  beatTiming,
  peakTiming,
  TIMING_FEATURES,
  type TimingFeature,
  type TimingOptions,
} from './rhythm.ts';
export { type DecodeOptions, decodeSignal, encodeSignal, invalidSample, SIGNAL_FORMATS } from './signal.ts';
export {
  type InterPatientOptions,
  type IntraPatientOptions,
  interPatientSplit,
  intraPatientSplit,
  type PatientOf,
  type Split,
  splitPatients,
} from './splits.ts';
export { SYNTHETIC_KINDS, type SyntheticKind } from './synthetic/kinds.ts';
export {
  type SyntheticOptions,
  type SyntheticSet,
  type SyntheticSetOptions,
  syntheticRecord,
  syntheticRecords,
} from './synthetic.ts';
export { type TemporalOptions, type TemporalSplit, temporalSplit } from './temporalSplit.ts';
