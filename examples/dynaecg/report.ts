import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ArgumentError, DataError, DynaecgError } from 'dynaecg';
import { writeFileAtomic } from 'dynaecg/node';
import { csvTables } from './report/csv.ts';
import { drawReport } from './report/page.ts';
import { readMetrics } from './report/read.ts';

const HELP = `Draws the report of a run: what the model gets right and wrong, as one page that needs no network.

  npm run report -- RUN_DIR

reads RUN_DIR/metrics.json, and writes RUN_DIR/report.html and RUN_DIR/csv with the same figures as tables.`;

function main(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (positionals.length !== 1)
    throw new ArgumentError(`report: expected the folder of one run, got ${positionals.join(' ') || 'none'}`);
  const [folder] = positionals;
  const metrics = readMetrics(folder);
  const page = join(folder, 'report.html');
  const tables = join(folder, 'csv');
  writeFileAtomic(page, drawReport(metrics));
  try {
    mkdirSync(tables, { recursive: true });
  } catch (error) {
    throw new DataError(`report: expected to make the folder ${tables}, got ${(error as Error).message}`, {
      cause: error,
    });
  }
  for (const [name, text] of Object.entries(csvTables(metrics))) writeFileAtomic(join(tables, name), text);
  console.log(`the report is ${page}, its figures as tables are in ${tables}`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof DynaecgError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(expected ? (error as Error).message.split('\n')[0] : error);
  process.exitCode = 1;
}
