import type { AamiClass } from '../classes.ts';
import type { Rhythm } from './readRhythm.ts';

/** Three or more ectopic beats of one class in a row. */
export interface EctopicRun {
  /** Sample of the first beat. */
  start: number;
  /** Sample of the last beat. */
  end: number;
  beats: number;
  /** From the first beat to the last, s. */
  seconds: number;
  /** 60 (beats - 1) / seconds, per minute. */
  rate: number;
}

/** Episodes in which every second, or every third, beat is ectopic. */
export interface EctopicPattern {
  episodes: number;
  /** Ectopic beats in the episodes. */
  beats: number;
}

/** The ectopic beats of one class; `beats` = `single` + 2 `couplets` + those of all `runs`. */
export interface Ectopy {
  beats: number;
  /** The burden: beats / beats of all classes, from 0 to 1; null if there is no beat. */
  share: number | null;
  /** Beats per hour in which beats could be read; null if there is no such time. */
  perHour: number | null;
  /** Without another of the class next to them, also in bigeminy and trigeminy. */
  single: number;
  /** Two in a row. */
  couplets: number;
  /** Three or more in a row, in order of time. */
  runs: EctopicRun[];
  /** N V N V N V: three or more single ones, with one N between each and the next. */
  bigeminy: EctopicPattern;
  /** N N V N N V N N V: three or more single ones, with two N between each and the next. */
  trigeminy: EctopicPattern;
}

const RUN = 3; // beats
const EPISODE = 3; // ectopic beats

/** The ectopic beats of a class; `hours` are those in which beats could be read. */
export function ectopyOf(rhythm: Rhythm, beatClass: AamiClass, hours: number): Ectopy {
  const { samples, classes, samplingFrequency } = rhythm;
  const rows = inARow(rhythm, beatClass);
  const beats = classes.filter((c) => c === beatClass).length;
  const singles = rows.filter(({ length }) => length === 1).map(({ from }) => from);
  return {
    beats,
    share: classes.length > 0 ? beats / classes.length : null,
    perHour: hours > 0 ? beats / hours : null,
    single: singles.length,
    couplets: rows.filter(({ length }) => length === 2).length,
    runs: rows
      .filter(({ length }) => length >= RUN)
      .map(({ from, length }) => {
        const [start, end] = [samples[from], samples[from + length - 1]];
        const seconds = (end - start) / samplingFrequency;
        return { start, end, beats: length, seconds, rate: (60 * (length - 1)) / seconds };
      }),
    bigeminy: patternOf(rhythm, singles, 2),
    trigeminy: patternOf(rhythm, singles, 3),
  };
}

interface Row {
  from: number;
  length: number;
}

/** Beats of a class without another beat, or a gap, between them. */
function inARow({ classes, intervals }: Rhythm, beatClass: AamiClass): Row[] {
  const rows: Row[] = [];
  classes.forEach((c, i) => {
    if (c !== beatClass) return;
    const row = rows[rows.length - 1];
    if (row && row.from + row.length === i && !Number.isNaN(intervals[i])) row.length++;
    else rows.push({ from: i, length: 1 });
  });
  return rows;
}

/** Chains of single beats, each `period` beats after the one before, with N between. */
function patternOf({ classes, intervals }: Rhythm, singles: readonly number[], period: number): EctopicPattern {
  const pattern: EctopicPattern = { episodes: 0, beats: 0 };
  const follows = (k: number): boolean => {
    const i = singles[k];
    if (k === 0 || i - singles[k - 1] !== period) return false;
    const normal = classes.slice(i - period + 1, i).every((c) => c === 'N');
    return normal && !intervals.slice(i - period + 1, i + 1).some(Number.isNaN);
  };
  let chain = 0;
  singles.forEach((_, k) => {
    chain = follows(k) ? chain + 1 : 1;
    if (chain === EPISODE) pattern.episodes++;
    if (chain >= EPISODE) pattern.beats += chain === EPISODE ? EPISODE : 1;
  });
  return pattern;
}
