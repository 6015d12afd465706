/**
 * workerd, which answers requests, and whose clock stands still while it computes: beats are timed from outside. It compiles no bytes
 * at run time, but the modules of its configuration.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { BackendName } from 'dynaecg';
import { plain } from '../../../src/kernels/wasm/binary/plain.ts';
import type { Answer } from '../golden/program.ts';
import { withFiles } from './process.ts';

const BEATS = 60;

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "golden.js", esModule = embed "golden.js"),
      (name = "plain.wasm", wasm = embed "plain.wasm")],
    compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);
`;

const HANDLER = `
const networks = {};
export default { fetch(request) {
  const { work, backend, module, beats } = Object.fromEntries(new URL(request.url).searchParams);
  if (work === 'answer') return Response.json(goldenProgram.answer(backend || undefined, false, module && plain));
  const { embed } = (networks[work] ??= goldenProgram.network(work === 'small' ? goldenProgram.SMALL : {}));
  for (let i = 0; i < Number(beats); i++) embed();
  return Response.json(null);
} };
`;

export function runWorkerd(
  path: string,
  program: string,
  backend: BackendName | undefined,
  costs: boolean,
  module: boolean,
): Promise<Answer> {
  const script = `import plain from './plain.wasm';\n${program}${HANDLER}`;
  const files = { 'golden.js': script, 'golden.capnp': CONFIG, 'plain.wasm': Buffer.from(plain, 'base64') };
  return withFiles(files, async (cwd) => {
    const server = spawn(path, ['serve', 'golden.capnp', '--control-fd=3'], {
      cwd,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    try {
      const control = createInterface({ input: server.stdio[3] as NodeJS.ReadableStream });
      const [line] = await Promise.race([once(control, 'line'), once(server, 'exit').then(() => ['{}'])]);
      const { port } = JSON.parse(line);
      if (!port) throw new Error(`workerd: expected it to listen, got ${line}`);
      const ask = async (query: string) => (await fetch(`http://127.0.0.1:${port}/?${query}`)).json();
      const answer = (await ask(`work=answer&backend=${backend ?? ''}&module=${module ? 1 : ''}`)) as Answer;
      if (!costs) return answer;
      const beat = async (work: string): Promise<number> => {
        const spent: number[] = [];
        for (const beats of [BEATS, 1, BEATS + 1]) {
          const start = performance.now();
          await ask(`work=${work}&beats=${beats}`);
          spent.push(performance.now() - start);
        }
        return (spent[2] - spent[1]) / BEATS;
      };
      const cost = { load: null, heap: null, beyond: null, beat: await beat('default'), small: await beat('small') };
      return { ...answer, cost };
    } finally {
      server.kill();
    }
  });
}
