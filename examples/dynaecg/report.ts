import { parseArgs } from 'node:util';
import { ArgumentError } from 'dynaecg';
import { exitWith } from '../exit.ts';
import { readMetrics } from './report/read.ts';
import { writeReport } from './report/write.ts';

const HELP = `Draws the report of a run: what the model gets right and wrong, as one page that needs no network.

  npm run report -- RUN_DIR

reads RUN_DIR/metrics.json, and writes RUN_DIR/report.html and RUN_DIR/csv with the same figures as tables.`;

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length !== 1)
    throw new ArgumentError(`report: expected the folder of one run, got ${positionals.join(' ') || 'none'}`);
  const [folder] = positionals;
  const { page, tables } = writeReport(folder, readMetrics(folder));
  console.log(`the report is ${page}, its figures as tables are in ${tables}`);
  return 0;
}

await exitWith(main);
