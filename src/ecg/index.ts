export {
  type AnnotatedBeat,
  type AnnotatedRecord,
  type AnnotateOptions,
  annotateRecord,
  beatAnnotations,
} from './annotate/annotateRecord.ts';
export { type BeatInput, beatInput } from './annotate/beatInput.ts';
export { type BeatList, type BeatListOptions, listBeats, peaksAsBeats } from './beats/beatList.ts';
export {
  type BeatOptions,
  type BeatSet,
  countByClass,
  cutWindows,
  type DroppedBeat,
  extractBeats,
  subset,
  type WindowOptions,
} from './beats/beatSet.ts';
export type { Normalization } from './beats/normalize.ts';
export { AAMI_CLASSES, type AamiClass, aamiClass, CLASSES, codeOf, isBeat, mnemonicOf } from './classes.ts';
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
} from './ec57/beatStatistics.ts';
export { type BeatComparison, type BeatPair, type CompareOptions, compareBeats } from './ec57/compareBeats.ts';
export { detectQrs, type QrsOptions } from './qrs/detectQrs.ts';
export { resample } from './resample.ts';
export {
  type BeatTiming,
  beatTiming,
  peakTiming,
  TIMING_FEATURES,
  type TimingFeature,
  type TimingOptions,
} from './rhythm/beatTiming.ts';
export {
  type HeartRateVariability,
  heartRateVariability,
  type IntervalCounts,
  type VariabilityOptions,
} from './rhythm/heartRateVariability.ts';
export { DE_CHAZAL, DS1, DS2, MITDB_RECORDS, PACED_RECORDS, patientOf, SAME_PATIENT } from './splits/mitdb.ts';
export { overlapWithTraining } from './splits/overlap.ts';
export { patientFolds } from './splits/patientFolds.ts';
export {
  type InterPatientOptions,
  type IntraPatientOptions,
  interPatientSplit,
  intraPatientSplit,
  type PatientOf,
  type Split,
  splitPatients,
} from './splits/patients.ts';
export { type TemporalOptions, type TemporalSplit, temporalSplit } from './splits/temporalSplit.ts';
export { SYNTHETIC_KINDS, type SyntheticKind } from './synthetic/kinds.ts';
export {
  type SyntheticOptions,
  type SyntheticSet,
  type SyntheticSetOptions,
  syntheticRecord,
  syntheticRecords,
} from './synthetic/records.ts';
export {
  type Annotation,
  type AnnotationFile,
  type CustomLabel,
  readAnnotations,
  writeAnnotations,
} from './wfdb/annotation.ts';
export { encodeRecord } from './wfdb/encodeRecord.ts';
export { formatHeader, parseHeader, type RecordHeader, type SignalSpec } from './wfdb/header.ts';
export { type AnnotationsOptions, annotationsOf, readRecord } from './wfdb/readRecord.ts';
export { type EcgRecord, type Lead, makeLead, type RecordFiles } from './wfdb/record.ts';
export { type DecodeOptions, decodeSignal, encodeSignal, invalidSample, SIGNAL_FORMATS } from './wfdb/signal.ts';
