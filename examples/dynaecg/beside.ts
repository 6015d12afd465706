import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { SyntheticSet } from 'dynaecg/ecg';
import { useThreads } from 'dynaecg/node';
import { threadsOfCommand } from '../shared/threads.ts';
import { taskOf } from './classMap.ts';
import type { Options } from './options.ts';
import { plan } from './plan.ts';
import { type Done, trainProtocol, type Under } from './protocol.ts';
import { type Recordings, recordingsOf, withLead } from './recordings.ts';

/** What a thread that trains a protocol is given when it starts. */
interface Given {
  protocol: string;
  asked: Options;
  /** of its kernels */
  threads: number;
  /** what the thread's own standard error cannot know of the terminal */
  terminal: { isTTY: boolean; columns: number };
}

/** What it is sent: once there is a folder, where to write, and what to train on; and that it is to stop. */
type Sent = (Pick<Under, 'path' | 'about'> & { made: SyntheticSet }) | 'stop';

/**
 * Starts threads for these protocols, each for one, where the command has enough for them and for the one that it trains itself.
 * Networks for synthetic recordings are so small that threads inside of kernels gain little. Recordings from files are trained on
 * one protocol after the other: each thread would hold all of them, and their networks are larger.
 *
 * @param others where they are added, by the names of their protocols
 * @returns how many threads the kernels of each have
 */
export function startBeside(others: Map<string, Beside>, protocols: readonly string[], asked: Options): number {
  const threads = threadsOfCommand();
  const all = protocols.length + 1;
  if (asked.data.length > 0 || threads < all) return threads;
  const each = Math.floor(threads / all);
  for (const protocol of protocols) others.set(protocol, new Beside(protocol, asked, each));
  return each;
}

/** A protocol that is trained in another thread, by the command that runs in this one; its output is buffered until it is shown. */
export class Beside {
  readonly #worker: Worker;
  readonly #ended: Promise<number>;
  #held: string[] | null = [];
  #done: Done | null = null;
  #error: unknown;

  constructor(protocol: string, asked: Options, threads: number) {
    const { isTTY = false, columns = 80 } = process.stderr;
    const given: Given = { protocol, asked, threads, terminal: { isTTY, columns } };
    this.#worker = new Worker(process.argv[1], { workerData: given, argv: process.argv.slice(2), stderr: true });
    this.#worker.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#held) this.#held.push(text);
      else process.stderr.write(text);
    });
    this.#worker.on('message', (done: Done) => {
      this.#done = done;
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#ended = new Promise((resolve) => this.#worker.once('exit', resolve));
  }

  /** Lets it begin: there are recordings, and a folder to write to. */
  begin({ records, division: { train, test } }: Recordings, { path, about, signal }: Under): void {
    const send = (sent: Sent): void => this.#worker.postMessage(sent);
    send({ path, about, made: { records: records.map(withLead), train: [...train], test: [...test] } });
    if (signal.aborted) send('stop');
    else signal.addEventListener('abort', () => send('stop'));
  }

  /** Shows its output, and waits for its end; null where it was stopped or has failed, which its output and the exit code say. */
  async finish(): Promise<Done | null> {
    for (const text of this.#held ?? []) process.stderr.write(text);
    this.#held = null;
    const code = await this.#ended;
    if (this.#error) throw this.#error;
    process.exitCode ||= code;
    return this.#done;
  }

  /** Ends it wherever it is. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** What this thread is to train; null in the main one. */
export function givenBeside(): Given | null {
  return parentPort ? (workerData as Given) : null;
}

/** The other end of `Beside`: trains the protocol, and sends what came of it. */
export async function trainBeside({ protocol, asked, threads, terminal }: Given): Promise<void> {
  const port = parentPort!;
  Object.assign(process.stderr, terminal);
  const stop = new AbortController();
  const begun = new Promise<Exclude<Sent, 'stop'>>((resolve) =>
    port.on('message', (sent: Sent) => {
      if (sent === 'stop') stop.abort();
      else resolve(sent);
    }),
  );
  try {
    const { configurations, classes, seed, quiet, fast } = asked;
    await useThreads(threads, { relaxed: fast });
    const { made, ...rest } = await begun;
    const recordings = { ...recordingsOf('synthetic', made), task: taskOf(classes) };
    const next = plan(recordings, configurations.find((own) => own.protocol === protocol)!, seed);
    const done = await trainProtocol(next, recordings, { ...rest, seed, quiet, signal: stop.signal });
    if (done) port.postMessage(done);
  } finally {
    port.close();
  }
}
