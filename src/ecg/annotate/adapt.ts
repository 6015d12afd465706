import { noGrad } from '../../autograd/tape.ts';
import { checkFields, checkKind, checkOneOf, checkRange, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError, DataError } from '../../core/errors.ts';
import { type ModelParts, SavedModel } from '../../formats/model.ts';
import { withBatchStatistics } from '../../models/batchStatistics.ts';
import { type CorrectHeadOptions, correctHead } from '../../models/correctHead.ts';
import { type RefitHeadOptions, refitHead } from '../../models/refitHead.ts';
import { gather } from '../../ops/movement.ts';
import { aamiClass, isBeat } from '../classes.ts';
import { checkRecord, type EcgRecord } from '../wfdb/record.ts';
import { type ReadForModelOptions, readForModel } from './annotateRecord.ts';

/** A beat and its class, as somebody who looked at it says. */
export interface CorrectedBeat {
  /** of the recording, within 0.15 s of one of its beats */
  sample: number;
  /** annotation code, such as `V`, or an AAMI class */
  label: string;
}

/** Options of `adapt`. */
export interface AdaptOptions extends ReadForModelOptions {
  /**
   * `correct` adds the beats that were classified wrongly as prototypes (`correctHead`), `refit` moves the classifier
   * (`refitHead`), `batchNorm` takes the statistics of batch norm from the recording and needs no labels
   * (`withBatchStatistics`).
   * @defaultValue `'correct'`
   */
  method?: 'correct' | 'refit' | 'batchNorm';
  /** Beats with known classes, in the order in which they were corrected.
   * @defaultValue the annotated beats of the first `seconds` */
  beats?: readonly CorrectedBeat[];
  /** How much of the recording's beginning is adapted to.
   * @defaultValue 300, EC57's learning period; with `beats`, and for `batchNorm`, all of it */
  seconds?: number;
  /** Of `correctHead` or `refitHead`. */
  head?: CorrectHeadOptions | RefitHeadOptions;
}

const METHODS = ['correct', 'refit', 'batchNorm'] as const;
const LEARNING = 300; // s, the period that ANSI/AAMI EC57 lets a program learn in
const NEAR = 0.15; // s, EC57's window for two marks of one beat

/**
 * A model adapted to a recording, from a few corrected beats, from annotated minutes at its beginning, or without labels.
 * The embedder stays, except for `batchNorm`: embeddings of beats that the networks never saw are still near others of their
 * kind, which is what metric learning is for. The result classifies, is saved and annotates like the model that it came
 * from; beats that it was adapted to are no longer fit to judge it.
 *
 * @throws DataError for a recording that cannot be read for the model, without annotated beats in its first seconds, and for
 * a corrected beat that is near none of its beats; ArgumentError for the label of a corrected beat that is none of the
 * model's classes; CheckpointError like `annotateRecord`
 * @example
 *     declare const [model, record]: [SavedModel, EcgRecord];
 *     const { beats } = annotateRecord(model, record);
 *     const own = adapt(model, record, { beats: [{ sample: beats[7].sample, label: 'V' }] });
 *     const again = annotateRecord(own, record);
 */
export function adapt(model: ModelParts, record: EcgRecord, options: AdaptOptions = {}): SavedModel {
  const op = 'adapt';
  checkRecord(op, 'record', record);
  checkOptions(op, options, [], ['peaks', 'align', 'lead', 'invert', 'method', 'beats', 'seconds', 'head']);
  const { method = 'correct', beats, head = {}, ...reading } = options;
  const { seconds = beats || method === 'batchNorm' ? Number.MAX_VALUE : LEARNING } = options;
  checkOneOf(op, 'method', method, METHODS);
  checkRange(op, 'seconds', seconds, Number.MIN_VALUE);
  checkKind(op, 'head', head, 'object');
  if (beats !== undefined) checkKind(op, 'beats', beats, 'array');
  const { samplingFrequency, annotations, name } = record;
  const end = seconds * samplingFrequency;
  const labelled = method === 'batchNorm' ? [] : (beats ?? annotated(annotations, end));
  if (!beats && method !== 'batchNorm' && labelled.length === 0)
    throw new DataError(`${op}: record ${name}: expected annotated beats in the first ${seconds} s, got none`);
  const { input, peaks, windows } = readForModel(op, model, record, reading, []);
  const { x, context } = windows;
  const parts = { ...model, about: { ...model.about, adapted: { method, record: name, beats: labelled.length } } };
  if (method === 'batchNorm') {
    const rows = Int32Array.from(windows.peak.keys()).filter((row) => peaks[windows.peak[row]] < end);
    const [own, numbers] = noGrad(() => [gather(x, rows), context && gather(context, rows)]);
    const networks = model.networks.map(({ embedder, classifier }) => ({
      embedder: withBatchStatistics(embedder, own!, { context: numbers }),
      classifier,
    }));
    return new SavedModel({ ...parts, networks });
  }

  const rowOf = new Map(Array.from(windows.peak, (i, row) => [i, row]));
  const rows: number[] = [];
  const labels: number[] = [];
  for (const [n, beat] of labelled.entries()) {
    checkFields(op, `beats[${n}]`, beat, { sample: 'number', label: 'text' });
    const label = input.classes.indexOf((aamiClass(beat.label) ?? beat.label) as (typeof input.classes)[number]);
    if (label < 0) {
      if (!beats) continue; // annotations of classes that the model does not have
      throw new ArgumentError(
        `${op}: expected beats[${n}].label of ${input.classes.join(', ')}, got ${formatValue(beat.label)}`,
      );
    }
    const i = nearest(peaks, beat.sample);
    if (Math.abs(peaks[i] - beat.sample) > NEAR * samplingFrequency) {
      if (!beats) continue; // a beat that was not detected
      throw new DataError(`${op}: record ${name}: expected beats[${n}] at a beat, got none near sample ${beat.sample}`);
    }
    const row = rowOf.get(i);
    if (row === undefined) continue; // without a window
    rows.push(row);
    labels.push(label);
  }
  const at = Int32Array.from(rows);
  const [own, numbers] = noGrad(() => [gather(x, at), context && gather(context, at)]);
  const networks = model.networks.map(({ embedder, classifier }) => {
    const z = embedder.embed(own!, { context: numbers });
    const adapted = (method === 'correct' ? correctHead : refitHead)(classifier!, z, labels, head);
    return { embedder, classifier: adapted };
  });
  return new SavedModel({ ...parts, networks });
}

/** The beats before a sample, as they are annotated. */
function annotated(annotations: EcgRecord['annotations'], end: number): CorrectedBeat[] {
  return annotations.filter(({ label, sample }) => isBeat(label) && sample < end);
}

/** The index of the peak nearest to a sample. */
function nearest(peaks: Int32Array, sample: number): number {
  let best = 0;
  for (let i = 1; i < peaks.length; i++) if (Math.abs(peaks[i] - sample) < Math.abs(peaks[best] - sample)) best = i;
  return best;
}
