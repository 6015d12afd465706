import * as Plot from '@observablehq/plot';
import { clock, decimal, percentage } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { panel } from '../../page/panel.ts';
import { draw, legend } from '../../page/svg.ts';
import type { AttentionExample } from '../metrics.ts';
import type { JudgedPart } from '../parts.ts';

const MS = 1000;
const BAR_HEIGHT = 0.5; // of the panel, for the largest weight
const ROOM = 0.08; // of the signal's range, above and below

const KINDS = { typical: 'Typical beats', wrong: 'Wrongly classified beats' };

/** Beats, and where attention looked in each. */
export function drawAttention(part: JudgedPart): Html {
  const { judged, protocol } = part;
  const groups = (['typical', 'wrong'] as const).map((kind) => ({
    kind,
    own: judged.attention.filter((e) => e.kind === kind),
  }));
  const steps = judged.attention[0]?.weights.length;
  const equal = steps ? `; an equal share would be ${percentage(1 / steps)}` : '';
  return figure(
    `attention-${protocol}`,
    html`Each panel has its own scales, for the signal and for the weights. Over all moments the weights sum to 100\u00a0%${equal}.`,
    html`${legend([
      { colour: 'var(--ink)', shape: 'line', text: 'signal' },
      { colour: 'var(--attention)', shape: 'block', text: 'attention: the highest bar is the largest weight' },
    ])}${groups.map(({ kind, own }) =>
      own.length === 0
        ? html`<p>${KINDS[kind]}: there are none.</p>`
        : html`<h4 class="group">${KINDS[kind]}</h4><div class="grid narrow">${own.map((e) => drawExample(e, part))}</div>`,
    )}`,
  );
}

function drawExample(example: AttentionExample, { classes, name }: JudgedPart): Html {
  const { record, sample, label, predicted, probability, signal, before, samplingFrequency, weights } = example;
  const ms = (t: number): number => (MS * (t - before)) / samplingFrequency;
  const [low, high] = [Math.min(...signal), Math.max(...signal)];
  const room = ROOM * (high - low || 1);
  const [bottom, top] = [low - room, high + room];
  const largest = Math.max(...weights);
  const height = (weight: number): number => bottom + (BAR_HEIGHT * (top - bottom) * weight) / largest;
  const width = signal.length / weights.length; // samples of a time step
  const bars = weights.map((w, t) => ({ x1: ms(t * width), x2: ms((t + 1) * width), y2: height(w) }));
  const { x1, x2 } = bars[weights.indexOf(largest)];
  const line = signal.map((mv, t) => ({ ms: ms(t), mv }));
  const what = `record ${record}, ${clock(sample, samplingFrequency)}`;
  const classified = `annotated ${classes[label]}, taken for ${classes[predicted]}`;
  return panel(
    what,
    draw(
      `Attention on ${what}, ${classified}, ${name}: the largest weight from ${decimal(x1, 0)} to ${decimal(x2, 0)} ms of the R peak`,
      {
        width: 300,
        height: 190,
        marginLeft: 40,
        marginRight: 12,
        marginTop: 22,
        marginBottom: 40,
        x: { label: 'ms from the R peak', labelAnchor: 'center', labelArrow: 'none', ticks: 4, labelOffset: 34 },
        y: { label: 'mV', labelArrow: 'none', domain: [bottom, top], ticks: 4 },
        marks: [
          Plot.rect(bars, { x1: 'x1', x2: 'x2', y1: bottom, y2: 'y2', fill: 'var(--attention)' }),
          Plot.ruleX([0], { stroke: 'var(--soft)', strokeDasharray: '3 3', strokeWidth: 1 }),
          Plot.line(line, { x: 'ms', y: 'mv', stroke: 'var(--ink)', strokeWidth: 1.5 }),
        ],
      },
    ),
    {
      level: 5,
      details: [classified, `probability ${percentage(probability)}, largest weight ${percentage(largest)}`],
    },
  );
}
