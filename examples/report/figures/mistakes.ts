import { classColour } from '../../page/classes.ts';
import { clock, count, counted, percentage } from '../../page/format.ts';
import { figure, type Html, html, scroll } from '../../page/html.ts';
import { panel } from '../../page/panel.ts';
import { drawStrip, GAIN } from '../../page/strip.ts';
import type { MistakeMetrics } from '../examined.ts';
import type { JudgedPart } from '../parts.ts';

/** A protocol whose file has single mistakes. */
export type MistakePart = JudgedPart & { judged: { mistakes: MistakeMetrics } };

export const hasMistakes = (part: JudgedPart): part is MistakePart => part.judged.mistakes !== undefined;

type Example = MistakeMetrics['examples'][number];

const BAR = 0.08; // s to either side of the R peak that are marked

/** The surest mistakes of each pair of classes. */
export function drawMistakes(part: MistakePart): Html {
  const { classes, judged, protocol } = part;
  const pairs = pairsOf(judged.confusion);
  const groups = pairs.map(([k, j]) => {
    const own = judged.mistakes.examples.filter(({ label, predicted }) => label === k && predicted === j);
    const many = `${counted(judged.confusion[k][j], 'beat')}, the surest ${own.length} shown`;
    return html`<h4 class="group">${classes[k]} taken for ${classes[j]}: ${many}</h4><div class="grid narrow level">${own.map((e) => drawExample(e, part))}</div>`;
  });
  return figure(
    `mistakes-${protocol}`,
    html`25 mm/s and 10 mm/mV, as far as it fits; at most two beats of a record in each group.`,
    groups.length > 0 ? groups : html`<p>No beat was classified wrongly.</p>`,
  );
}

function drawExample(example: Example, { classes, judged, name }: MistakePart): Html {
  const { record, sample, label, predicted, probability, signal, before, beats } = example;
  const { recorded, samplingFrequency } = judged.mistakes;
  const what = `record ${record}, ${clock(sample, recorded)}`;
  const bar = Math.round(BAR * samplingFrequency);
  const half = Math.max(before, signal.length - 1 - before); // padded at the ends of the recording: all strips have the same width
  const samples = new Float32Array(2 * half + 1).fill(Number.NaN);
  samples.set(signal, half - before);
  const taken = `${classes[label]} taken for ${classes[predicted]}`;
  return panel(
    what,
    drawStrip(
      {
        start: 0,
        end: samples.length,
        event: {
          start: half - bar,
          end: half + bar,
          colour: classColour(classes[predicted], classes),
          text: `${classes[label]} → ${classes[predicted]}`,
        },
        label: `Beat at ${what}, annotated ${taken}, ${name}, and the ${counted(beats.length - 1, 'beat')} around it`,
      },
      {
        samples,
        samplingFrequency,
        beats: beats.map(({ at, label, taken }) => ({
          sample: at + half - before,
          label: taken === null || at === before ? label : `${label}→${classes[taken]}`,
        })),
        gain: GAIN,
      },
    ),
    { level: 5, details: [`probability ${percentage(probability)}`] },
  );
}

/** How many mistakes each record has, by pair of classes; the records with most first. */
export function mistakeTable({ classes, judged, protocol, name }: MistakePart): Html {
  const { sure } = judged.mistakes;
  const pairs = pairsOf(judged.confusion);
  const sum = (matrix: readonly (readonly number[])[], of: (k: number, j: number) => boolean): number =>
    matrix.reduce((all, row, k) => row.reduce((own, n, j) => own + (of(k, j) ? n : 0), all), 0);
  const rows = Object.entries(judged.records)
    .map(([record, matrix]) => ({
      record,
      matrix,
      beats: sum(matrix, () => true),
      wrong: sum(matrix, (k, j) => k !== j),
    }))
    .sort((a, b) => b.wrong - a.wrong || (a.record < b.record ? -1 : 1));
  const none = rows.filter(({ wrong }) => wrong === 0).map(({ record }) => record);
  const cell = (n: number): string => (n > 0 ? count(n) : '–');
  return figure(
    `mistakes-table-${protocol}`,
    html`Wrongly classified beats of each record; sure: with a probability of at least ${percentage(sure.from)}.${none.length > 0 ? ` Without a mistake: ${none.join(', ')}.` : null}`,
    scroll(
      `Mistakes by record, ${name}`,
      html`<table class="records">
<thead>
<tr><th scope="col">record</th><th scope="col">beats</th><th scope="col">wrong</th><th scope="col">sure</th>${pairs.map(([k, j]) => html`<th scope="col">${classes[k]} → ${classes[j]}</th>`)}</tr>
</thead>
<tbody>
${rows
  .filter(({ wrong }) => wrong > 0)
  .map(
    ({ record, matrix, beats, wrong }) =>
      html`<tr><th scope="row">${record}</th><td>${count(beats)}</td><td>${count(wrong)}</td><td>${cell(sure.records[record] ?? 0)}</td>${pairs.map(([k, j]) => html`<td>${cell(matrix[k][j])}</td>`)}</tr>\n`,
  )}</tbody>
</table>`,
    ),
  );
}

/** The pairs of classes of which any beat of one was taken for the other. */
function pairsOf(confusion: readonly (readonly number[])[]): [label: number, predicted: number][] {
  return confusion.flatMap((row, k) => row.flatMap((n, j): [number, number][] => (j !== k && n > 0 ? [[k, j]] : [])));
}
