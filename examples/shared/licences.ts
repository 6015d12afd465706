import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licence of every package that some of these files are of. */
export function licences(inputs: readonly string[]): string {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${licenceIn(folder).trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The text of a file for it, or of that part of the README. */
function licenceIn(folder: string): string {
  const files = readdirSync(folder);
  const read = (file: string | undefined): string => (file ? readFileSync(join(folder, file), 'utf8') : '');
  const own = files.find((name) => /^licen[cs]e/i.test(name));
  const text = own
    ? read(own)
    : /^(?:#+ *)?licen[cs]e.*$.*/ims.exec(read(files.find((name) => /^readme/i.test(name))))?.[0];
  if (!text) throw new Error(`${folder}: expected a file with its licence, got none`);
  return text;
}
