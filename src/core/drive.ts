import { checkFields, checkKind, checkOptions } from './check.ts';

/** How `drive` runs a generator. */
export interface DriveOptions<Step> {
  /** stops when it is aborted: `new AbortController().signal` */
  signal?: { readonly aborted: boolean; readonly reason?: unknown };
  /** called with every step; where it returns a promise, that is awaited */
  onStep?: (step: Step) => unknown;
}

const LONGEST_BLOCK = 12; // ms until the event loop runs again: less than a frame of a page

/**
 * Runs a generator, such as `trainer.steps(30)` or `tsne(points)`, to its end and lets the event loop run in between: a page
 * stays responsive, and Ctrl-C works. Returns the last step; undefined where there is none.
 *
 * @throws `signal.reason`, an AbortError by default, once the signal is aborted; the generator has then been ended as by `break`,
 * so that a trainer has put its best weights back
 * @example
 *     const stop = new AbortController();
 *     const last = await drive(trainer.iterations(30), {
 *       signal: stop.signal,
 *       onStep: ({ iteration, loss }) => console.log(iteration, loss),
 *     });
 */
export function drive<Step>(steps: Iterable<Step>, options: DriveOptions<Step> = {}): Promise<Step | undefined> {
  checkKind('drive', 'steps', steps, 'iterable');
  checkOptions('drive', options, [], ['signal', 'onStep']);
  const { signal, onStep } = options;
  if (signal !== undefined) checkFields('drive', 'signal', signal, { aborted: 'flag' });
  if (onStep !== undefined) checkKind('drive', 'onStep', onStep, 'function');
  return run(steps, options);
}

async function run<Step>(steps: Iterable<Step>, { signal, onStep }: DriveOptions<Step>): Promise<Step | undefined> {
  const checkSignal = (): void => {
    if (signal?.aborted) throw signal.reason ?? abortError();
  };
  checkSignal();
  let last: Step | undefined;
  let ranAt = Date.now();
  for (const step of steps) {
    last = step;
    const answer = onStep?.(step);
    if (isPromise(answer)) await answer;
    if (Date.now() - ranAt >= LONGEST_BLOCK) {
      await runEventLoop();
      ranAt = Date.now();
    }
    checkSignal();
  }
  return last;
}

function isPromise(value: unknown): boolean {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}

/** An error of the name that an AbortController gives its reason, for a signal without one. */
function abortError(): Error {
  const error = new Error('drive: expected to run to the end, got aborted');
  error.name = 'AbortError';
  return error;
}

/** Lets the event loop run, where the engine has one: by setImmediate, or setTimeout, which pages have. */
function runEventLoop(): Promise<void> {
  const { setImmediate, setTimeout } = globalThis as {
    setImmediate?: (f: () => void) => unknown;
    setTimeout?: (f: () => void, ms: number) => unknown;
  };
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else if (setTimeout) setTimeout(resolve, 0);
    else resolve();
  });
}
