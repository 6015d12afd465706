/** The engines that npm or Debian bring, and how each runs the program. */
import type { BackendName } from 'dynaecg';
import { chromiumPath } from '../../../examples/shared/chromium.ts';
import type { Answer } from '../golden/program.ts';
import { runPage } from './chromium.ts';
import { lowered } from './hermes.ts';
import { installed } from './install.ts';
import { runScript, versionOf } from './process.ts';
import { quickjs } from './quickjs.ts';
import { runWorkerd } from './workerd.ts';

/** An engine that is there. */
export interface Engine {
  version: string;
  /** runs the program, a script that sets `goldenProgram`, on a backend or on the one that the engine chooses */
  run: (program: string, backend: BackendName | undefined, costs: boolean) => Promise<Answer>;
}

interface Known {
  /** the backends that it must have; the first is the one that it chooses */
  backends: readonly BackendName[];
  /** the entry that such an engine takes, `dynaecg` by default */
  entry?: 'dynaecg/js';
  /** null if it is not there */
  find: () => Engine | null;
}

const WASM = ['wasm', 'js'] as const;
const JS = ['js'] as const;
// What each tells of its heap, arrays included.
const NODE_HEAP = '() => { gc(); gc(); const m = process.memoryUsage(); return m.heapUsed + m.arrayBuffers; }';
const DENO_HEAP = '() => { gc(); gc(); const m = Deno.memoryUsage(); return m.heapUsed + m.external; }';

/** An engine that is a program: where it is, its arguments, how it prints, and how it tells its heap. */
function program(
  path: string | null,
  args: readonly string[] = [],
  print = 'print',
  heap?: string,
  { version = path && versionOf(path), prepare = async (script: string) => script } = {},
): Engine | null {
  if (path === null || version === null) return null;
  return {
    version,
    async run(program, backend, costs) {
      const call = `goldenProgram.answer(${JSON.stringify(backend) ?? 'undefined'}, ${costs})`;
      const before = heap ? `globalThis.heap = ${heap};\n` : '';
      return runScript(path, args, await prepare(`${before}${program}\n;${print}(JSON.stringify(${call}));\n`));
    },
  };
}

const node = (major: number, ...flags: string[]): Known => ({
  backends: flags.length > 0 ? JS : WASM,
  find: () => program(installed(`node${major}/bin/node`), [...flags, '--expose-gc'], 'console.log', NODE_HEAP),
});
const page = (where: 'page' | 'worker', wasm: boolean): Known => ({
  backends: wasm ? WASM : JS,
  find() {
    const version = chromiumPath && versionOf(chromiumPath);
    return version ? { version, run: (script, backend, costs) => runPage(where, wasm, script, backend, costs) } : null;
  },
});
const workerd = (module: boolean): Known => ({
  backends: module ? ['wasm'] : JS,
  find() {
    const path = installed('workerd/bin/workerd');
    const version = path && versionOf(path);
    return path && version
      ? { version, run: (script, backend, costs) => runWorkerd(path, script, backend, costs, module) }
      : null;
  },
});

/** By name. */
export const ENGINES: Readonly<Record<string, Known>> = {
  'Node 18': node(18),
  'Node 20': node(20),
  'Node 22': node(22),
  'Node 24': node(24),
  'Node 24 --jitless': node(24, '--jitless'),
  Deno: {
    backends: WASM,
    find: () => program(installed('deno/deno'), ['run', '--v8-flags=--expose-gc'], 'console.log', DENO_HEAP),
  },
  Bun: { backends: WASM, find: () => program(installed('bun/bin/bun.exe'), ['run'], 'console.log') },
  workerd: workerd(false),
  'workerd, with a module': workerd(true),
  'Chromium, page': page('page', true),
  'Chromium, worker': page('worker', true),
  'Chromium, page, policy without wasm': page('page', false),
  'Chromium, worker, policy without wasm': page('worker', false),
  'JavaScriptCore (WebKitGTK)': {
    backends: WASM,
    find: () =>
      program('jsc', [], 'print', undefined, {
        version: versionOf('dpkg-query', ['-W', '-f', `\${Version}`, 'libjavascriptcoregtk-4.0-bin']),
      }),
  },
  'SpiderMonkey (gjs)': { backends: WASM, find: () => program('gjs') },
  'Hermes 0.12': {
    backends: JS,
    entry: 'dynaecg/js',
    find() {
      const path = installed('@babel/preset-env/lib/index.js') && installed('hermes-engine-cli/linux64-bin/hermes');
      return program(path, ['-O', '-w'], 'print', undefined, { version: '0.12.0', prepare: lowered });
    },
  },
  QuickJS: {
    backends: JS,
    entry: 'dynaecg/js',
    find: () => quickjs(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync')),
  },
  'QuickJS-ng': {
    backends: JS,
    entry: 'dynaecg/js',
    find: () => quickjs(installed('@jitl/quickjs-ng-wasmfile-release-sync/dist/index.mjs')),
  },
};

/** What runs it, and is in no package of npm's or Debian's. */
export const MISSING = ['XS'];
