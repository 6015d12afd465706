import { count, counted, duration, percentage } from '../../page/format.ts';
import { htmlPage } from '../../page/frame.ts';
import { type Content, type Html, html, scroll } from '../../page/html.ts';
import { drawStrip, GAIN, type Trace } from '../../page/strip.ts';
import { MOST, stripsOf } from './events.ts';
import { drawFigures } from './figures.ts';
import type { Subject } from './subject.ts';
import { ectopyTable, eventTables, hourTable, overview } from './tables.ts';
import { DISCLAIMER } from './text.ts';

const MILLIVOLTS: Readonly<Record<string, number>> = { V: 1e3, mV: 1, uV: 1e-3, µV: 1e-3, nV: 1e-6 };

/** The summary of a recording as one page that fetches nothing. */
export function summaryPage(subject: Subject): string {
  const sections: [id: string, heading: string, intro: Content, body: Content][] = [
    ['overview', 'Beats, rates and intervals', 'Times count from the start of the recording.', overview(subject)],
    ['ectopy', 'Ectopic beats', 'Supraventricular (S) and ventricular (V).', ectopyTable(subject)],
    ['course', 'Rate and intervals', null, drawFigures(subject)],
    ['hours', 'Hour by hour', null, hourTable(subject)],
    ['events', 'Runs and pauses', null, html`${strips(subject)}${eventTables(subject)}`],
    ['definitions', 'What the words mean', null, definitions()],
  ];
  return htmlPage(
    `Rhythm summary of ${subject.name}`,
    html`${head(subject)}
<main>${sections.map(
      ([id, heading, intro, body]) => html`
<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${intro === null ? null : html`<p class="intro">${intro}</p>`}
${body}
</section>`,
    )}
</main>`,
  );
}

function head({ name, lead, record, notes, summary }: Subject): Html {
  const { samplingFrequency, baseDate, baseTime } = record;
  const { supraventricular: s, ventricular: v, heartRate, pauses } = summary;
  const since = [baseDate, baseTime].filter(Boolean).join(' ');
  const longest = pauses.map(({ seconds }) => seconds).reduce((a, b) => Math.max(a, b), 0);
  const burden = ({ beats, share, runs }: typeof s): [Content, Content] => [
    html`${percentage(share ?? Number.NaN)}`,
    `${counted(beats, 'beat')}, ${counted(runs.length, 'run')}`,
  ];
  const verdicts: [string, Content, Content][] = [
    ['Heart rate', heartRate.mean === null ? '–' : heartRate.mean.toFixed(0), range(summary)],
    ['Supraventricular', ...burden(s)],
    ['Ventricular', ...burden(v)],
    [
      'Pauses',
      count(pauses.length),
      pauses.length > 0 ? `the longest ${longest.toFixed(2)} s` : 'none of more than 2 s',
    ],
  ];
  return html`<header>
<h1>Rhythm summary of ${name}</h1>
<p class="lead">Lead ${lead} at ${String(samplingFrequency)} Hz, ${duration(summary.seconds)}${since === '' ? null : `, from ${since}`}. The beats were classified by a model as normal (N), supraventricular ectopic (S), ventricular ectopic (V), fusion (F) or unclassified (Q), and nobody has checked them.</p>
<p class="note" role="note"><strong>${DISCLAIMER}</strong>${notes.length > 0 ? html` Of this recording: ${notes.map((note, i) => `${i > 0 ? '; ' : ''}${note}`)}.` : null}</p>
<div class="verdicts few">${verdicts.map(([title, value, detail]) => html`<div class="verdict"><h2>${title}</h2><p><strong>${value}</strong></p><p class="detail">${detail}</p></div>`)}</div>
</header>`;
}

function range({ heartRate: { lowest, highest } }: Subject['summary']): string {
  return lowest && highest ? `per minute, from ${lowest.rate.toFixed(0)} to ${highest.rate.toFixed(0)}` : 'per minute';
}

function strips(subject: Subject): Html | null {
  const { samples, record, beats, units } = subject;
  const { strips, left } = stripsOf(subject);
  if (strips.length === 0) return null;
  const millivolts = MILLIVOLTS[units];
  const gain = millivolts === undefined ? null : GAIN * millivolts;
  const trace: Trace = { samples, samplingFrequency: record.samplingFrequency, beats, gain };
  const height = gain === null ? `each drawn to fit, as its unit, ${units}, is not one of voltage` : '10 mm/mV';
  const more = left > 0 ? ` Of each kind, the longest in turn, ${MOST} in all; ${count(left)} more are left out.` : '';
  return html`<p class="intro">25 mm/s, ${height}, in print and on a screen that shows millimetres as such. Above: the class of each beat.${more}</p>
${strips.map((strip) => html`<figure class="strip"><figcaption>${strip.label}.</figcaption>${scroll(strip.label, drawStrip(strip, trace))}</figure>\n`)}`;
}

const WORDS: [string, string][] = [
  [
    'RR interval',
    'from a beat to the next, of any class; none across an unreadable stretch, ventricular flutter or fibrillation',
  ],
  ['mean heart rate', '60 times the number of RR intervals, divided by their sum in seconds'],
  ['lowest, highest heart rate', 'the mean of the slowest and of the fastest 8 successive RR intervals'],
  ['share of all beats', 'the burden: beats of the class by those of all classes'],
  ['an hour', 'by the hours that could be analyzed'],
  ['couplet, run', 'two, or three and more, ectopic beats of one class in a row; a run may be slower than tachycardia'],
  ['bigeminy, trigeminy', 'three or more single ectopic beats with one normal beat, or two, between each and the next'],
  ['pause', 'an RR interval of more than 2 s; it may also be one in which a beat was not found'],
];

function definitions(): Html {
  return html`<dl>${WORDS.map(([word, meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>\n`)}</dl>`;
}
