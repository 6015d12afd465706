import * as Plot from '@observablehq/plot';
import type { EpochStatistics } from 'dynaecg';
import { category, dashOf } from '../../page/classes.ts';
import { counted } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { panel } from '../../page/panel.ts';
import { draw, legend } from '../../page/svg.ts';
import type { RecordedIteration } from '../metrics.ts';
import type { Part } from '../parts.ts';

/** A number over the rounds of training. */
interface Course<Round> {
  title: string;
  label: string;
  of: (round: Round) => number;
  /** what it cannot exceed, where there is such a bound */
  most?: number;
  /** what its axis shows at least, so that reports compare */
  axis?: readonly [number, number];
}

const PAPERS_MARGINS = [0, 0.8] as const; // m_max of the paper is 0.8

const mined: Course<RecordedIteration> = {
  title: 'Triplets mined',
  label: '% of possible triplets',
  of: ({ triplets, possible }) => (100 * triplets) / possible!,
};
const minedPerPair: Course<RecordedIteration> = {
  title: mined.title,
  label: 'per anchor-positive pair',
  of: ({ triplets, pairs }) => triplets / pairs,
};
const neighbors: Course<RecordedIteration> = {
  title: 'Nearest neighbours',
  label: 'macro F1 of validation beats, %',
  of: (it) => 100 * it.neighborF1!,
  most: 100,
};

/** What iterations showed: of earlier runs the triplets mined by pair, and no neighbours. */
function iterationCourses(its: readonly RecordedIteration[]): Course<RecordedIteration>[] {
  const has = (key: 'possible' | 'neighborF1'): boolean => its.every((it) => it[key] !== undefined);
  return [
    { title: 'Margin', label: 'squared distance', of: (it) => it.margin, axis: PAPERS_MARGINS },
    { title: 'Triplet loss', label: 'mean of a batch', of: (it) => it.loss },
    { title: 'Active pairs', label: '% of anchor-positive pairs', of: (it) => 100 * it.activeFraction, most: 100 },
    has('possible') ? mined : minedPerPair,
    {
      title: 'Violations',
      label: '% of validation triplets that violate 0.2',
      of: (it) => 100 * it.violationRate,
      most: 100,
    },
    ...(has('neighborF1') ? [neighbors] : []),
  ];
}

const EPOCHS: Course<EpochStatistics>[] = [
  { title: 'Cross-entropy', label: 'while training, nats', of: (e) => e.loss },
  { title: 'Validation cross-entropy', label: 'nats', of: (e) => e.validationLoss },
  { title: 'Accuracy', label: 'while training, %', of: (e) => 100 * e.accuracy, most: 100 },
  { title: 'Validation accuracy', label: '%', of: (e) => 100 * e.validationAccuracy, most: 100 },
];

const SHOW_DOTS = 40; // rounds up to which each is marked
const MOST_TICKS = 6;

/** How a network was trained, by the configuration's method. */
const METHODS: Record<string, string> = {
  triplet: 'Iterations with triplets, and then the epochs of the perceptron on the embeddings.',
  joint:
    "Iterations with triplets and the perceptron's cross-entropy at once, then the epochs of a new perceptron, with the embedder frozen.",
  crossEntropy: 'Trained by cross-entropy: there are neither margins nor triplets, and the epochs are shown.',
};

/** Of a panel, four of which fill a row of a wide screen, or three. Type is to be of one size in both. */
const SMALL = { width: 300, height: 190 };
const LARGE = { width: 380, height: 210 };

/** What training showed, a line for each network. */
export function drawHistory(part: Part): Html {
  const { protocol, metrics } = part;
  const { history, configuration } = metrics;
  const iterations = history.map((h) => h.iterations);
  const shown = iterationCourses(iterations.flat());
  const grids = [
    { panels: courses(iterations, shown, 'iteration', { part, size: LARGE }), grid: 'grid' },
    {
      panels: courses(
        history.map((h) => h.epochs),
        EPOCHS,
        'epoch',
        { part, size: SMALL },
      ),
      grid: 'grid narrow',
    },
  ].filter(({ panels }) => panels.length > 0);
  const kept =
    configuration.keep === 'best'
      ? 'judged by validation beats; the best, ringed, is kept'
      : 'the last is kept, so no validation set was needed: the beats that judge it were also trained on';
  const lines =
    history.length > 1
      ? legend(
          history.map((_, i) => ({ colour: category(i), dash: dashOf(i), shape: 'line', text: `network ${i + 1}` })),
        )
      : null;
  return figure(
    `history-${protocol}`,
    grids.length > 0
      ? html`${METHODS[configuration.method]} ${counted(history.length, 'network')}; ${kept}.`
      : 'The run stopped before an iteration of training was finished.',
    html`${lines}${grids.map(({ panels, grid }) => html`<div class="${grid}">${panels}</div>`)}`,
  );
}

function courses<Round extends { best: boolean }>(
  networks: readonly (readonly Round[])[],
  shown: readonly Course<Round>[],
  round: 'iteration' | 'epoch',
  { part, size }: { part: Part; size: typeof SMALL },
): Html[] {
  const { name, metrics } = part;
  const { configuration } = metrics;
  const longest = Math.max(0, ...networks.map((rounds) => rounds.length));
  if (longest === 0) return [];
  return shown.map(({ title, label, of, most, axis }) => {
    const points = networks.flatMap((rounds, i) => {
      const kept = configuration.keep === 'best' ? rounds.map((r) => r.best).lastIndexOf(true) : -1; // no later one scored lower
      return rounds.map((r, t) => ({ round: t + 1, value: of(r), colour: category(i), network: i, kept: t === kept }));
    });
    const finite = points.filter(({ value }) => Number.isFinite(value));
    const place = { x: 'round', y: 'value', stroke: 'colour' };
    const own = networks.map((_, i) => finite.filter(({ network }) => network === i));
    const spoken = own.flatMap((line, i) => (line.length > 0 ? [`network ${i + 1} ${inWords(line)}`] : []));
    return panel(
      title,
      finite.length === 0
        ? html`<p>could not be computed</p>`
        : draw(`${title} (${label}) by ${round}, ${name}: ${spoken.join('; ')}`, {
            ...size,
            marginLeft: 46,
            marginRight: 12,
            marginTop: 26,
            marginBottom: 40,
            color: { type: 'identity' },
            x: {
              domain: longest > 1 ? [1, longest] : [0, 2],
              ticks: wholeTicks(longest),
              tickFormat: String,
              label: round,
              labelAnchor: 'center',
              labelArrow: 'none',
              labelOffset: 34,
            },
            y: {
              label,
              ticks: 4,
              nice: true,
              labelArrow: 'none',
              ...domainOf(
                finite.map(({ value }) => value),
                axis,
                most,
              ),
            },
            marks: [
              Plot.gridY({ ticks: 4, stroke: 'var(--rule)', strokeOpacity: 1 }),
              ...own.map((line, i) =>
                Plot.lineY(line, { ...place, strokeWidth: 1.8, strokeDasharray: dashOf(i) || undefined }),
              ),
              ...(longest <= SHOW_DOTS ? [Plot.dot(finite, { ...place, fill: 'colour', r: 1.7 })] : []),
              Plot.dot(
                finite.filter(({ kept }) => kept),
                { ...place, r: 4.5, strokeWidth: 1.6 },
              ),
            ],
          }),
    );
  });
}

/** The course of a network, for those who do not see it. */
function inWords(line: readonly { round: number; value: number; kept: boolean }[]): string {
  const short = (x: number): string => String(Number(x.toPrecision(3)));
  const ascending = [...line].sort((a, b) => a.value - b.value);
  const [first, last, least, most] = [line[0], line[line.length - 1], ascending[0], ascending[line.length - 1]];
  const kept = line.find((point) => point.kept);
  return [
    `from ${short(first.value)} at ${first.round} to ${short(last.value)} at ${last.round}`,
    `least ${short(least.value)} at ${least.round}`,
    `most ${short(most.value)} at ${most.round}`,
    ...(kept ? [`kept ${short(kept.value)} at ${kept.round}`] : []),
  ].join(', ');
}

/** What an axis has to show, and a margin around a course that does not move, which would else have an axis without length. */
function domainOf(
  values: readonly number[],
  axis: Course<never>['axis'],
  most = Number.POSITIVE_INFINITY,
): { domain?: [number, number] } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (axis) return { domain: [Math.min(low, axis[0]), Math.max(high, axis[1])] };
  if (high > low) return {};
  return { domain: [low - Math.abs(low || 1) / 2, Math.min(most, high + Math.abs(high || 1) / 2)] };
}

function wholeTicks(last: number): number[] {
  const step = Math.max(1, Math.ceil(last / MOST_TICKS / 5) * (last > MOST_TICKS ? 5 : 1));
  return last <= MOST_TICKS
    ? Array.from({ length: last }, (_, i) => i + 1)
    : [1, ...Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step)];
}
