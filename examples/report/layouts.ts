import { count, decimal } from '../page/format.ts';
import { htmlPage } from '../page/frame.ts';
import { type Content, figure, html } from '../page/html.ts';
import { panel } from '../page/panel.ts';
import { legend } from '../page/svg.ts';
import { classKeys, drawLaidOut, limitsOf } from './figures/layout.ts';
import type { Layout } from './metrics.ts';
import { PROTOCOLS } from './parts.ts';
import type { RunConfiguration } from './runConfiguration.ts';

/** Mean squared distance between two embeddings of one class (d_ap), and of different classes (d_an). */
export interface Distances {
  positive: number;
  negative: number;
}

/** Training beats as the networks of several configurations embed them, as plain data. */
export interface Layouts {
  /** 'MIT-BIH', with the number of records where it is not all of them */
  source: string;
  seed: string;
  classes: string[];
  configurations: LaidOut[];
}

/** Training beats as a network of one configuration embeds them. */
export interface LaidOut {
  name: string;
  /** the fingerprint of the configuration */
  settings: string;
  configuration: RunConfiguration;
  /** the network's place among those of the configuration, 0 for the first */
  member: number;
  /** beats trained on */
  train: number;
  /** rounds of training, and which one's weights were kept, 1 for the first */
  rounds: number;
  kept: number;
  /** the margin of the first, the last and the kept iteration; null where the network was trained without triplets */
  margin: { start: number; end: number; kept: number } | null;
  distances: Distances;
  layout: Layout;
}

/** Training beats as several networks embed them, side by side, as one page in the report's look. */
export function drawLayouts({ source, seed, classes, configurations }: Layouts): string {
  const names = configurations.map(({ name }) => name).join(', ');
  return htmlPage(
    `DynaECG layouts: ${names}`,
    html`<header>
<h1>Training beats as each network embeds them</h1>
<p class="lead">One network of each configuration, trained on the training half except the validation part, by which settings are chosen; the test half was not touched. Recordings: ${source}. Seed ${seed}.</p>
</header>
<main>
<section aria-label="Layouts">
${figure(
  'layouts',
  html`t-SNE of training beats, ${limitsOf(classes)}${sameBeats(configurations) ? ', the same in each' : null}. ${D_AP} and ${D_AN}: mean squared distance between the embeddings of two beats of one class, and of different classes, over all pairs of the beats drawn. Trustworthiness is that of the 5 nearest neighbours; 1 is best. Beats near each other are similar to the network; positions, sizes and gaps in two layouts are not comparable. The axes have no unit. The JSON file next to this page lists the beats of each layout.`,
  html`${legend(classKeys(classes))}<div class="grid level">${configurations.map((c) => panel(c.name, drawLaidOut(c.layout, classes, `t-SNE of training beats by class, ${c.name}`), { level: 2, details: details(c) }))}</div>`,
)}
</section>
</main>`,
  );
}

const D_AP = html`<i>d</i><sub>ap</sub>`;
const D_AN = html`<i>d</i><sub>an</sub>`;

function details({ configuration, member, train, rounds, kept, margin, distances, layout }: LaidOut): Content[] {
  const { protocol, members } = configuration;
  const network = members > 1 ? `; network ${member + 1} of ${members}` : '';
  return [
    `${PROTOCOLS[protocol]}${network}`,
    marginText(configuration.margin, margin),
    `weights of ${margin ? 'iteration' : 'epoch'} ${kept} of ${rounds}; trained on ${count(train)} beats`,
    html`${D_AP} ${decimal(distances.positive, 3)}, ${D_AN} ${decimal(distances.negative, 3)}`,
    `trustworthiness ${decimal(layout.trustworthiness, 3)}; ${count(layout.x.length)} beats, perplexity ${decimal(layout.perplexity, 0)}`,
  ];
}

function marginText(setting: number | 'dynamic', margin: LaidOut['margin']): string {
  if (!margin) return 'trained by cross-entropy, without a margin';
  const kind = setting === 'dynamic' ? 'moving' : 'fixed';
  return `margin ${kind}: ${decimal(margin.start, 2)} at the start, ${decimal(margin.end, 2)} at the end`;
}

/** Whether every layout is of the same beats of the same recordings. */
function sameBeats(configurations: readonly LaidOut[]): boolean {
  const beats = configurations.map(({ layout: { record, sample } }) => JSON.stringify([record, sample]));
  return new Set(beats).size === 1 && configurations.length > 1;
}
