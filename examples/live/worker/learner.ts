/** The worker of *learn*: trains, one step at a time, and takes messages in between. */
import { backend } from 'dynaecg';
import { type LearnReport, type LearnRequest, type LearnSettings, learnRequestOf } from '../protocol.ts';
import { Learning } from './learning.ts';
import { answer, failure, pause } from './port.ts';

const PICTURE = 1000 / 30; // ms between two pictures: as often as one sees

let learning: Learning | null = null;
let settings: LearnSettings | null = null;
let running = false;
/** counts the runs, so that one that was ended does not go on after its pause */
let run = 0;

type Send = (report: LearnReport) => void;

function handle(request: Exclude<LearnRequest, { kind: 'ping' }>, send: Send): void {
  if (request.kind === 'begin') {
    stop();
    settings = request.settings;
    learning = new Learning(request.seed, request.settings);
    send(learning.begun());
    return;
  }
  if (!learning) throw new Error('expected training to have begun');
  if (request.kind === 'settings') {
    settings = request.settings;
    learning.settings = request.settings;
  } else if (request.kind === 'step') {
    stop();
    for (const report of learning.step(true)) send(report);
    send({ kind: 'paused' });
  } else if (request.kind === 'export') send(learning.export());
  else if (request.running && !running) void go(learning, send);
  else if (!request.running) {
    stop();
    send({ kind: 'paused' });
  }
}

function stop(): void {
  running = false;
  run++;
}

async function go(own: Learning, send: Send): Promise<void> {
  running = true;
  const ours = ++run;
  let seen = Number.NEGATIVE_INFINITY;
  try {
    while (ours === run) {
      const began = Date.now();
      const withPicture = began - seen >= PICTURE;
      if (withPicture) seen = began;
      const reports = own.step(withPicture);
      for (const report of reports) send(report);
      if (reports.some(({ kind }) => kind === 'finished')) return stop();
      const { pace } = settings!;
      await pause(pace === null ? 0 : began + 1000 / pace - Date.now());
    }
  } catch (error) {
    stop();
    send(failure('run', error));
    send({ kind: 'paused' });
  }
}

const { name, reason } = backend();
answer(learnRequestOf, handle, { kind: 'ready', backend: name, reason });
