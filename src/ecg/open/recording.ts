import { escapeText } from '../../core/escapeText.ts';
import type { Annotation } from '../wfdb/annotation.ts';
import type { ReadProblem } from '../wfdb/problems.ts';
import type { RecordOptions } from '../wfdb/readRecord.ts';
import type { EcgRecord } from '../wfdb/record.ts';

/** What a recording was read from. */
export type RecordingFormat = 'WFDB' | 'EDF' | 'EDF+' | 'BDF' | 'BDF+' | 'CSV' | 'ISHNE' | 'MATLAB 4' | 'ATC';

/** A recording read from a file of any known format. */
export interface Recording extends EcgRecord {
  format: RecordingFormat;
  /** What was guessed, converted, left out or is missing, a sentence each, printable as it is; empty if the file says everything. */
  notes: string[];
  /** What could not be read of a WFDB record, with the option `partial`. */
  problems: ReadProblem[];
}

/** Options of `openRecording`; those of `readRecord`, `frames` and `flac`, are of WFDB records. */
export interface OpenOptions extends RecordOptions {
  /** Name of the recording; of several WFDB records that are given, the one to read.
   * @defaultValue the name in the header of a WFDB record, otherwise that of the file without suffix, or `recording` */
  name?: string;
  /** Samples per second, Hz; for CSV and MATLAB, whose files often do not say. It takes precedence over the times in a file.
   * @defaultValue what the file says, or its times */
  rate?: number;
  /** Unit of the numbers in the file, such as `uV`; for CSV and MATLAB.
   * @defaultValue what the file says, or a guess from the height of the signal */
  unit?: string;
  /** Names of the leads to read: labels in an EDF file, columns of a CSV file.
   * @defaultValue those that look like an ECG */
  leads?: readonly string[];
  /** Suffix of the annotation file of a WFDB record; `false` reads none.
   * @defaultValue `'atr'`, if there is such a file */
  annotator?: string | false;
  /** Reads what can be read of a WFDB record, with `problems`; of other formats, that is always so, with notes.
   * @defaultValue false */
  partial?: boolean;
}

/** A lead without a digital side: what all readers but that of WFDB return. */
export interface PlainLead {
  name: string;
  units: string;
  samples: Float32Array;
}

/** What a reader of one format returns. */
export interface Opened {
  format: RecordingFormat;
  rate: number;
  leads: PlainLead[];
  annotations?: Annotation[];
  comments?: string[];
  /** Such as `13:05:00`. */
  baseTime?: string | null;
  /** Such as `25/4/1989`. */
  baseDate?: string | null;
  notes: string[];
}

const LARGEST = 1e20; // of a sample: far beyond any signal, and within what WFDB can hold

/** The recording of what a reader returned; it can be written as a WFDB record, whatever the file has in its texts and numbers. */
export function recordingOf(name: string, opened: Opened): Recording {
  const { format, rate, leads, annotations = [], comments = [], baseTime = null, baseDate = null } = opened;
  let beyond = 0;
  for (const { samples } of leads)
    for (let i = 0; i < samples.length; i++)
      if (Math.abs(samples[i]) > LARGEST) {
        samples[i] = Number.NaN;
        beyond++;
      }
  const notes =
    beyond > 0 ? [...opened.notes, `${counted(beyond, 'sample')} beyond ${LARGEST}, taken as NaN`] : opened.notes;
  return {
    name,
    samplingFrequency: rate,
    leads: leads.map((lead) => ({
      ...lead,
      name: lead.name.replace(LINE_END, ' ').trim() || 'ECG',
      units: lead.units.trim().replace(/\s+/g, '_') || NO_UNIT,
    })),
    annotations,
    comments: comments.map((text) => text.replace(LINE_END, ' ')),
    customLabels: [],
    baseTime,
    baseDate: baseTime === null ? null : baseDate, // as in a WFDB header
    format,
    notes: notes.map(escapeText),
    problems: [],
  };
}

const LINE_END = /[\r\n]+/g;
const NO_UNIT = 'NU'; // as wfdb-python writes it

/** A file's name as that of a record, which has letters, digits, _ and - only. */
export function recordName(file: string): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return base.replace(/(?!^)\.\w+$/, '').replace(/[^-\w]/g, '_') || 'recording';
}

/** `1 sample`, `2 samples`. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
