import { checkFields, checkKind } from './check.ts';
import { checkOptions } from './checkOptions.ts';

/** How `drive` runs a generator. */
export interface DriveOptions<Step> {
  /** aborting it stops the run: `new AbortController().signal` */
  signal?: { readonly aborted: boolean; readonly reason?: unknown };
  /** called with every step; if it returns a promise, the promise is awaited */
  onStep?: (step: Step) => unknown;
}

const LONGEST_BLOCK = 12; // ms before yielding to the event loop: less than a frame at 60 Hz

/**
 * Runs a generator, such as `trainer.steps(30)` or `tsne(points)`, to its end and lets the event loop run in between: a
 * page stays responsive, and Ctrl-C works. Returns the object that the generator returns or, if it returns none, its
 * last step.
 *
 * @throws `signal.reason`, by default an AbortError, once the signal is aborted; the generator has then been ended as
 * by `break`, so a trainer has restored its best weights
 * @example
 *     declare const [trainer, points, random]: [TripletTrainer, Tensor, Random];
 *     const stop = new AbortController();
 *     const last = await drive(trainer.iterations(30), {
 *       signal: stop.signal,
 *       onStep: ({ iteration, loss }) => console.log(iteration, loss),
 *     });
 *     const { layout } = await drive(tsne(points, { random }));
 */
export function drive<Step, Result>(
  steps: { [Symbol.iterator](): Iterator<Step, Result> }, // Iterable of TypeScript 5.0 has no result
  options: DriveOptions<Step> = {},
): Promise<Driven<Step, Result>> {
  checkKind('drive', 'steps', steps, 'iterable');
  checkOptions('drive', options, [], ['signal', 'onStep']);
  const { signal, onStep } = options;
  if (signal !== undefined) checkFields('drive', 'signal', signal, { aborted: 'flag' });
  if (onStep !== undefined) checkKind('drive', 'onStep', onStep, 'function');
  return run(steps[Symbol.iterator](), options);
}

/** The object that a generator returns; if it returns none, its last step, or undefined if there was no step. */
export type Driven<Step, Result> = Result extends object ? Result : Step | undefined;

async function run<Step, Result>(
  steps: Iterator<Step, Result>,
  { signal, onStep }: DriveOptions<Step>,
): Promise<Driven<Step, Result>> {
  let last: Step | undefined;
  let ranAt = Date.now();
  try {
    for (;;) {
      if (signal?.aborted) throw signal.reason ?? abortError();
      const next = steps.next();
      if (next.done) return (isObject(next.value) ? next.value : last) as Driven<Step, Result>;
      last = next.value;
      const answer = onStep?.(last);
      if (isPromise(answer)) await answer;
      if (Date.now() - ranAt < LONGEST_BLOCK) continue;
      await runEventLoop();
      ranAt = Date.now();
    }
  } finally {
    steps.return?.(); // does nothing if the generator has ended
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isPromise(value: unknown): boolean {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}

/** An error with the name of an AbortController's default reason, for a signal without a reason. */
function abortError(): Error {
  const error = new Error('drive: expected to run to the end, got aborted');
  error.name = 'AbortError';
  return error;
}

/** Yields to the event loop, if the engine has one: by setImmediate, or by setTimeout, as in browsers. */
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
