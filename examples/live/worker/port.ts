/** What of a worker's global object is used: the page's types and a worker's cannot be in one program. */
export interface Port<Report> {
  postMessage(report: Report): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

/** A worker's side: answers every message, and reports whatever goes wrong in doing so. */
export function answer<Request extends { kind: string }, Report>(
  check: (message: unknown) => Request,
  handle: (request: Exclude<Request, { kind: 'ping' }>, send: (report: Report) => void) => void,
  hello: Report,
): void {
  const port = globalThis as unknown as Port<Report | { kind: 'pong' } | Failure>;
  const send = (report: Report): void => port.postMessage(report);
  port.onmessage = ({ data }) => {
    let doing = 'a message';
    try {
      const request = check(data);
      doing = request.kind;
      if (request.kind === 'ping') port.postMessage({ kind: 'pong' });
      else handle(request as Exclude<Request, { kind: 'ping' }>, send);
    } catch (error) {
      port.postMessage(failure(doing, error));
    }
  };
  send(hello);
}

interface Failure {
  kind: 'failed';
  doing: string;
  message: string;
}

export const failure = (doing: string, error: unknown): Failure => ({
  kind: 'failed',
  doing,
  message: error instanceof Error ? error.message : String(error),
});

/** Lets messages in, and waits that long. */
export const pause = (ms: number): Promise<void> => {
  const { setTimeout } = globalThis as unknown as { setTimeout: (f: () => void, ms: number) => void };
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
};
