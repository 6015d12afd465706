import { count, counted, duration, LEVEL, percentage, share } from './format.ts';
import { htmlPage } from './frame.ts';
import { type Html, html } from './html.ts';
import type { Metrics, PatientInterval } from './metrics.ts';
import { titleOf } from './paper.ts';
import { type Part, partsOf } from './parts.ts';
import { type Section, sectionsOf } from './sections.ts';

/** The report of a run as one page. */
export function drawReport(metrics: Metrics): string {
  const sections = sectionsOf(metrics);
  return htmlPage(
    `DynaECG report: ${metrics.source}, seed ${metrics.seed}`,
    html`${head(metrics, sections)}
<main>${sections.map(drawSection)}
</main>`,
  );
}

function head(metrics: Metrics, sections: readonly Section[]): Html {
  const { source, seed, run } = metrics;
  return html`<header>
<h1>Heartbeats classified: how far to trust this model</h1>
<p class="lead">A network that sorts the beats of one ECG lead into normal (N), supraventricular ectopic (S) and ventricular ectopic (V). Recordings: ${source}. Trained with seed ${seed} on ${run.started.slice(0, 'yyyy-mm-dd'.length)} in ${duration(run.seconds)}.</p>
${
  source === 'synthetic'
    ? html`<p class="note" role="note"><strong>The recordings are synthetic.</strong> They were made by a formula, and the figures below say nothing about patients.</p>`
    : null
}
<div class="verdicts">${partsOf(metrics).map(verdict)}</div>
<nav aria-label="Contents"><ul>${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
</header>`;
}

function verdict({ protocol, name, metrics }: Part): Html {
  const { judged, train, test } = metrics;
  const title = titleOf(metrics.configuration).replace(/^\S+ \((.*)\)$/, '$1');
  const figures = judged
    ? html`<p><strong>Macro F1 ${percentage(judged.macro.f1)}</strong> (${share(judged.intervals.macro.f1.low)} to ${share(judged.intervals.macro.f1.high)}), accuracy ${percentage(judged.accuracy)}</p>`
    : html`<p><strong>Interrupted</strong> before it was judged: there are no figures, only the course of its training.</p>`;
  return html`<div class="verdict" id="verdict-${protocol}"><h2>${name}</h2>${figures}<p class="detail">${title}; ${count(train)} beats for training, ${count(test)} for test${
    judged ? `; in brackets the ${LEVEL} interval over ${patients(judged.intervals.macro.f1)}` : ''
  }</p></div>`;
}

function patients({ groups }: PatientInterval): string {
  return groups === undefined ? 'patients' : counted(groups, 'patient');
}

function drawSection({ id, heading, intro, body }: Section): Html {
  return html`
<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
<p class="intro">${intro}</p>
${body}
</section>`;
}
