/**
 * What Hermes 0.12 needs: it knows neither classes nor block scopes nor \p{...}, so that Babel rewrites the script as ES5, and two
 * built-ins of ES2022.
 */
import { pathToFileURL } from 'node:url';
import { installed } from './install.ts';

const BUILT_INS = `if (!Array.prototype.at) Object.defineProperty(Array.prototype, 'at', {
  value: function (i) { return this[i < 0 ? this.length + i : i]; } });
if (!Object.hasOwn) Object.hasOwn = function (o, key) { return Object.prototype.hasOwnProperty.call(o, key); };
`;

/** A script in ES5, by the Babel that is installed with the engines. */
export async function lowered(script: string): Promise<string> {
  const { transformSync } = await import(pathToFileURL(installed('@babel/core/lib/index.js')!).href);
  const presets = [[installed('@babel/preset-env/lib/index.js'), { targets: { ie: '11' }, modules: false }]];
  return (
    BUILT_INS +
    transformSync(script, { presets, babelrc: false, configFile: false, compact: true, sourceType: 'script' }).code
  );
}
