import { clock, count, duration } from '../../page/format.ts';
import {
  KINDS,
  type ModelCard,
  type TrainingBeats,
  type WatchReport,
  type WatchRequest,
  watchReportOf,
} from '../protocol.ts';
import { beatsSoFar, freshWatch, heartRate, type WatchState, watchAfter } from '../state/watch.ts';
import { BeatView } from './beatView.ts';
import { showLegend } from './colours.ts';
import { Connection } from './connection.ts';
import { announce, eachFrame, element, make, save, say } from './dom.ts';
import { notice, withdraw } from './notices.ts';
import { Strip } from './strip.ts';

const TABLE = 12; // beats in the table
const OWN = 'own'; // the recording that was dropped, in the list of recordings

const button = (id: string): HTMLButtonElement => element(`watch-${id}`, HTMLButtonElement);
const select = (id: string): HTMLSelectElement => element(`watch-${id}`, HTMLSelectElement);
const figure = (id: string): HTMLElement => element(`watch-${id}`, HTMLElement);

/** A model that can be asked for. */
export interface Offered {
  id: string;
  /** null for that of the package */
  file: Uint8Array | null;
  beats: TrainingBeats | null;
}

/** What *watch* tells the rest of the page. */
export interface WatchListener {
  loaded(card: ModelCard): void;
  refused(id: string, why: string): void;
}

/** The mode *watch*: its controls, its worker and what is drawn of its state. */
export class WatchPage {
  #state: WatchState = freshWatch;
  readonly #connection: Connection<WatchRequest, WatchReport>;
  readonly #listener: WatchListener;
  readonly #strip = new Strip(figure('strip'));
  readonly #beat = new BeatView(element('watch-beat', HTMLCanvasElement), figure('near'));
  readonly #draw = eachFrame(() => this.#drawNow());
  #begun = false;
  /** what a new worker is to be given, should this one die */
  #source: WatchRequest = { kind: 'synthetic', patient: 'mixed', seed: '1' };
  #model: Offered = { id: 'shipped', file: null, beats: null };
  #asked: Offered[] = [];
  #tabled: unknown = null;

  constructor(listener: WatchListener) {
    this.#listener = listener;
    this.#connection = new Connection('watcher.js', watchReportOf, {
      report: (report) => this.#heard(report),
      lost: (why, again) => this.#lost(why, again),
      found: () => withdraw('watcher'),
    });
    for (const kind of KINDS) select('source').append(make('option', { value: kind }, `synthetic, ${words(kind)}`));
    select('source').onchange = () => {
      const patient = KINDS.find((kind) => kind === select('source').value);
      if (patient) this.#open({ kind: 'synthetic', patient, seed: '1' });
    };
    select('pace').onchange = () => this.#run(this.#state.phase === 'running');
    button('run').onclick = () => this.#toggle();
    button('save').onclick = () => this.#connection.send({ kind: 'annotations' });
    showLegend(
      figure('legend'),
      [...'NSV'].map((name) => ({ name, text: name })).concat({ name: 'Q', text: 'Q, none of these' }),
    );
  }

  /** Starts the worker, unless it runs. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#connection.start();
  }

  /** Streams through another model, if it can be used. */
  use(model: Offered): void {
    this.begin();
    this.#asked.push(model);
    this.#connection.send({ kind: 'model', ...model });
  }

  /** Opens a recording out of files. */
  openFiles(files: Record<string, Uint8Array>): void {
    this.begin();
    this.#open({ kind: 'files', files });
  }

  #open(source: WatchRequest): void {
    this.#source = source;
    this.#state = { ...this.#state, phase: this.#state.phase === 'empty' ? 'opening' : this.#state.phase };
    this.#connection.send(source);
    this.#draw();
  }

  #toggle(): void {
    const { phase } = this.#state;
    if (phase === 'ended') {
      this.#connection.send(this.#source);
      this.#run(true);
    } else this.#run(phase !== 'running');
  }

  #run(running: boolean): void {
    const pace = select('pace').value;
    this.#connection.send({ kind: 'run', running, pace: pace === '' ? null : Number(pace) });
    if (running === (this.#state.phase === 'running')) return;
    this.#state = { ...this.#state, phase: running ? 'running' : 'paused' };
    announce(running ? 'Streaming' : 'Paused');
    this.#draw();
  }

  #heard(report: WatchReport): void {
    const before = this.#state.phase;
    this.#state = watchAfter(this.#state, report);
    if (report.kind === 'ready') {
      this.use(this.#model);
      this.#connection.send(this.#source);
    } else if (report.kind === 'loaded') {
      const used = this.#asked.shift();
      if (used) this.#model = used;
      this.#listener.loaded(report.card);
    } else if (report.kind === 'opened') this.#opened(before);
    else if (report.kind === 'annotations') {
      save(report.name, report.file);
      announce(`${report.beats} beats written to ${report.name}`);
    } else if (report.kind === 'ended') announce(`The recording has ended: ${beatsSoFar(this.#state)} beats`);
    else if (report.kind === 'failed') this.#failed(report);
    this.#draw();
  }

  #opened(before: WatchState['phase']): void {
    withdraw('watch');
    const own = this.#source.kind === 'files';
    select('source').querySelector(`[value=${OWN}]`)?.remove();
    if (own) select('source').append(make('option', { value: OWN }, this.#state.recording!.name));
    select('source').value = own ? OWN : this.#source.kind === 'synthetic' ? this.#source.patient : '';
    if (before === 'running') this.#run(true); // the new one as the one before
  }

  #failed({ doing, message }: Extract<WatchReport, { kind: 'failed' }>): void {
    if (doing === 'model') {
      const refused = this.#asked.shift();
      this.#listener.refused(refused?.id ?? 'the model', message);
    } else notice('watch', `Watch: ${message}. What was there stays.`);
  }

  #lost(why: string, again: () => void): void {
    if (this.#state.phase === 'running') this.#state = { ...this.#state, phase: 'paused' };
    this.#asked = [];
    notice('watcher', `The worker that streams ${why}. What it has drawn stays.`, {
      text: 'Start a new one',
      run: again,
    });
    for (const id of ['run', 'save']) button(id).disabled = true;
  }

  #drawNow(): void {
    const { phase, recording, trace, beats, detail, delay, took } = this.#state;
    const all = beatsSoFar(this.#state);
    button('run').disabled = !recording || !this.#state.model;
    button('save').disabled = all === 0;
    say(button('run'), phase === 'running' ? 'Pause' : phase === 'ended' ? 'Again' : 'Start');
    if (!recording) return;
    const { name, lead, rate, seconds, units, format } = recording;
    const happened = this.#state.notes.map(
      ({ time, text }) => `${clock(time * rate, rate).replace(/\..*/, '')}: ${text}`,
    );
    const notes = [...recording.notes, ...happened];
    const learning = phase === 'running' && all === 0 ? '; the detector learns its thresholds' : '';
    say(figure('title'), `${name}, lead ${lead}, ${units}${learning}`);
    say(
      figure('notes'),
      [`${format}, ${rate} Hz, ${duration(seconds)}.`, ...notes.map((note) => `${note}.`)].join(' '),
    );
    this.#strip.show({ trace, beats, rate, units });
    this.#beat.show(detail);
    this.#tell();
    const bpm = heartRate(this.#state);
    say(figure('beats'), all > 0 ? count(all) : '–');
    say(figure('rate'), Number.isFinite(bpm) ? `${Math.round(bpm)}` : '–');
    if (Number.isFinite(bpm)) figure('rate').append(make('small', {}, ' a minute'));
    say(figure('delay'), delay.beats > 0 ? `${(delay.sum / delay.beats).toFixed(2)} s` : '–');
    if (delay.beats > 0) figure('delay').append(make('small', {}, ` at most ${delay.most.toFixed(2)}`));
    say(figure('cost'), all > 0 ? `${(took / all).toFixed(1)} ms` : '–');
    if (all > 0) figure('cost').append(make('small', {}, ' a beat'));
    this.#list();
  }

  /** The drawings in words. */
  #tell(): void {
    const { beats, detail, recording, counts, late } = this.#state;
    const shown = beats.slice(-8).map(({ label }) => label);
    const label = `The ECG of ${recording!.name} as it streams; the last beats: ${shown.join(' ') || 'none yet'}`;
    if (beats !== this.#tabled) figure('strip').setAttribute('aria-label', label);
    const kinds = Object.entries(counts).map(([name, n]) => `${name} ${count(n)}`);
    const unlike = detail?.label === 'Q' ? ' It is like none of the classes.' : '';
    say(
      figure('beat-text'),
      detail
        ? `Classified ${detail.label}.${unlike} Bars: weight of each step of time. So far: ${kinds.join(', ')}${late > 0 ? `; ${count(late)} found late` : ''}.`
        : 'Bars: weight of each step of time.',
    );
    const clusters = detail?.near === 'clusters';
    say(figure('near-title'), clusters ? 'The nearest clusters of training beats' : 'Its nearest training beats');
    const limit =
      detail?.limit === null || detail === null
        ? ''
        : ` A beat farther than ${detail.limit.toFixed(2)} from all of them is Q.`;
    const text = !detail
      ? ''
      : detail.near === 'beats'
        ? 'By the distance of their embeddings, from 0 to 2; thin, the last beat.'
        : clusters
          ? `Means of similar beats that the model was trained on; thin, the last beat.${limit}`
          : 'The model’s file has neither its training beats nor clusters of them.';
    say(figure('near-text'), text);
  }

  #list(): void {
    const { beats, recording } = this.#state;
    if (beats === this.#tabled) return;
    this.#tabled = beats;
    const rows = beats
      .slice(-TABLE)
      .reverse()
      .map(({ sample, label, why, probability, delay, late }) =>
        make(
          'tr',
          {},
          make('td', {}, clock(sample, recording!.rate)),
          make('td', {}, why ? `${label}, ${why}` : label),
          make('td', {}, probability === null ? '–' : `${Math.round(100 * probability)} %`),
          make('td', {}, `${delay.toFixed(2)} s${late ? ', late' : ''}`),
        ),
      );
    figure('table')
      .querySelector('tbody')!
      .replaceChildren(...rows);
  }
}

/** `rightBlock` as words. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
