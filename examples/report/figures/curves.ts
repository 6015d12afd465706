import * as Plot from '@observablehq/plot';
import { percentage } from '../format.ts';
import { figure, type Html, html } from '../html.ts';
import { classColour, DASHES, type JudgedPart } from '../parts.ts';
import { draw, legend } from '../svg.ts';

const RECALLS = [0.5, 0.8, 0.9, 0.95, 0.99]; // at which precision is given in the text alternative

/** Precision against recall of each class, and the model's current operating point on it. */
export function drawCurves({ classes, judged, protocol, name }: JudgedPart): Html {
  const { precisionRecall, perClass } = judged;
  const inPercent = { domain: [0, 100], ticks: 5, labelAnchor: 'center', labelArrow: 'none' } as const;
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
        colour: classColour(c),
        dash: DASHES[k],
        shape: 'line',
        text: `${c}, AP ${percentage(precisionRecall[k].averagePrecision)}`,
      })),
    )}${draw(`Precision-recall curves by class, ${name}. ${spoken.join('; ')}`, {
      width: 400,
      height: 350,
      marginLeft: 54,
      marginRight: 14,
      marginTop: 10,
      marginBottom: 44,
      x: { ...inPercent, label: 'recall (sensitivity), %', labelOffset: 38 },
      y: { ...inPercent, label: 'precision, %', labelOffset: 44 },
      marks: [
        Plot.gridX({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 1 }),
        Plot.gridY({ ticks: 5, stroke: 'var(--rule)', strokeOpacity: 1 }),
        ...classes.map((c, k) =>
          Plot.line(
            precisionRecall[k].points.map(({ recall, precision }) => [100 * recall, 100 * precision]),
            { stroke: classColour(c), strokeWidth: 2, strokeDasharray: DASHES[k] || undefined },
          ),
        ),
        ...classes.map((c, k) =>
          Plot.dot([[100 * perClass[k].sensitivity, 100 * perClass[k].precision]], {
            fill: classColour(c),
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
