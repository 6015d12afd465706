import { prepareFolder } from '../shared/folder.ts';
import { Program } from '../shared/program.ts';

/** `report`. What draws is loaded when it is asked for: it is large. */
export const reportCommand = new Program('report')
  .summary('draw the report of a run that train has finished')
  .description(
    'Draws the report of a run: what the model gets right and wrong, as one page that needs no network access. Reads ' +
      'RUN_DIR/metrics.json, and writes RUN_DIR/report.html and RUN_DIR/csv with the same figures as tables.',
  )
  .argument('<RUN_DIR>', 'the folder of one run')
  .action(async (folder: string) => {
    const [{ readMetrics }, { TABLES, writeReport }] = await Promise.all([import('./read.ts'), import('./write.ts')]);
    const metrics = readMetrics(folder);
    prepareFolder('report', folder, TABLES);
    const { page, tables } = writeReport(folder, metrics);
    console.log(`the report is ${page}, its figures as tables are in ${tables}`);
  });
