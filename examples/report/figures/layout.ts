import * as Plot from '@observablehq/plot';
import { CATEGORIES, category, categoryMark, classColour, classMark } from '../../page/classes.ts';
import { clock, count, decimal } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { type Mark, plotSymbol } from '../../page/marks.ts';
import { panel } from '../../page/panel.ts';
import { draw, type LegendEntry, legend } from '../../page/svg.ts';
import type { Layout } from '../metrics.ts';
import { MOST_LAID_OUT } from '../metrics.ts';
import type { JudgedPart, Part } from '../parts.ts';

const SIZE = 360;
const INSET = 8;
const RADIUS = 2;
const RING = 4.2;
const PLACE = { x: 'x', y: 'y' };

interface Beat {
  x: number;
  y: number;
  record: string;
  label: number;
  predicted: number;
  trained: boolean;
  title: string;
}

/** The paper's Figure 2: t-SNE of training beats alone, by class. */
export function drawTrainingLayout({ classes, protocol, name }: Part, layout: Layout): Html {
  return figure(
    `training-layout-${protocol}`,
    html`Training beats alone, as in the paper's Figure 2: t-SNE of ${count(layout.x.length)} of them, ${limitsOf(classes)}. ${quality(layout)}`,
    html`${drawLaidOut(layout, classes, `t-SNE of training beats alone by class, ${name}`)}${legend(classKeys(classes))}`,
  );
}

/** All beats of a layout by class. */
export function drawLaidOut(layout: Layout, classes: readonly string[], label: string): Html {
  const beats = beatsOf(layout, classes);
  return drawBeats(`${label}: ${numbersOf(beats, classes)}`, layout, byClass(beats, classes));
}

/** What the shapes and colours of classes stand for. */
export const classKeys = (classes: readonly string[]): LegendEntry[] =>
  classes.map((c) => ({ colour: classColour(c, classes), shape: classMark(c, classes), text: c }));

/** How the beats of a layout are drawn. */
export const limitsOf = ([first]: readonly string[]): string =>
  `at most ${count(MOST_LAID_OUT.first)} of ${first} and ${count(MOST_LAID_OUT.other)} of each other class`;

/** t-SNE of training and test beats in the same coordinates: by class, and by record. */
export function drawLayout({ classes, judged, protocol, name }: JudgedPart): Html {
  const { layout } = judged;
  const beats = beatsOf(layout, classes);
  const trained = beats.filter((b) => b.trained);
  const test = beats.filter((b) => !b.trained);
  const wrong = test.filter((b) => b.label !== b.predicted);
  const drawing = (label: string, numbers: string, marks: Plot.Markish[]): Html =>
    drawBeats(`${label}, ${name}: ${numbers}`, layout, marks);
  const records = mostEctopic(test);
  const others = test.filter((b) => !records.includes(b.record));
  const byRecord = records.map((r, i) => {
    const beatsOfRecord = test.filter((b) => b.record === r);
    return dots(beatsOfRecord, category(i), categoryMark(i));
  });
  byRecord.unshift(dots(others, 'var(--faint)', 'circle'));
  const spoken = [
    ...records.map((r) => `record ${r} ${count(test.filter((b) => b.record === r).length)}`),
    `others ${count(others.length)}`,
  ].join(', ');
  const keys = classKeys(classes);
  return figure(
    `layout-${protocol}`,
    html`t-SNE of ${count(beats.length)} beats: ${limitsOf(classes)}, drawn from either side, training and test, so the ringed fraction is not an error rate. ${quality(layout)}`,
    html`<div class="grid">${panel(
      'Training beats by class',
      html`${drawing('t-SNE of training beats by class', numbersOf(trained, classes), byClass(trained, classes))}${legend(keys)}`,
    )}${panel(
      'Test beats by class',
      html`${drawing(
        't-SNE of test beats by class',
        `${numbersOf(test, classes)}; ${count(wrong.length)} wrongly classified`,
        [...byClass(test, classes), Plot.dot(wrong, { ...PLACE, r: RING, stroke: 'var(--ink)', strokeWidth: 1.1 })],
      )}${legend([...keys, { colour: 'var(--ink)', shape: 'ring', text: 'wrongly classified' }])}`,
    )}${panel(
      records.length < new Set(test.map((b) => b.record)).size
        ? `Test beats by record (most ${classes.slice(1).join(' and ')})`
        : 'Test beats by record',
      html`${drawing('t-SNE of test beats by record', spoken, byRecord)}${legend([
        ...records.map((r, i): LegendEntry => ({ colour: category(i), shape: categoryMark(i), text: r })),
        { colour: 'var(--faint)', shape: 'circle', text: 'others' },
      ])}`,
    )}</div>`,
  );
}

/** How a layout was made and how true it is, for its caption. */
function quality({ perplexity, divergence, trustworthiness }: Layout): string {
  return `Perplexity ${decimal(perplexity, 0)}, Kullback-Leibler divergence ${decimal(divergence, 3)}, trustworthiness ${decimal(trustworthiness, 3)} (of 5 nearest neighbours; 1 is best). The axes have no unit.`;
}

/** The number of beats of each class, for those who do not see them. */
function numbersOf(beats: readonly Beat[], classes: readonly string[]): string {
  return classes.map((c, k) => `${c} ${count(beats.filter((b) => b.label === k).length)}`).join(', ');
}

function drawBeats(label: string, layout: Layout, marks: Plot.Markish[]): Html {
  return draw(label, { ...frameOf(layout), marks: [Plot.frame({ stroke: 'var(--rule)', rx: 4 }), ...marks] });
}

function byClass(beats: readonly Beat[], classes: readonly string[]): Plot.Markish[] {
  return classes.map((c, k) => {
    const beatsOfClass = beats.filter((b) => b.label === k);
    return dots(beatsOfClass, classColour(c, classes), classMark(c, classes));
  });
}

function dots(beats: readonly Beat[], fill: string, mark: Mark): Plot.Markish {
  return Plot.dot(beats, { ...PLACE, r: RADIUS, symbol: plotSymbol(mark), fill, title: 'title' });
}

function beatsOf(layout: Layout, classes: readonly string[]): Beat[] {
  return layout.x.map((x, i) => {
    const { record, sample, label, predicted, trained, y } = layout;
    const title =
      `record ${record[i]}, ${clock(sample[i], layout.samplingFrequency)} (sample ${sample[i]}), ` +
      `annotated ${classes[label[i]]}, taken for ${classes[predicted[i]]}`;
    return { x, y: y[i], record: record[i], label: label[i], predicted: predicted[i], trained: trained[i], title };
  });
}

/** The same for all panels, and a unit as long upward as sideways: distances are all that t-SNE shows. */
function frameOf({ x, y }: Layout): Plot.PlotOptions {
  const [left, right] = ends(x);
  const [bottom, top] = ends(y);
  const half = Math.max(right - left, top - bottom, Number.MIN_VALUE) / 2;
  const about = (middle: number): [number, number] => [middle - half, middle + half];
  const axis = { axis: null, inset: INSET } as const;
  return {
    width: SIZE,
    height: SIZE,
    margin: 1,
    x: { ...axis, domain: about((left + right) / 2) },
    y: { ...axis, domain: about((bottom + top) / 2) },
  };
}

/** Without spreading thousands of numbers into arguments. */
function ends(values: readonly number[]): [number, number] {
  return values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [values[0] ?? 0, values[0] ?? 0]);
}

/** The records with most beats of other classes than the first: as many as there are colours. */
function mostEctopic(beats: readonly Beat[]): string[] {
  const ectopic = new Map<string, number>();
  for (const { record, label } of beats) ectopic.set(record, (ectopic.get(record) ?? 0) + (label > 0 ? 1 : 0));
  return [...ectopic]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, CATEGORIES)
    .map(([record]) => record)
    .sort();
}
