import { latin1 } from '../../formats/latin1.ts';
import type { Annotation } from '../wfdb/annotation.ts';
import { counted } from './recording.ts';

/** A time-stamped annotation list: texts at one time. */
export interface Tal {
  /** Seconds from the start of the file. */
  onset: number;
  /** Seconds, or null if none is given. */
  duration: number | null;
  /** Texts, a character per byte of their UTF-8; empty ones are left out. */
  texts: string[];
}

const END = 0;
const AFTER_TEXT = 0x14;
const BEFORE_DURATION = '\x15';
const ONSET = /^[-+]\d{1,12}(?:\.\d*)?$/;
const DURATION = /^\d{1,12}(?:\.\d*)?$/;

/**
 * The lists in the bytes of one data record of an annotations signal, and the number of those that are malformed: onset, then
 * a duration after 0x15 if there is one, 0x14, texts that each end in 0x14, and 0; zeros fill the rest.
 *
 * @see EDF+, 2.2.2
 */
export function readTals(bytes: Uint8Array): { tals: Tal[]; malformed: number } {
  const tals: Tal[] = [];
  let malformed = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === END) {
      at++;
      continue;
    }
    const found = bytes.indexOf(END, at);
    const end = found < 0 ? bytes.length : found;
    const tal = readTal(bytes.subarray(at, end));
    if (tal) tals.push(tal);
    else malformed++;
    at = end + 1;
  }
  return { tals, malformed };
}

function readTal(bytes: Uint8Array): Tal | null {
  const head = bytes.indexOf(AFTER_TEXT);
  if (head < 0) return null;
  const [onset, duration, ...rest] = latin1(bytes.subarray(0, head)).split(BEFORE_DURATION);
  if (!ONSET.test(onset) || rest.length > 0 || (duration !== undefined && !DURATION.test(duration))) return null;
  const texts = latin1(bytes.subarray(head + 1)).split('\x14');
  return {
    onset: Number(onset),
    duration: duration === undefined ? null : Number(duration),
    texts: texts.filter((text) => text !== ''),
  };
}

const LONGEST_AUX = 255; // bytes, of WFDB's annotations

/**
 * Lists as WFDB's notes (`"`) with the text, ordered by time, as samples at `rate` from second `zero`; those outside of the
 * signal's length are left out.
 */
export function notesOf(
  tals: readonly Tal[],
  zero: number,
  rate: number,
  length: number,
  notes: string[],
): Annotation[] {
  const annotations: Annotation[] = [];
  let [outside, cut, durations] = [0, 0, 0];
  for (const { onset, duration, texts } of tals) {
    const sample = Math.round((onset - zero) * rate) + 0; // not -0
    if (sample < 0 || sample >= length) {
      outside += texts.length;
      continue;
    }
    if (duration !== null && duration > 0) durations += texts.length;
    for (const text of texts) {
      if (text.length > LONGEST_AUX) cut++;
      annotations.push({ sample, label: '"', subtype: 0, channel: 0, num: 0, aux: text.slice(0, LONGEST_AUX) });
    }
  }
  if (outside > 0) notes.push(`${counted(outside, 'annotation')} before or after the signal left out`);
  if (cut > 0) notes.push(`${counted(cut, 'annotation')} cut to ${LONGEST_AUX} bytes`);
  if (durations > 0) notes.push(`durations of ${counted(durations, 'annotation')} left out`);
  return annotations.sort((a, b) => a.sample - b.sample);
}
