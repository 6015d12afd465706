import type { RhythmSummary } from 'dynaecg/ecg';
import { classColour } from '../../page/classes.ts';
import type { Strip } from '../../page/strip.ts';
import { elapsed, type Subject } from './subject.ts';

/** Strips on a page. */
export const MOST = 20;

const LONGEST = 7; // s, as much of a run as a sheet of A4 takes at 25 mm/s
const LONGEST_PAUSE = 12; // s, of a pause with the beats around it
const BEFORE = 1.5; // s

/** What gets a strip. */
interface Event {
  kind: 'V' | 'S' | 'pause';
  start: number;
  end: number;
  /** the longest come first: beats, or seconds */
  size: number;
  /** in words */
  text: string;
  /** above the trace */
  short: string;
}

function eventsOf({ ventricular, supraventricular, pauses }: RhythmSummary): Event[][] {
  const runs = (kind: 'V' | 'S', of: typeof ventricular.runs): Event[] =>
    of.map(({ start, end, beats, rate, seconds }) => {
      const text = `run of ${beats} ${kind}, ${seconds.toFixed(1)} s, ${rate.toFixed(0)} per minute`;
      return { kind, start, end, size: beats, text, short: `${beats} ${kind}, ${rate.toFixed(0)}/min` };
    });
  const silent = pauses.map(({ start, end, seconds }): Event => {
    return {
      kind: 'pause',
      start,
      end,
      size: seconds,
      text: `pause of ${seconds.toFixed(2)} s`,
      short: `${seconds.toFixed(2)} s`,
    };
  });
  return [runs('V', ventricular.runs), silent, runs('S', supraventricular.runs)];
}

/** The strips of runs and pauses in order of time, and how many more there would be: of each kind the longest, in turn. */
export function stripsOf(subject: Subject): { strips: Strip[]; left: number } {
  const kinds = eventsOf(subject.summary).map((events) =>
    [...events].sort((a, b) => b.size - a.size || a.start - b.start),
  );
  const longest = Math.max(...kinds.map((events) => events.length));
  const inTurn = Array.from({ length: longest }, (_, i) => kinds.flatMap((events) => events[i] ?? [])).flat();
  const shown = inTurn.slice(0, MOST).sort((a, b) => a.start - b.start);
  return { strips: shown.map((event) => stripOf(event, subject)), left: inTurn.length - shown.length };
}

function stripOf({ kind, start, end, text, short }: Event, subject: Subject): Strip {
  const { record, samples } = subject;
  const { samplingFrequency: fs } = record;
  const from = Math.max(0, start - Math.round(BEFORE * fs));
  const wanted = kind === 'pause' ? Math.min(end - from + BEFORE * fs, LONGEST_PAUSE * fs) : 0;
  const to = Math.min(samples.length, from + Math.round(Math.max(LONGEST * fs, wanted)));
  const cut = end >= to ? `, of which the first ${((to - start) / fs).toFixed(1)} s are shown` : '';
  return {
    start: from,
    end: to,
    event: { start, end, colour: kind === 'pause' ? 'var(--ink)' : classColour(kind), text: short },
    label: `At ${elapsed(start, subject)}: ${text}${cut}`,
  };
}
