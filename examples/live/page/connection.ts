const BEAT = 1000; // ms between two questions whether a worker is alive
const PATIENCE = 8000; // ms after which it is said not to answer: more than any one of its computations takes

/** What a connection tells of. */
export interface Listener<Report> {
  report(report: Report): void;
  /** it has gone, or does not answer; `again` starts a new one */
  lost(why: string, again: () => void): void;
  /** it answers after all */
  found(): void;
}

/** The page's side of a worker: messages that are checked, and a look at whether it still lives. */
export class Connection<Request extends { kind: string }, Report extends { kind: string }> {
  readonly #file: string;
  readonly #check: (message: unknown) => Report;
  readonly #listener: Listener<Report>;
  #worker: Worker | null = null;
  #asked: number | null = null;
  #silent = false;

  constructor(file: string, check: (message: unknown) => Report, listener: Listener<Report>) {
    this.#file = file;
    this.#check = check;
    this.#listener = listener;
    setInterval(() => this.#look(), BEAT);
  }

  /** Starts the worker, a new one if there is one. */
  start(): void {
    this.#worker?.terminate();
    const worker = new Worker(new URL(this.#file, import.meta.url), { type: 'module', name: this.#file });
    this.#worker = worker;
    this.#asked = null;
    this.#silent = false;
    worker.onmessage = ({ data }) => this.#heard(data);
    worker.onmessageerror = () => this.#died('sent what cannot be read');
    worker.onerror = (event) => {
      event.preventDefault(); // which would print it; it is shown
      this.#died(event.message ? `failed: ${event.message}` : 'could not be loaded');
    };
  }

  send(request: Request): void {
    this.#worker?.postMessage(request);
  }

  #heard(data: unknown): void {
    this.#asked = null;
    if (this.#silent) this.#listener.found();
    this.#silent = false;
    try {
      const report = this.#check(data);
      if (report.kind !== 'pong') this.#listener.report(report);
    } catch (error) {
      this.#died((error as Error).message);
    }
  }

  #look(): void {
    if (!this.#worker || this.#silent) return;
    if (this.#asked === null) {
      this.#asked = performance.now();
      this.#worker.postMessage({ kind: 'ping' });
    } else if (performance.now() - this.#asked > PATIENCE) {
      this.#silent = true;
      this.#listener.lost(`has not answered for ${PATIENCE / 1000} s`, () => this.start());
    }
  }

  #died(why: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#listener.lost(why, () => this.start());
  }
}
