/** QuickJS as WebAssembly in this process. */
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import type { Engine } from './list.ts';

/** The engine of a variant of quickjs-emscripten, by the path or address of its module; null if there is none. */
export function quickjs(module: string | null): Engine | null {
  if (module === null) return null;
  const address = module.startsWith('file:') ? module : pathToFileURL(module).href;
  const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', address)), 'utf8'));
  return {
    version: `of quickjs-emscripten ${version}`,
    async run(program, backend, costs) {
      const quickjs = await newQuickJSWASMModuleFromVariant(import(address));
      const context = quickjs.newContext();
      context
        .newFunction('heap', () => {
          const usage = context.runtime.computeMemoryUsage();
          return usage.consume((handle) => context.newNumber(context.dump(handle).memory_used_size));
        })
        .consume((handle) => context.setProp(context.global, 'heap', handle));
      const call = `goldenProgram.answer(${JSON.stringify(backend) ?? 'undefined'}, ${costs})`;
      const result = context.evalCode(`${program}\n;JSON.stringify(${call})`);
      if (result.error) {
        const { name, message, stack } = context.dump(result.error);
        throw new Error(`${name}: ${message}\n${stack}`);
      }
      const text = result.value.consume((handle) => context.getString(handle));
      context.dispose();
      return JSON.parse(text);
    },
  };
}
