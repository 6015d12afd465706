import * as Plot from '@observablehq/plot';
import { classColour, dashOf } from '../../page/classes.ts';
import { percentage } from '../../page/format.ts';
import { figure, type Html, html } from '../../page/html.ts';
import { legend } from '../../page/svg.ts';
import type { JudgedPart } from '../parts.ts';
import { percentPlot } from './percentPlot.ts';

const RECALLS = [0.5, 0.8, 0.9, 0.95, 0.99]; // at which precision is given in the text alternative

/** Precision against recall of each class, and the model's current operating point on it. */
export function drawCurves({ classes, judged, protocol, name }: JudgedPart): Html {
  const { precisionRecall, perClass } = judged;
  const spoken = classes.map((c, k) => {
    const at = RECALLS.map(
      (recall) => precisionRecall[k].points.find((point) => point.recall >= recall)?.precision ?? NaN,
    );
    return `${c}: precision ${at.map((p, i) => `${percentage(p)} at recall ${percentage(RECALLS[i])}`).join(', ')}`;
  });
  return figure(
    `curves-${protocol}`,
    "Dots: as the model decides now, for the most probable class, with Table 1's sensitivity and precision. This is not a limit on one class's probability, so a dot may lie off its curve.",
    html`${legend(
      classes.map((c, k) => ({
        colour: classColour(c, classes),
        dash: dashOf(k),
        shape: 'line',
        text: `${c}, AP ${percentage(precisionRecall[k].averagePrecision)}`,
      })),
    )}${percentPlot(`Precision-recall curves by class, ${name}. ${spoken.join('; ')}`, {
      x: 'recall (sensitivity), %',
      y: 'precision, %',
      marks: [
        ...classes.map((c, k) =>
          Plot.line(
            precisionRecall[k].points.map(({ recall, precision }) => [100 * recall, 100 * precision]),
            { stroke: classColour(c, classes), strokeWidth: 2, strokeDasharray: dashOf(k) || undefined },
          ),
        ),
        ...classes.map((c, k) =>
          Plot.dot([[100 * perClass[k].sensitivity, 100 * perClass[k].precision]], {
            fill: classColour(c, classes),
            stroke: 'var(--page)',
            strokeWidth: 1.5,
            r: 5.5,
            title: () =>
              `${c} as decided now: sensitivity ${percentage(perClass[k].sensitivity)}, precision ${percentage(perClass[k].precision)}`,
          }),
        ),
      ],
    })}`,
  );
}
