/** What this page may do: run its own scripts and workers, show its own pictures; fetch nothing, run no text as code. */
export function policy({ wasm = true }: { wasm?: boolean } = {}): string {
  return [
    "default-src 'none'",
    `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}`,
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
