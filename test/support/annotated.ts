/** Trained models, and recordings for them to annotate. */
import { type AnnotatedBeat, type AnnotateOptions, annotateRecord, type EcgRecord } from 'dynaecg/ecg';
import { makeRecord } from './records.ts';
import { trained, unseen } from './trained.ts';

export const RATE = 360;
export const model = trained();
export const timed = trained({ timing: ['previous', 'change', 'rate', 'next'] });
export const referred = trained({ timing: ['previous'], reference: { memory: 9, similarity: 0.8 }, previous: 2 });
export const pair = trained({ members: 2 });
export const narrow = trained({ length: 150, before: 40, normalize: 'record' }); // classes are hardly told apart by this one
export const { limit } = model.novelty!;
export const [record] = unseen;
export const [{ samples }] = record.leads;
export const peaksOf = ({ annotations }: EcgRecord): number[] => annotations.map(({ sample }) => sample);

/** A recording with other samples in its one lead. */
export const withSamples = (other: Float32Array, name = 'MLII'): EcgRecord => ({
  ...makeRecord('other', { [name]: other }, []),
});
export const annotate = (other: Float32Array, options?: AnnotateOptions) =>
  annotateRecord(model, withSamples(other), options).beats;
export const reasons = (beats: readonly AnnotatedBeat[]) => beats.map(({ why }) => why);
