import type { Mutant } from './mutants.ts';

/** What became of a mutant. */
export interface Result extends Mutant {
  outcome: 'killed' | 'timeout' | 'survived';
  /** the test that noticed it */
  by: string | null;
}

/** `src/metric` of `src/metric/miner.ts`. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

export function survivorLine({ file, line, change, code }: Result): string {
  return `${file}:${line}  ${change}  in  ${code}`;
}

/** A row per folder, and their sum. A timeout counts as killed. */
export function table(results: readonly Result[]): string {
  const row = (name: string, of: readonly Result[]): string => {
    const count = (...outcomes: string[]): number => of.filter(({ outcome }) => outcomes.includes(outcome)).length;
    const cells = [of.length, count('killed', 'timeout'), count('survived'), count('timeout')];
    return name.padEnd(16) + cells.map((n) => String(n).padStart(11)).join('');
  };
  const folders = [...new Set(results.map(({ file }) => folderOf(file)))].sort();
  const head = 'folder'.padEnd(16) + ['mutants', 'killed', 'survived', 'timeouts'].map((s) => s.padStart(11)).join('');
  const rows = folders.map((folder) =>
    row(
      folder,
      results.filter(({ file }) => folderOf(file) === folder),
    ),
  );
  return [head, ...rows, row('all', results)].join('\n');
}
