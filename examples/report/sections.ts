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
      'A line for each network. The loss should fall and level off; a validation loss that rises again while the loss keeps falling means that the network memorises its training beats.',
    body: stacked(partsOf(metrics), drawHistory),
  };
  const run: Section = {
    id: 'run',
    heading: 'How it was run',
    intro: 'Everything needed to run it again: the same seed, settings and recordings give the same figures.',
    body: runFacts(metrics),
  };
  if (judged.length === 0) return [training, run];
  return [...scoreSections(metrics, judged), training, ...insideSections(judged), run];
}

function scoreSections(metrics: Metrics, judged: readonly JudgedPart[]): Section[] {
  const paper = judged.some((part) => comparesWithPaper(metrics, part))
    ? " The paper's figures are below those of the protocol that it used."
    : '';
  return [
    {
      id: 'scores',
      heading: 'Table 1',
      intro: `Sensitivity is the fraction of a class's beats that is found, precision (+P) the fraction of the beats assigned to the class that belong to it, F1 their harmonic mean.${paper} With the patients mixed, beats of nearly every test patient were trained on; patients apart is what to expect for a new patient.`,
      body: sideBySide(judged, (part) => table1(metrics, part)),
    },
    {
      id: 'confusion',
      heading: 'Which class is taken for which',
      intro:
        "A row has the beats of one annotated class, a column those classified as one. Beats off the diagonal are wrong; the stronger a cell's colour, the larger its share of the row.",
      body: sideBySide(judged, drawConfusion),
    },
    {
      id: 'records',
      heading: 'Record by record',
      intro:
        'A mean over all beats hides patients for whom the model does not work. A record with one or two S beats says little; one with many and a low sensitivity says where the model fails. A dash: the record has no such beats, or none was classified so.',
      body: html`${sideBySide(judged, drawRecords)}${sideBySide(judged, recordTable)}`,
    },
    {
      id: 'certainty',
      heading: 'How sure the figures are',
      intro: `Other test patients would have given other figures. The whiskers cover ${LEVEL} of the results when the patients are resampled with replacement. If the whiskers of two figures overlap, no difference has been shown.`,
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
        'Each point is a beat. Beats whose embeddings are similar lie close together; distances between far-away groups mean nothing. Classes should be separate. A group that belongs to one record shows that the network has also learned the patient. Point at a beat for its place in the recordings; csv/layout.csv and csv/training-layout.csv list all of them.',
      body: html`${drawFigure2(judged)}${stacked(judged, drawLayout)}`,
    },
    {
      id: 'attention',
      heading: 'Where attention looks',
      intro:
        'The bars behind a beat show the weight of each moment in the embedding. Weight on the P wave and the QRS complex is plausible; weight on flat or noisy stretches is a reason for doubt. Attention shows where the network looked, not why it decided as it did.',
      body: stacked(judged, drawAttention),
    },
    {
      id: 'curves',
      heading: 'What more sensitivity would cost',
      intro:
        'Each class against the others, at every limit on its probability: a limit that finds more beats (to the right) raises more false alarms (downward). The average precision (AP) is the area under a curve.',
      body: sideBySide(judged, drawCurves),
    },
    {
      id: 'novelty',
      heading: 'Novel beats',
      intro: `A beat far from every cluster of training beats is unlike anything the model knows. ${
        judged.some(hasUntaught)
          ? 'Fusion beats (F) and paced or unknown ones (Q) were not taught: ideally they are above the limit, and N, S and V below it. An ROC area of 1 separates them perfectly, 0.5 not at all.'
          : 'N, S and V were taught, and ideally are below the limit. There are no beats of other classes, so nothing shows how well the distance would detect them.'
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
