import { count, counted } from '../page/format.ts';
import { figure, type Html, html, scroll } from '../page/html.ts';
import type { EctopyCounts, RecordRhythm } from './metrics.ts';
import type { JudgedPart } from './parts.ts';

/** A part of which whole records were judged. */
export type RhythmPart = JudgedPart & { judged: { rhythms: Readonly<Record<string, RecordRhythm>> } };

export const hasRhythms = (part: JudgedPart): part is RhythmPart => part.judged.rhythms !== undefined;

/** The two classes of ectopic beats, and what is counted of each. */
const CLASSES = ['V', 'S'] as const;
const COUNTED: [title: string, of: (counts: EctopyCounts, hours: number) => string][] = [
  ['an hour', ({ beats }, hours) => (hours > 0 ? count(Math.round(beats / hours)) : '–')],
  ['couplets', ({ couplets }) => count(couplets)],
  ['runs', ({ runs }) => count(runs)],
];

/** The ectopic beats of each record, annotated and predicted next to each other. */
export function rhythmTable({ judged, protocol, name }: RhythmPart): Html {
  const rows = Object.entries(judged.rhythms);
  const cells = ({ hours, annotated, predicted }: RecordRhythm): Html[] =>
    CLASSES.flatMap((c) =>
      COUNTED.map(([, of]) => html`<td>${of(annotated[c], hours)} / ${of(predicted[c], hours)}</td>`),
    );
  return figure(
    `rhythms-${protocol}`,
    html`${counted(rows.length, 'record')}: annotated / by the model.`,
    scroll(
      `Rhythms, ${name}`,
      html`<table class="records">
<thead>
<tr><td></td>${CLASSES.map((c) => html`<th scope="colgroup" colspan="${COUNTED.length}">${c}</th>`)}</tr>
<tr><th scope="col">record</th>${CLASSES.map(() => COUNTED.map(([title]) => html`<th scope="col">${title}</th>`))}</tr>
</thead>
<tbody>
${rows.map(([record, rhythm]) => html`<tr><th scope="row">${record}</th>${cells(rhythm)}</tr>\n`)}</tbody>
</table>`,
    ),
  );
}
