import { count } from '../../page/format.ts';
import { type LearnReport, type LearnRequest, type LearnSettings, learnReportOf, MINERS } from '../protocol.ts';
import { DEFAULT_SETTINGS, freshLearning, type LearnState, learnAfter } from '../state/learn.ts';
import { CourseChart } from './chart.ts';
import { showLegend } from './colours.ts';
import { showConfusion } from './confusion.ts';
import { Connection } from './connection.ts';
import { announce, eachFrame, element, make, percentage, say } from './dom.ts';
import { notice, withdraw } from './notices.ts';
import { PlaneView } from './plane.ts';

type Report<K extends LearnReport['kind']> = Extract<LearnReport, { kind: K }>;

/** What *learn* tells the rest of the page. */
export interface LearnListener {
  ready(report: Report<'ready'>): void;
  begun(): void;
  /** whether there is a network to export */
  exportable(can: boolean): void;
  exported(report: Report<'exported'>): void;
}

const LARGE_MOVES = 10; // iterations between two announcements

const button = (id: string): HTMLButtonElement => element(`learn-${id}`, HTMLButtonElement);
const select = (id: string): HTMLSelectElement => element(`learn-${id}`, HTMLSelectElement);
const figure = (id: string): HTMLElement => element(`learn-${id}`, HTMLElement);

/** The mode *learn*: its controls, its worker and what is drawn of its state. */
export class LearnPage {
  #state: LearnState = freshLearning(DEFAULT_SETTINGS);
  #seed = 1;
  readonly #connection: Connection<LearnRequest, LearnReport>;
  readonly #listener: LearnListener;
  readonly #plane = new PlaneView(element('learn-plane', HTMLCanvasElement));
  readonly #charts = makeCharts();
  readonly #margin = element('learn-margin', HTMLInputElement);
  readonly #draw = eachFrame(() => this.#drawNow());
  #tabled: Report<'judged'> | null = null;

  constructor(listener: LearnListener) {
    this.#listener = listener;
    this.#connection = new Connection('learner.js', learnReportOf, {
      report: (report) => this.#heard(report),
      lost: (why, again) => this.#lost(why, again),
      found: () => withdraw('learner'),
    });
    this.#controls();
    this.#connection.start();
    showConfusion(element('learn-confusion', HTMLTableElement), ['N', 'S', 'V'], null);
  }

  /** Asks for the best network so far, as a file. */
  export(): void {
    this.#state = { ...this.#state, exporting: true };
    this.#connection.send({ kind: 'export' });
    this.#draw();
  }

  #controls(): void {
    for (const miner of MINERS) select('miner').append(make('option', { value: miner }, miner));
    button('run').onclick = () => this.#run(this.#state.phase !== 'running');
    button('step').onclick = () => this.#connection.send({ kind: 'step' });
    button('again').onclick = () => this.#begin(this.#seed + 1);
    for (const id of ['pace', 'miner', 'margin-kind']) select(id).onchange = () => this.#changed();
    this.#margin.oninput = () => this.#changed();
  }

  #begin(seed: number): void {
    this.#seed = seed;
    this.#state = { ...this.#state, phase: 'preparing' };
    this.#connection.send({ kind: 'begin', seed: String(seed), settings: this.#state.settings });
    this.#draw();
  }

  #run(running: boolean): void {
    this.#state = { ...this.#state, phase: running ? 'running' : 'paused' };
    this.#connection.send({ kind: 'run', running });
    announce(running ? 'Training' : 'Paused');
    this.#draw();
  }

  #changed(): void {
    const fixed = select('margin-kind').value === 'fixed';
    const pace = select('pace').value;
    const settings: LearnSettings = {
      miner: MINERS.find((miner) => miner === select('miner').value) ?? DEFAULT_SETTINGS.miner,
      margin: fixed ? Number(this.#margin.value) : null,
      pace: pace === '' ? null : Number(pace),
    };
    this.#margin.disabled = !fixed;
    this.#state = { ...this.#state, settings };
    this.#connection.send({ kind: 'settings', settings });
    this.#draw();
  }

  #heard(report: LearnReport): void {
    this.#state = learnAfter(this.#state, report);
    if (report.kind === 'ready') {
      this.#listener.ready(report);
      this.#begin(this.#seed);
    } else if (report.kind === 'begun') {
      this.#plane.begin(report.classes, report.labels, report.picture);
      const beats = (k: number): number => report.labels.filter((label) => label === k).length;
      showLegend(
        figure('legend'),
        report.classes.map((name, k) => ({ name, text: `${name}, ${beats(k)}` })),
      );
      this.#listener.begun();
    } else if (report.kind === 'exported') this.#listener.exported(report);
    else if (report.kind === 'failed') notice('learn', `Learn: ${report.message}`);
    else if (report.kind === 'judged' && report.iteration % LARGE_MOVES === 0)
      announce(`Iteration ${report.iteration}: held-out F1 ${percentage(report.f1)}`);
    else if (report.kind === 'finished') announce(`Finished; the network of iteration ${report.kept} is kept`);
    this.#draw();
  }

  #lost(why: string, again: () => void): void {
    if (this.#state.phase === 'running') this.#state = { ...this.#state, phase: 'paused' };
    this.#state = { ...this.#state, exporting: false };
    notice('learner', `The worker that trains ${why}. What it has drawn stays.`, {
      text: 'Start a new one',
      run: again,
    });
    for (const id of ['run', 'step', 'again']) button(id).disabled = true;
  }

  #drawNow(): void {
    const { phase, begun, now, best, judged, picture, course, settings } = this.#state;
    const busy = phase === 'preparing';
    this.#listener.exportable(best !== null && !this.#state.exporting && !busy);
    button('run').disabled = busy || phase === 'finished';
    button('step').disabled = busy || phase === 'finished';
    button('again').disabled = busy;
    say(button('run'), phase === 'running' ? 'Pause' : 'Train');
    const margin = settings.margin ?? now?.margin ?? 0.2;
    if (settings.margin === null) this.#margin.value = String(margin);
    say(figure('margin-value'), margin.toFixed(2));
    say(figure('at'), now ? `${now.step}` : begun ? '0' : '–');
    say(figure('at-of'), begun ? `Step of ${begun.steps}` : 'Step');
    say(figure('mined'), now ? count(now.mined) : '–');
    say(figure('mined-of'), now ? `Mined of ${count(now.possible)}` : 'Mined triplets');
    say(figure('f1'), judged ? percentage(judged.f1) : '–');
    say(figure('best'), best ? percentage(best.f1) : '–');
    say(figure('best-of'), best ? `Best, iteration ${best.iteration}` : 'Best');
    const { step, loss, margin: margins, mined, violating } = course;
    this.#charts.loss.set([step, loss]);
    this.#charts.margin.set([step, margins]);
    this.#charts.shares.set([step, mined, violating]);
    if (picture && begun) {
      this.#plane.show(picture);
      this.#describe();
    } else if (busy) say(figure('caption'), 'Making recordings of synthetic patients…');
    if (begun && judged !== this.#tabled) {
      this.#tabled = judged;
      showConfusion(element('learn-confusion', HTMLTableElement), begun.classes, judged?.confusion ?? null);
    }
  }

  #describe(): void {
    const { begun, picture, now, judged } = this.#state;
    const { labels, patients, embedding, weights } = begun!;
    const plane = `${percentage(picture!.explained)} of their variance`;
    say(
      figure('caption'),
      `${labels.length} beats of ${patients} synthetic patients, each ${embedding} numbers of length 1, seen along their two principal ` +
        `components: ${plane}; on the rim lies what is in this plane. Of ${picture!.triplets.length / 3} mined triplets, solid lines ` +
        `pull anchor and positive together, dashed ones push anchor and negative apart. ${count(weights)} weights learn.`,
    );
    if (now && now.step % 10 !== 0) return;
    const score = judged ? `; held-out F1 ${percentage(judged.f1)}` : '';
    figure('plane').setAttribute(
      'aria-label',
      `Embeddings of ${labels.length} training beats after step ${now?.step ?? 0}, ${plane}${score}`,
    );
  }
}

function makeCharts() {
  const two = (v: number): string => v.toFixed(2);
  const percent = (v: number): string => percentage(v / 100);
  return {
    loss: new CourseChart(
      figure('loss'),
      'Loss',
      [{ name: 'loss', colour: 'category-0', format: (v) => v.toFixed(3) }],
      [0, null],
    ),
    margin: new CourseChart(
      figure('margins'),
      'Margin',
      [{ name: 'margin', colour: 'category-3', stepped: true, format: two }],
      [0, null],
    ),
    shares: new CourseChart(
      figure('shares'),
      'Triplets, %',
      [
        { name: 'violating', colour: 'category-1', format: percent },
        { name: 'mined', colour: 'category-2', dashed: true, format: percent },
      ],
      [0, 100],
    ),
  };
}
