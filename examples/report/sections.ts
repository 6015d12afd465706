import { drawAttention } from './figures/attention.ts';
import { drawConfusion } from './figures/confusion.ts';
import { drawCurves } from './figures/curves.ts';
import { drawHistory } from './figures/history.ts';
import { drawIntervals } from './figures/intervals.ts';
import { drawLayout, drawTrainingLayout } from './figures/layout.ts';
import { drawNovelty, hasUntaught } from './figures/novelty.ts';
import { drawRecords } from './figures/records.ts';
import { LEVEL } from './format.ts';
import { type Content, type Html, html } from './html.ts';
import type { Metrics } from './metrics.ts';
import { type JudgedPart, judgedParts, type Part, partsOf } from './parts.ts';
import { runFacts } from './run.ts';
import { comparesWithPaper, recordTable, table1 } from './tables.ts';

/** A part of the page. */
export interface Section {
  id: string;
  heading: string;
  /** what one sees, and how to read it */
  intro: Content;
  body: Content;
}

/** All that can be shown of a run, in the order in which one asks: how good, where wrong, how sure, how it came about. */
export function sectionsOf(metrics: Metrics): Section[] {
  const judged = judgedParts(metrics);
  const training: Section = {
    id: 'training',
    heading: 'How training went',
    intro:
      'A line for each network. The loss should fall and level off; a validation loss that rises again while the loss goes on falling means that the network learns its training beats by heart.',
    body: stacked(partsOf(metrics), drawHistory),
  };
  const run: Section = {
    id: 'run',
    heading: 'How it was run',
    intro: 'All that is needed to run it again: the same seed, settings and recordings give the same figures.',
    body: runFacts(metrics),
  };
  if (judged.length === 0) return [training, run];
  return [...scoreSections(metrics, judged), training, ...insideSections(judged), run];
}

function scoreSections(metrics: Metrics, judged: readonly JudgedPart[]): Section[] {
  const paper = judged.some((part) => comparesWithPaper(metrics, part))
    ? " The paper's figures are beneath those of the protocol that it used."
    : '';
  return [
    {
      id: 'scores',
      heading: 'Table 1',
      intro: `Sensitivity is the part of a class's beats that is found, precision (+P) the part of the beats taken for it that are of it, F1 their harmonic mean.${paper} With the patients mixed, beats of nearly every test patient were trained on; patients apart is what to expect of a new patient.`,
      body: sideBySide(judged, (part) => table1(metrics, part)),
    },
    {
      id: 'confusion',
      heading: 'Which class is taken for which',
      intro:
        "A row holds the beats of one annotated class, a column those that were taken for a class. What is off the diagonal is wrong; the stronger a cell's colour, the larger its part of the row.",
      body: sideBySide(judged, drawConfusion),
    },
    {
      id: 'records',
      heading: 'Record by record',
      intro:
        'A mean over all beats hides patients for whom the model does not work. A record with one or two S beats says little; one with many and a low sensitivity says where the model fails. A dash: the record has no such beats, or none was taken for the class.',
      body: html`${sideBySide(judged, drawRecords)}${sideBySide(judged, recordTable)}`,
    },
    {
      id: 'certainty',
      heading: 'How sure the figures are',
      intro: `If the test had been on other patients, the figures would be others. The whiskers hold ${LEVEL} of what comes out when the patients are drawn again with replacement. Two figures whose whiskers overlap are not shown to differ.`,
      body: drawIntervals(judged),
    },
  ];
}

function insideSections(judged: readonly JudgedPart[]): Section[] {
  return [
    {
      id: 'layout',
      heading: 'What the embeddings look like',
      intro:
        'Each point is a beat. Beats whose embeddings are similar lie close together; distances between far-away groups mean nothing. Classes should lie apart. A group that belongs to one record shows that the network has learned the patient as well. Point at a beat for its place in the recordings; csv/layout.csv and csv/training-layout.csv list all of them.',
      body: html`${drawFigure2(judged)}${stacked(judged, drawLayout)}`,
    },
    {
      id: 'attention',
      heading: 'Where attention looks',
      intro:
        'The bars behind a beat show the weight of each moment in the embedding. Weight on the P wave and the QRS complex is plausible; weight on flat or noisy stretches is a reason for doubt. Attention tells where the network looked, not why it decided as it did.',
      body: stacked(judged, drawAttention),
    },
    {
      id: 'curves',
      heading: 'What more sensitivity would cost',
      intro:
        'Each class against the others, with every limit on its probability: a limit that finds more beats (to the right) raises more false alarms (downward). The average precision (AP) is the area beneath a curve.',
      body: sideBySide(judged, drawCurves),
    },
    {
      id: 'novelty',
      heading: 'Novel beats',
      intro: `A beat far from every cluster of training beats is nothing that the model knows. ${
        judged.some(hasUntaught)
          ? 'Fusion beats (F) and paced or unknown ones (Q) were not taught: ideally they are above the limit, and N, S and V below it. An ROC area of 1 tells them apart perfectly, 0.5 not at all.'
          : 'N, S and V were taught, and ideally are below the limit. There are no beats of other classes, so that nothing shows how well the distance would tell them.'
      }`,
      body: sideBySide(judged, drawNovelty),
    },
  ];
}

/** The layouts of training beats alone; nothing for runs that have none. */
function drawFigure2(judged: readonly JudgedPart[]): Content {
  const laidOut = judged.filter((part) => part.judged.trainingLayout);
  return laidOut.length > 0
    ? sideBySide(laidOut, (part) => drawTrainingLayout(part, part.judged.trainingLayout!))
    : null;
}

/** Protocols side by side where there is room. */
function sideBySide<P extends Part>(parts: readonly P[], body: (part: P) => Content): Html {
  return html`<div class="pair">${parts.map((p) => html`<div><h3>${p.name}</h3>${body(p)}</div>`)}</div>`;
}

/** Protocols one below the other, for what needs the width. */
function stacked<P extends Part>(parts: readonly P[], body: (part: P) => Content): Html {
  return html`${parts.map((p) => html`<h3>${p.name}</h3>${body(p)}`)}`;
}
