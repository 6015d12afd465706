import { printable } from 'dynaecg';
import {
  type AnnotatedRecord,
  type Annotation,
  type EcgRecord,
  isBeat,
  type RhythmSummary,
  summarizeRhythm,
} from 'dynaecg/ecg';
import { clock } from '../../page/format.ts';

/** What is summarized: a recording, its beats, and how it was read. */
export interface Subject {
  record: Pick<EcgRecord, 'samplingFrequency' | 'baseTime' | 'baseDate'>;
  /** without characters that a terminal would obey, as are all texts here */
  name: string;
  lead: string;
  units: string;
  /** of the lead, upside down if it was read so */
  samples: Float32Array;
  beats: AnnotatedRecord['beats'];
  notes: string[];
  summary: RhythmSummary;
  /** of the parts of the trend, s */
  step: number;
}

/** The limit of a pause, s. */
export const PAUSE = 2;

const SHORT = 600; // s; the trend of a longer recording has a point a minute
const STEPS = { short: 10, long: 60 }; // s

/** How a recording was read. */
export interface Reading {
  /** whether its lead was turned upside down */
  invert?: boolean;
  /** annotations that the R peaks are of: ventricular flutter and shutdowns among them interrupt the rhythm, and are no pauses */
  given?: readonly Annotation[];
}

/** Summarizes the beats of a recording. */
export function subjectOf(
  record: EcgRecord,
  annotated: AnnotatedRecord,
  { invert = false, given = [] }: Reading,
): Subject {
  const { samplingFrequency, baseTime } = record;
  const { beats, unreadable, notes } = annotated;
  const lead = record.leads.find(({ name }) => name === annotated.lead)!;
  const end = lead.samples.length / samplingFrequency;
  const step = end > SHORT ? STEPS.long : STEPS.short;
  return {
    record,
    name: printable(record.name),
    lead: printable(lead.name),
    units: printable(lead.units),
    samples: invert ? lead.samples.map((v) => -v) : lead.samples,
    beats,
    notes: notes.map(printable),
    summary: summarizeRhythm([...beats, ...given.filter(({ label }) => !isBeat(label))], {
      samplingFrequency,
      end,
      unreadable,
      baseTime,
      pause: PAUSE,
      trend: step,
    }),
    step,
  };
}

/** Where a sample is, from the start, to a tenth of a second: `0:01:02.3`. */
export function elapsed(sample: number, { record: { samplingFrequency } }: Subject): string {
  return tenthsAsText(Math.round((10 * sample) / samplingFrequency));
}

/** A length in seconds: `0:01:02`. */
export const span = (seconds: number): string => tenthsAsText(10 * Math.round(seconds)).slice(0, -'.0'.length);

function tenthsAsText(tenths: number): string {
  const text = clock(tenths, 10).slice(0, -'00'.length); // which has thousandths
  return text.split(':').length === 2 ? `0:${text}` : text;
}
