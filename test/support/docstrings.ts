/** The docstrings of src, and the names that the package exports. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A docstring, without its asterisks, and the code after it. */
export interface Docstring {
  file: string;
  line: number;
  lines: string[];
  /** the name that is exported after it, or an empty string */
  name: string;
  /** what that is, such as `class` */
  kind: string;
}

/** All of src, in the order of files and lines. */
export const DOCSTRINGS = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !/assembly|binary/.test(file))
  .sort()
  .flatMap((file) => docstringsOf(join('src', file)));

function docstringsOf(file: string): Docstring[] {
  const text = readFileSync(file, 'utf8');
  return [
    ...text.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(?:export (?:abstract )?(function\*?|class|const|interface) (\w+))?/g),
  ].map(({ index, 1: body, 2: kind = '', 3: name = '' }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    lines: body.split('\n').map((line) => line.replace(/^\s*\* ?/, '')),
    name,
    kind,
  }));
}

/** The names that an entry of the package exports, as an import names them: types with `type` in front. */
export function exportsOf(index: string): Map<string, string> {
  const text = readFileSync(index, 'utf8');
  const lists = [...text.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, type = '', list]) =>
    list.split(',').map((entry) => type + entry.trim()),
  );
  const direct = [...text.matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  return new Map(
    [...lists, ...direct].filter(Boolean).map((entry) => {
      const name = entry.split(/\s+/).pop() as string;
      return [name, entry.startsWith('type ') ? `type ${name}` : name];
    }),
  );
}
