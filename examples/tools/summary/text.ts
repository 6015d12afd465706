import type { Ectopy } from 'dynaecg/ecg';
import { count, counted, percentage } from '../../page/format.ts';
import { align } from '../../shared/text.ts';
import { elapsed, PAUSE, type Subject } from './subject.ts';

/** What every summary has to say of itself. */
export const DISCLAIMER = 'Research use, not a medical device.';

const ROW = 200; // ms of a row of the histogram
const BAR = 40; // characters of its longest bar

/** The summary as plain text of one screen. */
export function summaryText(subject: Subject): string {
  const { summary, name, lead } = subject;
  const { counts, heartRate, rr, pauses, unreadable, flutter } = summary;
  const classes = Object.entries(counts).map(([label, n]) => `${label} ${count(n)}`);
  const at = (sample: number): string => `at ${elapsed(sample, subject)}`;
  const rate = (of: { rate: number; start: number } | null): string =>
    of ? `${of.rate.toFixed(0)} ${at(of.start)}` : '-';
  const interval = (of: { seconds: number; start: number } | null): string =>
    of ? `${of.seconds.toFixed(2)} s ${at(of.start)}` : '-';
  const longest = [...pauses].sort((a, b) => b.seconds - a.seconds)[0];
  const rows: [title: string, ...lines: string[]][] = [
    ['beats', `${count(summary.beats)}: ${classes.join(', ')}; ${figure(summary.perHour)} an hour`],
    [
      'heart rate',
      `mean ${figure(heartRate.mean)}, lowest ${rate(heartRate.lowest)}, highest ${rate(heartRate.highest)}`,
    ],
    ['RR', `shortest ${interval(rr.shortest)}, longest ${interval(rr.longest)}`],
    [`pauses > ${PAUSE} s`, longest ? `${pauses.length}, the longest ${interval(longest)}` : 'none'],
    ['S', ...ectopy(summary.supraventricular, at)],
    ['V', ...ectopy(summary.ventricular, at)],
    ['unreadable', `${unreadable.seconds.toFixed(1)} s, ${percentage(unreadable.share ?? 0)}`],
    ...(flutter.seconds > 0 ? [['flutter', `${flutter.seconds.toFixed(1)} s`] satisfies [string, string]] : []),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return [
    `Summary of ${name}, lead ${lead}, ${elapsed(summary.end, subject)}; rates per minute, lowest and highest over 8 RR`,
    ...rows.flatMap(([title, ...lines]) =>
      lines.map((line, i) => `  ${(i === 0 ? title : '').padEnd(width)}  ${line}`),
    ),
    'RR intervals, s',
    ...bars(subject).map((line) => `  ${line}`),
    DISCLAIMER,
  ]
    .join('\n')
    .replaceAll('\u00a0', ' ');
}

const figure = (x: number | null): string => (x === null ? '-' : count(Math.round(x)));

function ectopy({ beats, share, perHour, ...of }: Ectopy, at: (sample: number) => string): string[] {
  if (beats === 0) return ['none'];
  const longest = [...of.runs].sort((a, b) => b.beats - a.beats)[0];
  const fastest = [...of.runs].sort((a, b) => b.rate - a.rate)[0];
  const patterns = (['bigeminy', 'trigeminy'] as const)
    .filter((name) => of[name].episodes > 0)
    .map((name) => `${counted(of[name].episodes, 'episode')} of ${name}`);
  const details = [
    ...(longest ? [`longest run ${longest.beats} beats ${at(longest.start)}`] : []),
    ...(fastest ? [`fastest ${fastest.rate.toFixed(0)} ${at(fastest.start)}`] : []),
    ...patterns,
  ];
  return [
    `${count(beats)}, ${percentage(share!)}, ${figure(perHour)} an hour: ${count(of.single)} single, ${counted(of.couplets, 'couplet')}, ${counted(of.runs.length, 'run')}`,
    ...(details.length > 0 ? [details.join(', ')] : []),
  ];
}

/** The histogram in rows from the first to the last that is not empty. */
function bars({ summary: { histogram, rr } }: Subject): string[] {
  const { width, counts, above } = histogram;
  const merged = ROW / width;
  const rows = Array.from({ length: counts.length / merged }, (_, i) => {
    const from = (i * ROW) / 1000;
    const n = counts.slice(i * merged, (i + 1) * merged).reduce((sum, c) => sum + c, 0);
    return { title: `${from.toFixed(1)} to ${(from + ROW / 1000).toFixed(1)}`, n };
  });
  rows.push({ title: `${((counts.length * width) / 1000).toFixed(1)} and more`, n: above });
  if (rr.count === 0) return ['none'];
  const first = rows.findIndex(({ n }) => n > 0);
  const last = rows.map(({ n }) => n > 0).lastIndexOf(true);
  const shown = rows.slice(first, last + 1);
  const most = Math.max(...shown.map(({ n }) => n));
  const lines = align(shown.map(({ title, n }) => [title, String(n)]));
  return lines.map((line, i) => `${line}  ${'#'.repeat(Math.ceil((BAR * shown[i].n) / most))}`);
}
