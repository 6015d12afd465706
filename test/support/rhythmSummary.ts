/** A summary of beats by plain loops over samples, and by patterns of text. */
import type { RhythmSummary, SummaryOptions } from 'dynaecg/ecg';

export interface Marked {
  sample: number;
  label: string;
}

const CLASS: Record<string, string> = {
  ...{ N: 'N', L: 'N', R: 'N', e: 'N', j: 'N', B: 'N', n: 'N', A: 'S', a: 'S', J: 'S', S: 'S' },
  ...{ V: 'V', E: 'V', r: 'V', F: 'F', '/': 'Q', f: 'Q', Q: 'Q', '?': 'Q' },
};

type Options = Required<Pick<SummaryOptions, 'samplingFrequency' | 'start' | 'end' | 'pause' | 'trend'>> & {
  unreadable: readonly { start: number; end: number }[];
  baseTime: string;
};

/** The definitions, sample by sample; shutdowns are not read, and no two `[` are without a `]` between them. */
export function naive(marks: readonly Marked[], options: Options): RhythmSummary {
  const { samplingFrequency: fs, pause, trend } = options;
  const [first, last] = [Math.round(options.start * fs), Math.round(options.end * fs)];
  const lost = new Set<number>();
  for (const { start, end } of options.unreadable) for (let s = start; s < end; s++) lost.add(s);
  const fluttering = new Set<number>();
  let open: number | null = null;
  for (const { sample, label } of [...marks].sort((a, b) => a.sample - b.sample)) {
    if (label === '[') open = sample;
    if (label === ']' && open !== null) for (let s = open; s < sample; s++) fluttering.add(s);
    if (label === ']') open = null;
  }
  // the part as text, a letter a sample: a class, a space, ~ for what is lost
  const letters: string[] = [];
  const bySample = new Map<number, Marked[]>();
  for (const one of marks) bySample.set(one.sample, [...(bySample.get(one.sample) ?? []), one]);
  let unreadableBeats = 0;
  for (let s = first; s < last; s++) {
    const here = (bySample.get(s) ?? []).filter(({ label }) => CLASS[label] && !fluttering.has(s));
    const classes = here.map(({ label }) => CLASS[label]);
    if (lost.has(s)) unreadableBeats += here.length;
    const strongest = ['V', 'S', 'F', 'Q', 'N'].find((c) => classes.includes(c));
    letters.push(lost.has(s) || fluttering.has(s) ? '~' : (strongest ?? ' '));
  }
  const signal = letters.join('');
  const intervals: { start: number; end: number }[] = [];
  for (let s = 0; s < signal.length; s++) {
    if (!/[NSVFQ]/.test(signal[s])) continue;
    const next = /^. *[NSVFQ]/.exec(signal.slice(s));
    if (next) intervals.push({ start: first + s, end: first + s + next[0].length - 1 });
  }
  const at = (n: number): number => n / fs;
  const length = ({ start, end }: { start: number; end: number }): number => end - start;
  const rateOf = (some: readonly { start: number; end: number }[]): number | null =>
    some.length ? (60 * some.length) / at(some.reduce((sum, rr) => sum + length(rr), 0)) : null;
  const windows: { rate: number; start: number; end: number }[] = [];
  for (let i = 0; i + 8 <= intervals.length; i++) {
    const eight = intervals.slice(i, i + 8);
    if (eight.every((rr, k) => k === 0 || rr.start === eight[k - 1].end))
      windows.push({ rate: rateOf(eight)!, start: eight[0].start, end: eight[7].end });
  }
  const byRate = [...windows].sort((a, b) => length(b) - length(a) || a.start - b.start);
  const byRateDown = [...windows].sort((a, b) => length(a) - length(b) || a.start - b.start);
  const byLength = [...intervals].sort((a, b) => length(a) - length(b) || a.start - b.start);
  const byLengthDown = [...intervals].sort((a, b) => length(b) - length(a) || a.start - b.start);
  const timed = (rr: { start: number; end: number } | undefined) => (rr ? { ...rr, seconds: at(length(rr)) } : null);
  const pauses = intervals.filter((rr) => length(rr) / fs > pause).map((rr) => timed(rr)!);

  const beats = signal.replace(/[ ~]/g, '').length;
  const analyzed = at(signal.replace(/~/g, '').length);
  const ectopy = (c: string) => {
    const rows = signal.match(new RegExp(`${c}( *${c})*`, 'g')) ?? [];
    const sizes = rows.map((row) => row.replace(/ /g, '').length);
    const runs = [...signal.matchAll(new RegExp(`${c}(?: *${c}){2,}`, 'g'))].map(({ 0: row, index }) => {
      const [n, seconds] = [row.replace(/ /g, '').length, at(row.length - 1)];
      return {
        start: first + index,
        end: first + index + row.length - 1,
        beats: n,
        seconds,
        rate: (60 * (n - 1)) / seconds,
      };
    });
    // rows of two and more in small letters, so that capitals are single
    const single = signal.replace(new RegExp(`${c}( *${c})+`, 'g'), (row) => row.toLowerCase()).replace(/ /g, '');
    const pattern = (between: string) => {
      const episodes = single.match(new RegExp(`${c}(${between}${c}){2,}`, 'g')) ?? [];
      return { episodes: episodes.length, beats: episodes.join('').replace(/N/g, '').length };
    };
    const n = signal.split(c).length - 1;
    return {
      ...{ beats: n, share: beats ? n / beats : null, perHour: analyzed > 0 ? n / (analyzed / 3600) : null },
      ...{ single: sizes.filter((k) => k === 1).length, couplets: sizes.filter((k) => k === 2).length, runs },
      ...{ bigeminy: pattern('N'), trigeminy: pattern('NN') },
    };
  };
  const counts = { width: 50, counts: new Array<number>(60).fill(0), above: 0 };
  for (const rr of intervals) {
    let bin = 0;
    while (bin < 60 && (bin + 1) * 50 * fs <= 1000 * length(rr)) bin++;
    if (bin < 60) counts.counts[bin]++;
    else counts.above++;
  }
  const ending = (from: number, to: number) => intervals.filter(({ end }) => end >= from && end < to);
  const points: RhythmSummary['trend'] = [];
  for (let k = 0; first + Math.round(k * trend * fs) < last; k++) {
    const start = first + Math.round(k * trend * fs);
    points.push({ start, rate: rateOf(ending(start, first + Math.round((k + 1) * trend * fs))) });
  }
  const [h, m, s] = options.baseTime.split(':').map(Number);
  const hours: RhythmSummary['hours'] = [];
  for (let hour = 0; hour < 60; hour++) {
    const border = (k: number): number => Math.round((k * 3600 - (h * 3600 + m * 60 + s)) * fs);
    const [start, end] = [Math.max(first, border(hour)), Math.min(last, border(hour + 1))];
    if (start >= end) continue;
    const own = signal.slice(start - first, end - first);
    const count = (c: RegExp): number => (own.match(c) ?? []).length;
    hours.push({
      ...{ start, end, clock: hour % 24, beats: count(/[NSVFQ]/g), supraventricular: count(/S/g) },
      ...{ ventricular: count(/V/g), heartRate: rateOf(ending(start, end)) },
      ...{ pauses: pauses.filter((p) => p.end >= start && p.end < end).length, analyzed: at(count(/[^~]/g)) },
    });
  }
  const stretchesOf = (within: ReadonlySet<number>) => {
    const found: { start: number; end: number }[] = [];
    for (let s = first; s < last; s++)
      if (within.has(s) && (s === first || !within.has(s - 1))) found.push({ start: s, end: s + 1 });
      else if (within.has(s)) found[found.length - 1].end = s + 1;
    return found;
  };
  const [unreadable, flutter] = [stretchesOf(lost), stretchesOf(fluttering)];
  const total = (some: readonly { start: number; end: number }[]): number => some.reduce((n, rr) => n + length(rr), 0);
  const each = (c: string): number => signal.split(c).length - 1;
  return {
    ...{ start: first, end: last, seconds: at(last - first), analyzed },
    unreadable: {
      seconds: at(total(unreadable)),
      share: last > first ? total(unreadable) / (last - first) : null,
      ...{ beats: unreadableBeats, stretches: unreadable },
    },
    flutter: { seconds: at(total(flutter)), stretches: flutter },
    ...{ beats, perHour: analyzed > 0 ? beats / (analyzed / 3600) : null },
    counts: { N: each('N'), S: each('S'), V: each('V'), F: each('F'), Q: each('Q') },
    heartRate: { mean: rateOf(intervals), lowest: byRate[0] ?? null, highest: byRateDown[0] ?? null },
    ...{ supraventricular: ectopy('S'), ventricular: ectopy('V') },
    rr: { count: intervals.length, shortest: timed(byLength[0]), longest: timed(byLengthDown[0]) },
    ...{ pauses, histogram: counts, trend: points, hours },
  };
}
