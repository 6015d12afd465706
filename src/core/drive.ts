import { checkFields, checkKind, checkOptions } from './check.ts';

/** How `drive` goes through a generator. */
export interface DriveOptions<Step> {
  /** stops when it is aborted: `new AbortController().signal` */
  signal?: { readonly aborted: boolean; readonly reason?: unknown };
  /** called with every step; where it returns a promise, that is awaited */
  onStep?: (step: Step) => unknown;
}

const AT_A_STRETCH = 12; // ms between two turns of the event loop: less than a frame of a page

/**
 * Goes through a generator, such as `trainer.steps(30)` or `tsne(points)`, while the event loop turns: a page stays
 * responsive, and Ctrl-C is heard. Returns what the generator returns, or its last step where that is nothing.
 *
 * @throws what `signal.reason` is, an AbortError by default, once the signal is aborted; the generator has then been ended as by
 * `break`, so that a trainer has put its best weights back
 * @example
 *     const stop = new AbortController();
 *     const last = await drive(trainer.iterations(30), {
 *       signal: stop.signal,
 *       onStep: ({ iteration, loss }) => console.log(iteration, loss),
 *     });
 *     const { layout } = await drive(tsne(points));
 */
export function drive<Step, Result>(
  steps: Iterable<Step, Result>,
  options: DriveOptions<Step> = {},
): Promise<Driven<Step, Result>> {
  checkKind('drive', 'steps', steps, 'iterable');
  checkOptions('drive', options, [], ['signal', 'onStep']);
  const { signal, onStep } = options;
  if (signal !== undefined) checkFields('drive', 'signal', signal, { aborted: 'flag' });
  if (onStep !== undefined) checkKind('drive', 'onStep', onStep, 'function');
  return goThrough(steps[Symbol.iterator](), options);
}

/** What a generator returns, or its last step, none where there was no step, where it returns nothing. */
export type Driven<Step, Result> = Result extends object ? Result : Step | undefined;

async function goThrough<Step, Result>(
  steps: Iterator<Step, Result>,
  { signal, onStep }: DriveOptions<Step>,
): Promise<Driven<Step, Result>> {
  let last: Step | undefined;
  let turned = Date.now();
  try {
    for (;;) {
      if (signal?.aborted) throw signal.reason ?? new Error('drive: expected to end by itself, got aborted');
      const next = steps.next();
      if (next.done) return (next.value ?? last) as Driven<Step, Result>;
      last = next.value;
      const told = onStep?.(last);
      if (isPromise(told)) await told;
      if (Date.now() - turned < AT_A_STRETCH) continue;
      await turn();
      turned = Date.now();
    }
  } finally {
    steps.return?.(); // which does nothing to one that has ended
  }
}

function isPromise(value: unknown): boolean {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function';
}

/** Lets the event loop turn, where the engine has one: by setImmediate, or setTimeout, which pages have. */
function turn(): Promise<void> {
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
