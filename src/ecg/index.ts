/**
 * Recordings, beats and rhythm, from bytes, without files.
 *
 * @module dynaecg/ecg
 */
export { type AdaptOptions, adapt, type CorrectedBeat } from './annotate/adapt.ts';
export type { AnnotatedBeat, AnnotatedRecord } from './annotate/annotated.ts';
export { type AnnotateOptions, annotateRecord } from './annotate/annotateRecord.ts';
export { beatAnnotations } from './annotate/beatAnnotations.ts';
export { type BeatInput, beatInput } from './annotate/beatInput.ts';
export {
  BeatChannels,
  type BeatChannelsState,
  beatChannels,
  type ChannelOptions,
} from './beats/beatChannels.ts';
export { type BeatList, type BeatListOptions, listBeats, peaksAsBeats } from './beats/beatList.ts';
export { type BeatSet, countByClass, type DroppedBeat, type PlacedBeats, subset } from './beats/beatSet.ts';
export { type Alignment, type BeatOptions, cutWindows, extractBeats, type WindowOptions } from './beats/cutWindows.ts';
export type { Normalization } from './beats/normalize.ts';
export { PastReference, type PastReferenceState, pastReferences, type ReferenceOptions } from './beats/reference.ts';
export {
  AAMI_CLASSES,
  AAMI_LABELS,
  type AamiClass,
  aamiClass,
  CLASSES,
  type ClassMap,
  classLookup,
  codeOf,
  isBeat,
  mnemonicOf,
} from './classes.ts';
export { detectQrs, type QrsOptions } from './detectQrs.ts';
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
export { type LeadOptions, leadFrom } from './open/leadFrom.ts';
export { type NamedFiles, openRecording } from './open/openRecording.ts';
export type { OpenOptions, Recording, RecordingFormat } from './open/recording.ts';
export { alignToRPeaks } from './qrs/alignToRPeaks.ts';
export { QUALITY_LIMIT, type QualityParts } from './quality/combine.ts';
export {
  beatQuality,
  type QualityOptions,
  type SignalQuality,
  signalQuality,
  unreadableSeconds,
} from './quality/signalQuality.ts';
export type { Stretch } from './quality/stretches.ts';
export type { QualityWindow } from './quality/windowQuality.ts';
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
export { beatTransformer, type Packet, streamBeats } from './stream/adaptors.ts';
export { BeatStream } from './stream/beatStream.ts';
export type { BeatStreamState } from './stream/beatStreamState.ts';
export type { StreamNote, StreamNoteKind } from './stream/notes.ts';
export type { StreamedBeat, StreamedBeats } from './stream/output.ts';
export type { BeatStreamOptions } from './stream/streamOptions.ts';
export type { EctopicPattern, EctopicRun, Ectopy } from './summary/ectopy.ts';
export type { HourSummary } from './summary/hours.ts';
export type { HeartRate, HeartRateWindow, RrHistogram, TrendPoint } from './summary/rates.ts';
export {
  type RhythmSummary,
  type RrInterval,
  type SummaryOptions,
  summarizeRhythm,
} from './summary/summarizeRhythm.ts';
export { SYNTHETIC_KINDS, type SyntheticKind } from './synthetic/kinds.ts';
export { NOISE_KINDS, type NoiseKind } from './synthetic/noiseKinds.ts';
export { addNoise, type NoiseOptions } from './synthetic/noiseStress.ts';
export {
  type SyntheticOptions,
  type SyntheticSet,
  type SyntheticSetOptions,
  syntheticRecord,
  syntheticRecords,
} from './synthetic/records.ts';
export type {
  Annotation,
  AnnotationFile,
  CustomLabel,
} from './wfdb/annotation.ts';
export { type AnnotationsOptions, annotationsOf, type RecordAnnotations } from './wfdb/annotationsOf.ts';
export { type EncodedRecord, encodeRecord } from './wfdb/encodeRecord.ts';
export { decodeFlac } from './wfdb/flac/decodeFlac.ts';
export { formatHeader } from './wfdb/formatHeader.ts';
export type { RecordHeader, SegmentSpec, SignalSpec } from './wfdb/header.ts';
export { type HeaderContents, parseHeader } from './wfdb/parseHeader.ts';
export type {
  Partially,
  PartialOptions,
  ReadOptions,
  ReadPlace,
  ReadProblem,
  ReadProblemKind,
} from './wfdb/problems.ts';
export { readAnnotations } from './wfdb/readAnnotations.ts';
export { type RecordOptions, readRecord } from './wfdb/readRecord.ts';
export { type DigitalSignal, type EcgRecord, type Lead, leadLike, makeLead, type RecordFiles } from './wfdb/record.ts';
export { type DecodeOptions, decodeSignal, encodeSignal, invalidSample, SIGNAL_FORMATS } from './wfdb/signal.ts';
export type { DigitalSamples } from './wfdb/signals/codec.ts';
export type { FlacDecoder, FlacSamples } from './wfdb/signals/flac.ts';
export { writeAnnotations } from './wfdb/writeAnnotations.ts';
