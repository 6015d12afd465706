import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from 'dynaecg/node';
import { csvTables } from './csv.ts';
import type { Metrics } from './metrics.ts';
import { drawReport } from './page.ts';

/** The folder for the tables, in that of the run. */
export const TABLES = 'csv';

/** Where the report of a run is: the page, and the folder with its figures as tables. */
export interface ReportPaths {
  page: string;
  tables: string;
}

/** Draws the report into the folder of its run: report.html, and the same figures in csv. */
export function writeReport(folder: string, metrics: Metrics): ReportPaths {
  const page = join(folder, 'report.html');
  const tables = join(folder, TABLES);
  writeFileAtomic(page, drawReport(metrics));
  makeFolder(tables);
  for (const [name, text] of Object.entries(csvTables(metrics))) writeFileAtomic(join(tables, name), text);
  return { page, tables };
}
