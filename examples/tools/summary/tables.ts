import type { Ectopy } from 'dynaecg/ecg';
import { count, counted, decimal, percentage } from '../../page/format.ts';
import { type Content, type Html, html, scroll } from '../../page/html.ts';
import { elapsed, PAUSE, type Subject, span } from './subject.ts';

const LISTED = 100; // rows of a list of events

const figure = (x: number | null): string => (x === null ? decimal(Number.NaN, 0) : count(Math.round(x)));
const share = (x: number | null): string => percentage(x ?? Number.NaN);

/** A table with one row for each thing. */
export function table(label: string, head: readonly Content[], rows: readonly (readonly Content[])[]): Html {
  return scroll(
    label,
    html`<table>
<thead><tr>${head.map((cell) => (cell === '' ? html`<td></td>` : html`<th scope="col">${cell}</th>`))}</tr></thead>
<tbody>
${rows.map(([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table>`,
  );
}

/** Beats, rates and intervals. */
export function overview(subject: Subject): Html {
  const { summary } = subject;
  const { counts, heartRate, rr, unreadable, flutter } = summary;
  const rate = (of: { rate: number; start: number } | null): string =>
    of ? `${of.rate.toFixed(0)} per minute, from ${elapsed(of.start, subject)}` : '–';
  const interval = (of: { seconds: number; start: number } | null): string =>
    of ? `${of.seconds.toFixed(2)} s, from ${elapsed(of.start, subject)}` : '–';
  const facts: [string, Content][] = [
    ['recorded', `${span(summary.seconds)}, of which ${span(summary.analyzed)} analyzed`],
    [
      'unreadable',
      `${unreadable.seconds.toFixed(1)} s, ${share(unreadable.share)}; ${count(unreadable.beats)} beats in it, not counted`,
    ],
    ...(flutter.seconds > 0
      ? [['ventricular flutter or fibrillation', `${flutter.seconds.toFixed(1)} s`] satisfies [string, Content]]
      : []),
    ['beats', `${count(summary.beats)}, ${figure(summary.perHour)} an hour`],
    [
      'by class',
      Object.entries(counts)
        .map(([name, n]) => `${name} ${count(n)}`)
        .join(', '),
    ],
    ['mean heart rate', `${figure(heartRate.mean)} per minute`],
    ['lowest heart rate', rate(heartRate.lowest)],
    ['highest heart rate', rate(heartRate.highest)],
    ['shortest RR', interval(rr.shortest)],
    ['longest RR', interval(rr.longest)],
    [`pauses of more than ${PAUSE} s`, count(summary.pauses.length)],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;
}

const ECTOPY: [string, (of: Ectopy) => string][] = [
  ['beats', ({ beats }) => count(beats)],
  ['share of all beats', (of) => share(of.share)],
  ['an hour', ({ perHour }) => figure(perHour)],
  ['single', ({ single }) => count(single)],
  ['couplets', ({ couplets }) => count(couplets)],
  ['runs of 3 and more', ({ runs }) => count(runs.length)],
  ['longest run, beats', ({ runs }) => (runs.length > 0 ? count(Math.max(...runs.map((run) => run.beats))) : '–')],
  ['fastest run, per minute', ({ runs }) => (runs.length > 0 ? figure(Math.max(...runs.map((run) => run.rate))) : '–')],
  ['episodes of bigeminy', ({ bigeminy }) => count(bigeminy.episodes)],
  ['ectopic beats in them', ({ bigeminy }) => count(bigeminy.beats)],
  ['episodes of trigeminy', ({ trigeminy }) => count(trigeminy.episodes)],
  ['ectopic beats in them', ({ trigeminy }) => count(trigeminy.beats)],
];

/** S and V next to each other. */
export function ectopyTable({ summary: { supraventricular, ventricular } }: Subject): Html {
  return table(
    'Counts of ectopic beats',
    ['', 'S', 'V'],
    ECTOPY.map(([title, of]) => [title, of(supraventricular), of(ventricular)]),
  );
}

/** Hour by hour, by the clock if the recording says when it began. */
export function hourTable(subject: Subject): Html {
  const rows = subject.summary.hours.map(({ start, clock, ...hour }) => [
    clock === null ? span(start / subject.record.samplingFrequency) : `${String(clock).padStart(2, '0')}:00`,
    count(hour.beats),
    figure(hour.heartRate),
    count(hour.supraventricular),
    count(hour.ventricular),
    count(hour.pauses),
    span(hour.analyzed),
  ]);
  return table('Hours', ['hour', 'beats', 'mean rate', 'S', 'V', 'pauses', 'analyzed'], rows);
}

/** Every run and pause in order of time, up to a number of them. */
export function eventTables(subject: Subject): Html {
  const { ventricular, supraventricular, pauses } = subject.summary;
  const runs = [
    ...ventricular.runs.map((run) => ({ ...run, label: 'V' })),
    ...supraventricular.runs.map((run) => ({ ...run, label: 'S' })),
  ].sort((a, b) => a.start - b.start);
  const rows = runs.map(({ start, label, beats, seconds, rate }) => [
    elapsed(start, subject),
    label,
    count(beats),
    seconds.toFixed(1),
    rate.toFixed(0),
  ]);
  const silent = pauses.map(({ start, seconds }) => [elapsed(start, subject), seconds.toFixed(2)]);
  return html`${list('run', ['from', 'class', 'beats', 's', 'per minute'], rows)}${list('pause', ['from', 's'], silent)}`;
}

const OPEN = 10; // rows of a list that is not folded

function list(noun: string, head: readonly string[], rows: readonly string[][]): Html {
  if (rows.length === 0) return html`<p>No ${noun}.</p>`;
  const left = rows.length - LISTED;
  const body = html`${table(`${noun}s`, head, rows.slice(0, LISTED))}${left > 0 ? html`<p>The first ${count(LISTED)}; ${count(left)} more are left out.</p>` : null}`;
  const title = counted(rows.length, noun);
  return rows.length > OPEN
    ? html`<details><summary>${title}</summary>${body}</details>`
    : html`<h3>${title}</h3>${body}`;
}
