import { count, counted, duration, share } from '../page/format.ts';
import { type Content, type Html, html, scroll } from '../page/html.ts';
import type { Metrics, ProtocolMetrics } from './metrics.ts';
import { type Part, partsOf } from './parts.ts';
import type { RunConfiguration } from './runConfiguration.ts';

/** How the run was made, so that somebody else can make it again. */
export function runFacts(metrics: Metrics): Html {
  const { run, seed, beats, source } = metrics;
  const annotated = Object.entries(beats.annotated).map(([name, n]) => `${name} ${count(n)}`);
  const facts: [string, Content][] = [
    ...(run.id === undefined ? [] : [['run', html`<code>${run.id}</code>`] satisfies [string, Content]]),
    ['command', scroll('Command', html`<code class="line">${run.command}</code>`)],
    ['seed', html`<code>${seed}</code>`],
    ['recordings', source],
    ...foldersOf(metrics),
    ['annotated beats', annotated.join(', ')],
    [
      'windows',
      `${counted(beats.windows, 'beat')}; ${count(beats.dropped.length)} dropped, as their window crosses an edge of the recording or has samples that are not numbers`,
    ],
    ['started', run.started],
    ['took', duration(run.seconds)],
    ['versions', Object.entries(run.versions).map(([name, v]) => html`${name} ${v}<br>`)],
    ['backend', run.backend],
    ['processor', run.cpu],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
${protocolTable(metrics)}
${configurationTable(metrics)}
${checksums(run.checksums)}`;
}

/** A row for each folder, and for what of it was not used. */
function foldersOf({ folders = [] }: Metrics): [string, Content][] {
  const numbers = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, n]) => `${name} in ${n}`)
      .join(', ');
  return folders.flatMap(({ name, records, samplingFrequencies, leads, leftOut }): [string, Content][] => [
    [
      `folder ${name}`,
      `${counted(records, 'record')} at ${samplingFrequencies.join(', ')} Hz; leads: ${numbers(leads)}`,
    ],
    ...(leftOut.length === 0
      ? []
      : [
          [
            `left out of ${name}`,
            leftOut.map(({ record, without }) => html`${record}, without ${without}<br>`),
          ] satisfies [string, Content],
        ]),
  ]);
}

type Times = ProtocolMetrics['seconds'];

/** What took time: by cross-entropy the whole network is trained at once, and its time is kept as that of the embedder. */
const TIMES: [title: string, of: (seconds: Times, method: RunConfiguration['method']) => number][] = [
  ['training of the whole network', ({ embedder }, method) => (method === 'crossEntropy' ? embedder : 0)],
  ['training of the embedder', ({ embedder }, method) => (method === 'crossEntropy' ? 0 : embedder)],
  ['embedding', ({ embedding }) => embedding],
  ['training of the classifier', ({ classifier }, method) => (method === 'crossEntropy' ? 0 : classifier)],
  ['judging', ({ report }) => report],
];

/** A row for each thing that was done; a dash for a protocol that did without it. */
function times(parts: readonly Part[], row: (title: string, cell: (part: Part) => Content) => Html): Html[] {
  return TIMES.flatMap(([title, of]) => {
    const took = ({ metrics }: Part): number => of(metrics.seconds, metrics.configuration.method) || Number.NaN;
    return parts.some((part) => took(part) > 0) ? [row(title, (part) => duration(took(part)))] : [];
  });
}

function protocolTable(metrics: Metrics): Html {
  const parts = partsOf(metrics);
  const row = (title: string, cell: (part: Part) => Content): Html =>
    html`<tr><th scope="row">${title}</th>${parts.map((p) => html`<td>${cell(p)}</td>`)}</tr>\n`;
  return scroll(
    'Beats, patients and times',
    html`<table class="wide">
<thead><tr><td></td>${parts.map((p) => html`<th scope="col">${p.name}</th>`)}</tr></thead>
<tbody>
${row('training beats', (p) => count(p.metrics.train))}${row('test beats', (p) => count(p.metrics.test))}${row('test windows that share samples with training windows, %', (p) => share(p.metrics.overlap ?? Number.NaN))}${row('patients, training', (p) => count(p.metrics.patients.train.length))}${row('patients, test', (p) => count(p.metrics.patients.test.length))}${row('patients on both sides', (p) => shortList(p.metrics.patients.shared))}${row('unused records', (p) => shortList(p.metrics.unusedRecords))}${divisionRows(parts, row)}${times(parts, row)}</tbody>
</table>`,
  );
}

const PARTS = ['train', 'validation', 'test'] as const;

/** How records were divided, and how many there are in each part; nothing for patients mixed and runs of earlier versions. */
function divisionRows(parts: readonly Part[], row: (title: string, cell: (part: Part) => Content) => Html): Content {
  const divisions = parts.flatMap(({ metrics }) => metrics.division ?? []);
  if (divisions.length === 0) return null;
  const used = PARTS.filter((name) => divisions.some((division) => division[name].length > 0));
  return [
    row('records divided', ({ metrics: { division } }) => division?.how ?? '–'),
    ...used.map((name) =>
      row(`records, ${name === 'train' ? 'training' : name}`, ({ metrics: { division } }) =>
        division
          ? html`<details><summary>${counted(division[name].length, 'record')}</summary>${division[name].join(', ')}</details>`
          : '–',
      ),
    ),
  ];
}

const NAMED = 6; // of more only the number is given

const shortList = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : count(names.length) + (names.length <= NAMED ? ` (${names.join(', ')})` : '');

function configurationTable(metrics: Metrics): Html {
  const parts = partsOf(metrics);
  const keys = [...new Set(parts.flatMap((p) => Object.keys(p.metrics.configuration)))];
  const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'));
  return html`<details>
<summary>Configuration: ${count(keys.length)} fields</summary>
${scroll(
  'Configuration',
  html`<table class="wide">
<thead><tr><th scope="col">field</th>${parts.map((p) => html`<th scope="col">${p.protocol}</th>`)}</tr></thead>
<tbody>
${keys.map((key) => html`<tr><th scope="row"><code>${key}</code></th>${parts.map((p) => html`<td>${shown(p.metrics.configuration[key])}</td>`)}</tr>\n`)}</tbody>
</table>`,
)}
</details>`;
}

function checksums(files: Readonly<Record<string, string>>): Html {
  const entries = Object.entries(files);
  if (entries.length === 0)
    return html`<p>The run made the recordings itself, from its seed: there are no files to check.</p>`;
  return html`<details>
<summary>Data: SHA-256 of ${counted(entries.length, 'file')}</summary>
${scroll(
  'Checksums',
  html`<table class="wide">
<thead><tr><th scope="col">file</th><th scope="col">SHA-256</th></tr></thead>
<tbody>
${entries.map(([name, hash]) => html`<tr><th scope="row">${name}</th><td><code>${hash}</code></td></tr>\n`)}</tbody>
</table>`,
)}
</details>`;
}
