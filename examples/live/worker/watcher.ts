/** The worker of *watch*: opens recordings, loads models, and streams one through the other. */
import { backend } from 'dynaecg';
import { type WatchReport, type WatchRequest, watchRequestOf } from '../protocol.ts';
import { cardOf, type Loaded, loadModel } from './model.ts';
import { answer, failure, pause } from './port.ts';
import { fromFiles, type Opened, synthetic, Watching } from './watching.ts';

const PIECE = 40; // ms between two pushes
const LARGE = 1; // s of signal in a push, when it goes as fast as it can

let opened: Opened | null = null;
let loaded: Loaded | null = null;
let watching: Watching | null = null;
let pace: number | null = 1;
/** counts the runs, so that one that was ended does not go on after its pause */
let run = 0;
let running = false;
/** the models that are being loaded, one after another: that of the package comes later than a file that is there */
let loading: Promise<void> = Promise.resolve();

type Send = (report: WatchReport) => void;

function handle(request: Exclude<WatchRequest, { kind: 'ping' }>, send: Send): void {
  if (request.kind === 'model') loading = loading.then(() => load(request, send));
  else if (request.kind === 'synthetic') begin(synthetic(request.patient, request.seed), loaded, send);
  else if (request.kind === 'files') begin(fromFiles(request.files), loaded, send);
  else if (request.kind === 'annotations') send(started().annotations());
  else {
    pace = request.pace;
    if (request.running && !running) void go(started(), send);
    else if (!request.running && running) {
      stop();
      send({ kind: 'paused' });
    }
  }
}

function started(): Watching {
  if (!watching) throw new Error('expected a recording and a model, got none yet');
  return watching;
}

/** Another model sees the recording from its beginning. One that cannot be used leaves everything as it is. */
async function load({ id, file, beats }: Extract<WatchRequest, { kind: 'model' }>, send: Send): Promise<void> {
  try {
    const next = await loadModel(id, file, beats);
    if (opened) begin(opened, next, send);
    loaded = next;
    send({ kind: 'loaded', card: cardOf(next) });
  } catch (error) {
    send(failure('model', error));
  }
}

/** Puts both together, if both are there; throws before anything has changed. */
function begin(recording: Opened, model: Loaded | null, send: Send): void {
  const next = model && new Watching(recording, model);
  opened = recording;
  watching = next;
  stop();
  if (next) send(next.opened());
}

function stop(): void {
  running = false;
  run++;
}

async function go(own: Watching, send: Send): Promise<void> {
  if (own.ended) return send({ kind: 'ended' });
  running = true;
  const ours = ++run;
  let due = performance.now();
  let owed = 0; // samples, in parts: a piece of 40 ms is seldom a whole number of them
  try {
    while (ours === run) {
      owed += own.rate * (pace === null ? LARGE : (PIECE / 1000) * pace);
      const count = Math.floor(owed);
      owed -= count;
      send(own.next(count));
      if (own.ended) {
        stop();
        return send({ kind: 'ended' });
      }
      due = Math.max(due + (pace === null ? 0 : PIECE), performance.now() - PIECE); // after a break, it does not catch up
      await pause(due - performance.now());
    }
  } catch (error) {
    stop();
    send(failure('run', error));
    send({ kind: 'paused' });
  }
}

const { name, reason } = backend();
answer(watchRequestOf, handle, { kind: 'ready', backend: name, reason });
