import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A block of a page: its code, and what the page says that it prints, nothing if no `text` block follows. */
export interface Block {
  code: string;
  printed: string;
}

/** The TypeScript of a page, block by block. */
export function blocksOf(page: string): Block[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/```ts\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```)?/g);
  return [...blocks].map(([, code, printed = '']) => ({ code, printed }));
}

const END = '\u0004';

/**
 * What each block prints if they are run as one program, in their order.
 *
 * @param before code to put before them
 * @param files makes, in an empty folder that the program runs in, what a reader would have
 */
export function run(blocks: readonly Block[], before = '', files: (folder: string) => void = () => {}): string[] {
  const program = resolve(`test/page-${process.pid}.ts`); // inside the project, where its imports resolve
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  const ended = `console.log('${END}');\n`;
  writeFileSync(program, [before, ...blocks.map(({ code }) => code + ended)].join('\n'));
  try {
    files(folder);
    const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');
    const env = { ...process.env, FORCE_COLOR: '0', TSX_TSCONFIG_PATH: resolve('tsconfig.json') };
    const printed = execFileSync('node', ['--import', tsx, program], { encoding: 'utf8', cwd: folder, env });
    return printed.split(`${END}\n`).slice(0, -1);
  } finally {
    rmSync(program);
    rmSync(folder, { recursive: true });
  }
}
