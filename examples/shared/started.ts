import type { Command } from 'commander';

const PACKAGED = !import.meta.url.endsWith('.ts'); // build.ts has bundled it
const SCRIPTS: Record<string, string> = { train: 'start' }; // of package.json, where it is not the command's own name

/** How a command was started: `dynaecg train` from the package; a script of package.json, and words after it, from the sources. */
function startedBy(command: Command): string[] {
  const names: string[] = [];
  for (let next: Command | null = command; next; next = next.parent) names.unshift(next.name());
  if (PACKAGED) return names;
  const [first, ...rest] = names[0] === 'dynaecg' && names.length > 1 ? names.slice(1) : names;
  return [SCRIPTS[first] ?? first, ...rest];
}

/** The script of package.json that npm starts a command by. */
export function scriptOf(command: Command): string {
  const [first, second] = startedBy(command);
  return PACKAGED ? (second ?? first) : first;
}

/** What errors begin with: `dynaecg train`, or from the sources `start`. */
export function nameOf(command: Command): string {
  return startedBy(command).join(' ');
}

/** What a shell takes to start a command with these words: `dynaecg train --seed 1`, or `npm start -- --seed 1`. */
export function lineOf(command: Command, words: readonly string[]): string {
  const [first, ...rest] = startedBy(command);
  const all = [...rest, ...words];
  if (PACKAGED) return [first, ...all].join(' ');
  const script = first === 'start' ? 'npm start' : `npm run ${first}`;
  return [script, ...(all.length > 0 ? ['--', ...all] : [])].join(' ');
}

/** As a shell takes it for one word. */
export function quoted(word: string): string {
  return /^[\w./=:,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
