import { ArgumentError } from 'dynaecg';
import { readArguments } from '../shared/arguments.ts';
import { exitWith } from '../shared/exit.ts';
import { prepareFolder } from '../shared/folder.ts';
import { readMetrics } from './read.ts';
import { TABLES, writeReport } from './write.ts';

const HELP = `Draws the report of a run: what the model gets right and wrong, as one page that needs no network.

  npm run report -- RUN_DIR

reads RUN_DIR/metrics.json, and writes RUN_DIR/report.html and RUN_DIR/csv with the same figures as tables.

  -h, --help   this text
  --version    the version of dynaecg`;

function main(args: string[]): number {
  const given = readArguments({ name: 'report', help: HELP, options: {}, positionals: true }, args);
  if (!given) return 0;
  const { positionals } = given;
  if (positionals.length !== 1)
    throw new ArgumentError(`report: expected the folder of one run, got ${positionals.join(' ') || 'none'}`);
  const [folder] = positionals;
  const metrics = readMetrics(folder);
  prepareFolder('report', folder, TABLES);
  const { page, tables } = writeReport(folder, metrics);
  console.log(`the report is ${page}, its figures as tables are in ${tables}`);
  return 0;
}

await exitWith(main);
