import { decodeBase64 } from '../core/base64.ts';
import { decodeModel, type SavedModel } from '../formats/model.ts';
import { file as timing } from './timing.ts';
import { file as waveform } from './waveform.ts';

/**
 * A model of heartbeats that was trained on MIT-BIH and synthetic recordings: N, S or V, from the waveform of a beat, those of the beat
 * before it and of the patient's usual beat so far, and its timing relative to the rhythm before it.
 *
 * It is for research, and is not a medical device; `docs/model.md` says what it was trained on, how well it does on recordings
 * that it had not seen, and what it must not be used for. Each call decodes it anew.
 *
 * @example
 *     declare const record: EcgRecord;
 *     const { beats, notes } = annotateRecord(beatModel(), record);
 */
export function beatModel(): SavedModel {
  return decodeModel(decodeBase64(timing));
}

/**
 * One that was trained on MIT-BIH and is given the beat alone, without timing: it finds V, and S only by their shape, which is to say hardly.
 *
 * @example
 *     declare const record: EcgRecord;
 *     const { beats } = annotateRecord(waveformModel(), record);
 */
export function waveformModel(): SavedModel {
  return decodeModel(decodeBase64(waveform));
}
