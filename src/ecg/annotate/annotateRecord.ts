import { noGrad } from '../../autograd/tape.ts';
import { asSignal } from '../../core/asArrays.ts';
import { checkCount, checkFields, checkKind } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { CheckpointError, DataError } from '../../core/errors.ts';
import { quantile } from '../../eval/summary.ts';
import { checkNetworks, type ModelParts } from '../../formats/model.ts';
import { type Classified, EmbeddingClassifier } from '../../models/embeddingClassifier.ts';
import type { NoveltyDetector } from '../../models/noveltyDetector.ts';
import { affine } from '../../ops/elementwise.ts';
import { gather } from '../../ops/movement.ts';
import type { AamiClass } from '../classes.ts';
import { detectQrs } from '../qrs/detectQrs.ts';
import { type Annotation, checkAnnotations } from '../wfdb/annotation.ts';
import { checkRecord, type EcgRecord, type Lead } from '../wfdb/record.ts';
import { type BeatInput, beatInput } from './beatInput.ts';
import { type BeatWindows, cutWindows } from './beatWindows.ts';

/** Options of `annotateRecord`. */
export interface AnnotateOptions {
  /** Sample indices of the R peaks, ascending, if they are known.
   * @defaultValue `detectQrs` finds them */
  peaks?: ArrayLike<number>;
  /** Name of the lead to read.
   * @defaultValue the model's if the record has it, otherwise the first */
  lead?: string;
  /** Inverts the lead, for electrodes that were swapped. */
  invert?: boolean;
  /** Called with the fraction of the beats that is done, from 0 to 1. */
  progress?: (done: number) => void;
}

/** A detected beat, and its classification. */
export interface AnnotatedBeat {
  /** Sample index of the R peak. */
  sample: number;
  /** The class, or `Q` for an unclassified beat. */
  label: AamiClass;
  /**
   * Why it has no class: its window crosses an `edge` of the recording, contains an `invalid` sample, is `flat`, or it
   * is `unlike` the beats that the model was trained on (novel).
   */
  why: 'edge' | 'invalid' | 'flat' | 'unlike' | null;
  /** The most probable class, also of a novel beat; null if there is no window to classify. */
  nearest: AamiClass | null;
  /** In the order of the model's classes; empty if there is no window. */
  probabilities: number[];
  /** To the nearest cluster of training beats, see `NoveltyDetector`; null if unknown. */
  distance: number | null;
}

/** The beats of a recording, classified by a model. */
export interface AnnotatedRecord {
  beats: AnnotatedBeat[];
  /** Name of the lead that was read. */
  lead: string;
  /**
   * Remarks for a reader of the annotations: another lead, unit or rate than the model's, unreadable parts of the lead,
   * many novel beats, a lead that seems to be inverted.
   */
  notes: string[];
}

const SUSPICIOUS = 0.5; // fraction of novel beats above which the recording as a whole is questionable
const PROBED = 200; // beats that are also tested with the lead inverted
const CLEARLY = 0.8; // times the distance of the upright lead

/**
 * Detects the beats of a recording and classifies each with a model of beats.
 *
 * A beat whose distance to the nearest cluster of training beats is above the model's limit (a novel beat) is labelled
 * `Q`, unclassifiable, rather than forced into a class; so is one whose window is incomplete or flat. A recording with
 * another rate than the model's is resampled, and one in another unit converted; the R peaks stay samples of the
 * recording.
 *
 * @throws CheckpointError for a model without a classifier or without a description of its input; DataError for a
 * recording without the lead, in a unit that cannot be converted, shorter than a window, or without any beat, with the
 * reason, for R peaks that are not in order or not in the recording, and if the model's output is not finite
 * @example
 *     declare const [model, record]: [SavedModel, EcgRecord];
 *     const { beats, notes } = annotateRecord(model, record);
 *     const file = writeAnnotations(beatAnnotations(annotateRecord(model, record)));
 */
export function annotateRecord(model: ModelParts, record: EcgRecord, options: AnnotateOptions = {}): AnnotatedRecord {
  checkRecord('annotateRecord', 'record', record);
  checkOptions('annotateRecord', options, [], ['peaks', 'lead', 'invert', 'progress']);
  const { peaks: known, lead: wanted, invert, progress } = options;
  if (known !== undefined) checkKind('annotateRecord', 'peaks', known, 'numbers');
  if (wanted !== undefined) checkKind('annotateRecord', 'lead', wanted, 'text');
  if (invert !== undefined) checkKind('annotateRecord', 'invert', invert, 'flag');
  if (progress !== undefined) checkKind('annotateRecord', 'progress', progress, 'function');
  checkNetworks('annotateRecord', model);
  const input = beatInput(model);
  if (model.networks.some(({ classifier }) => classifier === null))
    throw new CheckpointError('annotateRecord: expected a model with a classifier, got none');
  const classifier = model instanceof EmbeddingClassifier ? model : new EmbeddingClassifier(model.networks);
  const notes: string[] = [];
  const lead = chooseLead(record, options.lead, input, notes);
  const samples = asSignal('annotateRecord', 'lead.samples', lead.samples);
  const source = invert ? samples.map((v) => -v) : samples;
  const { samplingFrequency: rate } = record;
  const least = Math.ceil((input.window.length * rate) / input.samplingFrequency);
  if (source.length < least)
    throw new DataError(
      `annotateRecord: record ${record.name}: expected at least a window of ${least} samples, got ${source.length}`,
    );
  const peaks = options.peaks ? checkPeaks(record, options.peaks, source.length) : detectQrs(source, rate);
  if (peaks.length === 0)
    throw new DataError(`annotateRecord: ${whyNoBeat(record, lead, options.peaks !== undefined)}`);

  const windows = cutWindows(input, record, { ...lead, samples: source }, peaks, notes);
  const { x } = windows;
  const classified = classifyBeats(classifier, windows, record, options.progress);
  const { novelty } = model;
  const distances = novelty ? novelty.distance(classified.embeddings, x) : null;
  const beats = label(input, peaks, windows, classified, distances, novelty?.limit ?? 0);
  if (novelty) notes.push(...doubt(classifier, windows, beats, novelty));
  else notes.push('the model file has no clusters of training beats: no beat is marked as unlike them');
  return { beats, lead: lead.name, notes };
}

/**
 * Annotations of the beats, for `writeAnnotations`: a beat without a class is `Q`, with the reason and the nearest
 * class as its text.
 */
export function beatAnnotations(annotated: AnnotatedRecord, channel = 0): Annotation[] {
  checkFields('beatAnnotations', 'annotated', annotated, { beats: 'array' });
  checkCount('beatAnnotations', 'channel', channel, 0, 255);
  const { beats } = annotated;
  checkAnnotations('beatAnnotations', 'annotated.beats', beats as unknown as Annotation[]);
  return beats.map(({ sample, label, why, nearest }) => {
    const aux = why ? [why, nearest].filter(Boolean).join(' ') : '';
    return { sample, label, subtype: 0, channel, num: 0, aux };
  });
}

function chooseLead(record: EcgRecord, wanted: string | undefined, { window }: BeatInput, notes: string[]): Lead {
  const find = (name: string) => record.leads.find((l) => l.name === name);
  const lead = wanted === undefined ? (find(window.lead) ?? record.leads[0]) : find(wanted);
  if (!lead) {
    const there = record.leads.map(({ name }) => name).join(', ') || 'none';
    throw new DataError(`annotateRecord: record ${record.name}: expected lead ${wanted ?? window.lead}, got ${there}`);
  }
  if (lead.name !== window.lead) notes.push(`lead ${lead.name} is read; the model was trained on ${window.lead}`);
  return lead;
}

function checkPeaks({ name }: EcgRecord, peaks: ArrayLike<number>, length: number): Int32Array {
  for (let i = 0; i < peaks.length; i++)
    if (!Number.isInteger(peaks[i]) || peaks[i] < (peaks[i - 1] ?? 0) || peaks[i] >= length)
      throw new DataError(
        `annotateRecord: record ${name}: expected R peaks in ascending order from 0 to ${length - 1}, got ${peaks[i]} at ${i}`,
      );
  return Int32Array.from(peaks);
}

function whyNoBeat({ name }: EcgRecord, { name: lead, samples, units }: Lead, given: boolean): string {
  const finite = samples.filter(Number.isFinite);
  const flat = finite.every((v) => v === finite[0]);
  const inSignal =
    finite.length === 0
      ? 'every sample is invalid'
      : flat
        ? `the lead is flat, every sample being ${finite[0]} ${units}`
        : 'nothing in it looks like a QRS complex';
  const why = given ? 'no R peaks were given' : inSignal;
  return `record ${name} lead ${lead}: expected at least one beat, got none: ${why}`;
}

function classifyBeats(
  classifier: EmbeddingClassifier,
  { x, context }: BeatWindows,
  { name }: EcgRecord,
  progress: AnnotateOptions['progress'],
): Classified {
  try {
    return classifier.classify(x, { context, progress });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`annotateRecord: record ${name}: ${error.message}`);
  }
}

function label(
  { classes }: BeatInput,
  peaks: Int32Array,
  { x, peak, dropped }: BeatWindows,
  { probabilities, labels }: Classified,
  distances: Float64Array | null,
  limit: number,
): AnnotatedBeat[] {
  const K = classes.length;
  const L = x.shape[2];
  const beats = Array.from(peaks, (sample, i): AnnotatedBeat => {
    const why = dropped.get(i) ?? 'edge';
    return { sample, label: 'Q', why, nearest: null, probabilities: [], distance: null };
  });
  peak.forEach((i, row) => {
    const distance = distances?.[row] ?? null;
    const flat = isFlat(x.data.subarray(row * L, (row + 1) * L));
    const why = flat ? 'flat' : distance !== null && distance > limit ? 'unlike' : null;
    const nearest = classes[labels[row]];
    const own = Array.from(probabilities.data.subarray(row * K, (row + 1) * K));
    beats[i] = { ...beats[i], label: why ? 'Q' : nearest, why, nearest, probabilities: own, distance };
  });
  return beats;
}

function isFlat(window: ArrayLike<number>): boolean {
  for (let i = 1; i < window.length; i++) if (window[i] !== window[0]) return false;
  return true;
}

/** Notes on a recording that as a whole is novel, and on one that resembles the training beats only when inverted. */
function doubt(
  classifier: EmbeddingClassifier,
  { x, context }: BeatWindows,
  beats: AnnotatedBeat[],
  novelty: NoveltyDetector,
): string[] {
  const notes: string[] = [];
  const [N] = x.shape;
  const unlike = beats.filter(({ why }) => why === 'unlike').length / beats.length;
  if (unlike >= SUSPICIOUS)
    notes.push(`${(100 * unlike).toFixed(0)} % of the beats are unlike those that the model was trained on`);
  const probed = Array.from({ length: Math.min(N, PROBED) }, (_, i) => Math.floor((i * N) / Math.min(N, PROBED)));
  if (probed.length === 0) return notes;
  const [upright, turned] = [1, -1].map((sign) => {
    const part = noGrad(() => affine(gather(x, probed), sign, 0));
    const embeddings = classifier.embed(part, { context: context && noGrad(() => gather(context, probed)) });
    return quantile(novelty.distance(embeddings, part).sort(), 0.5);
  });
  if (turned < CLEARLY * upright && turned <= novelty.limit)
    notes.push(
      'the lead seems to be upside down: turned over, its beats are nearer to those that the model was trained on ' +
        `(median distance ${turned.toFixed(3)} instead of ${upright.toFixed(3)})`,
    );
  return notes;
}
