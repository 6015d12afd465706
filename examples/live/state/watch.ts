import type { Detail, ModelCard, ShownBeat, WatchReport } from '../protocol.ts';

type Report<K extends WatchReport['kind']> = Extract<WatchReport, { kind: K }>;

/** What *watch* shows. */
export interface WatchState {
  phase: 'empty' | 'opening' | 'paused' | 'running' | 'ended';
  model: ModelCard | null;
  recording: Omit<Report<'opened'>, 'kind'> | null;
  trace: Trace;
  /** the newest ones */
  beats: readonly ShownBeat[];
  /** of all beats so far, by class */
  counts: Readonly<Record<string, number>>;
  /** of beats that did not come late */
  delay: { beats: number; sum: number; most: number };
  late: number;
  /** what happened to the signal, the newest last */
  notes: Report<'streamed'>['notes'];
  /** ms of computation so far */
  took: number;
  detail: Detail | null;
}

/** The newest samples of a recording, oldest first. */
export interface Trace {
  /** index of the first sample */
  start: number;
  samples: Float32Array;
}

const SHOWN = 12; // s of signal, more than any screen shows
const LISTED = 60; // beats, which is more than the trace has
const NOTED = 3; // notes
const RATE = 5; // beats, whose intervals make the heart rate: a quarter of those that the eye takes in

const EMPTY: Pick<WatchState, 'trace' | 'beats' | 'counts' | 'delay' | 'late' | 'notes' | 'took' | 'detail'> = {
  trace: { start: 0, samples: new Float32Array(0) },
  beats: [],
  counts: {},
  delay: { beats: 0, sum: 0, most: 0 },
  late: 0,
  notes: [],
  took: 0,
  detail: null,
};

export const freshWatch: WatchState = { phase: 'empty', model: null, recording: null, ...EMPTY };

/** The state after a report of the worker. What could not be opened or loaded changes nothing. */
export function watchAfter(state: WatchState, report: WatchReport): WatchState {
  switch (report.kind) {
    case 'loaded':
      return { ...state, model: report.card };
    case 'opened': {
      const { kind: _, ...recording } = report;
      return { ...state, ...EMPTY, phase: 'paused', recording };
    }
    case 'streamed':
      return streamed(state, report);
    case 'paused':
      return state.phase === 'running' ? { ...state, phase: 'paused' } : state;
    case 'ended':
      return { ...state, phase: 'ended' };
    case 'failed':
      return state.phase === 'opening' ? { ...state, phase: 'empty' } : state; // what runs goes on
    default:
      return state;
  }
}

function streamed(state: WatchState, { from, samples, beats, notes, took, detail }: Report<'streamed'>): WatchState {
  const counts = { ...state.counts };
  for (const { label } of beats) counts[label] = (counts[label] ?? 0) + 1;
  const delays = beats.filter(({ late }) => !late).map(({ delay }) => delay);
  return {
    ...state,
    trace: longer(state.trace, from, samples, Math.ceil(SHOWN * state.recording!.rate)),
    beats: [...state.beats, ...beats].slice(-LISTED),
    counts,
    delay: {
      beats: state.delay.beats + delays.length,
      sum: delays.reduce((sum, delay) => sum + delay, state.delay.sum),
      most: Math.max(state.delay.most, ...delays),
    },
    late: state.late + beats.length - delays.length,
    notes: notes.length > 0 ? [...state.notes, ...notes].slice(-NOTED) : state.notes,
    took: state.took + took,
    detail: detail ?? state.detail,
  };
}

function longer({ start, samples: old }: Trace, from: number, added: Float32Array, most: number): Trace {
  const kept =
    from === start + old.length ? old.subarray(Math.max(0, old.length + added.length - most)) : old.subarray(0, 0);
  const samples = new Float32Array(kept.length + added.length);
  samples.set(kept);
  samples.set(added, kept.length);
  return { start: from - kept.length, samples };
}

/** Number of all beats so far. */
export const beatsSoFar = ({ counts }: WatchState): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

/** Beats a minute, by the median of the newest intervals; NaN before there are two beats. */
export function heartRate({ beats, recording }: WatchState): number {
  const last = beats.slice(-RATE - 1).map(({ sample }) => sample);
  const intervals = last.slice(1).map((sample, i) => sample - last[i]);
  intervals.sort((a, b) => a - b);
  return intervals.length > 0 ? (60 * recording!.rate) / intervals[intervals.length >> 1] : Number.NaN;
}
