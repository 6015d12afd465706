import { LEVEL } from '../page/format.ts';
import { type Content, type Html, html } from '../page/html.ts';
import { drawAttention } from './figures/attention.ts';
import { drawConfusion } from './figures/confusion.ts';
import { drawCurves } from './figures/curves.ts';
import { drawHistory } from './figures/history.ts';
import { drawIntervals } from './figures/intervals.ts';
import { drawLayout, drawTrainingLayout } from './figures/layout.ts';
import { drawMistakes, hasMistakes, type MistakePart, mistakeTable } from './figures/mistakes.ts';
import { drawNovelty, hasUntaught } from './figures/novelty.ts';
import { drawRecords } from './figures/records.ts';
import { type CalibratedPart, calibrationTable, drawReliability, hasCalibration } from './figures/reliability.ts';
import { drawRiskCoverage, undecidedTable } from './figures/undecided.ts';
import type { Metrics } from './metrics.ts';
import { FOCUS, type JudgedPart, judgedParts, type Part, partsOf } from './parts.ts';
import { hasRhythms, type RhythmPart, rhythmTable } from './rhythms.ts';
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
  return [...scoreSections(metrics, judged), training, ...insideSections(metrics, judged), run];
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
        'A mean over all beats hides patients for whom the model does not work. A record with one or two ' +
        `${metrics.classes[FOCUS]} beats says little; one with many and a low sensitivity says where the model fails. A dash: the record has no such beats, or none was classified so.`,
      body: html`${sideBySide(judged, drawRecords)}${sideBySide(judged, recordTable)}`,
    },
    ...rhythmSection(judged.filter(hasRhythms)),
    ...mistakeSection(judged.filter(hasMistakes)),
    {
      id: 'certainty',
      heading: 'How sure the figures are',
      intro: `Other test patients would have given other figures. The whiskers cover ${LEVEL} of the results when the patients are resampled with replacement. If the whiskers of two figures overlap, no difference has been shown.`,
      body: drawIntervals(judged),
    },
  ];
}

/** Ectopic beats, couplets and runs of each record, as a summary has them; empty if no record was judged whole. */
function rhythmSection(judged: readonly RhythmPart[]): Section[] {
  if (judged.length === 0) return [];
  return [
    {
      id: 'rhythms',
      heading: 'What a summary of each record would say',
      intro:
        'A clinician reads counts: ectopic beats an hour, couplets (two in a row) and runs (three or more). One missed beat splits a run in two, or hides it, so that good scores beat by beat can go with wrong counts of runs. Beats that the model was not asked about are as annotated. dynaecg annotate --summary draws such a summary of any recording, with a strip of each run.',
      body: stacked(judged, rhythmTable),
    },
  ];
}

/** Wrongly classified beats; empty for files of earlier runs. */
function mistakeSection(judged: readonly MistakePart[]): Section[] {
  if (judged.length === 0) return [];
  return [
    {
      id: 'mistakes',
      heading: 'Mistakes to look at',
      intro:
        'The beats that the model was surest of and got wrong, each with its neighbours, as on ECG paper. Above each beat is its annotation, and after an arrow what it was taken for where that is another class. A sure mistake is worth a look: the model may know no such beat, a single lead may not show the difference, or the annotation may be debatable.',
      body: stacked(judged, (part) => html`${drawMistakes(part)}${mistakeTable(part)}`),
    },
  ];
}

/** How far probabilities can be trusted; empty for files of earlier runs. */
function calibrationSection(judged: readonly CalibratedPart[]): Section[] {
  if (judged.length === 0) return [];
  return [
    {
      id: 'calibration',
      heading: 'How far to trust a probability',
      intro:
        'Of the beats that are given a probability of 90\u00a0%, nine in ten should be of that class: then the curve is on the diagonal. Below it the model is too sure, above it not sure enough. The expected calibration error (ECE) is the mean distance from the diagonal.',
      body: html`${sideBySide(judged, drawReliability)}${sideBySide(judged, calibrationTable)}`,
    },
    {
      id: 'undecided',
      heading: 'What to leave to a human',
      intro:
        'A beat whose largest probability is below a threshold can be left undecided. The figures are of what remains: the error should fall with every beat that is left out. A class that is mostly left out is not found, however good its F1.',
      body: html`${sideBySide(judged, drawRiskCoverage)}${sideBySide(judged, undecidedTable)}`,
    },
  ];
}

function insideSections({ classes, labels }: Metrics, judged: readonly JudgedPart[]): Section[] {
  const taught = `${classes.slice(0, -1).join(', ')} and ${classes.at(-1)}`;
  const untaught = labels ? 'Beats of no class' : 'Fusion beats (F) and paced or unknown ones (Q)';
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
    ...calibrationSection(judged.filter(hasCalibration)),
    {
      id: 'novelty',
      heading: 'Novel beats',
      intro: `A beat far from every cluster of training beats is unlike anything the model knows. ${
        judged.some(hasUntaught)
          ? `${untaught} were not taught: ideally they are above the limit, and ${taught} below it. An ROC area of 1 separates them perfectly, 0.5 not at all.`
          : `${taught} were taught, and ideally are below the limit. There are no beats of other classes, so nothing shows how well the distance would detect them.`
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
