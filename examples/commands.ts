#!/usr/bin/env node
// The commands: `dynaecg train` and the others from the package, `npm start` and other scripts of npm from the sources.
import { trainCommand } from './dynaecg/options.ts';
import { reportCommand } from './report/main.ts';
import { runProgram } from './shared/exit.ts';
import { Program } from './shared/program.ts';
import { annotateCommand } from './tools/annotate.ts';
import { compareCommand } from './tools/compare.ts';
import { detectCommand } from './tools/detect.ts';
import { variabilityCommand } from './tools/variability.ts';

const program = new Program('dynaecg').description(
  'Trains models that classify heartbeats, and annotates recordings with them. `dynaecg COMMAND --help` says more.',
);
const train = trainCommand(async (...asked) => (await import('./dynaecg/main.ts')).train(...asked));
for (const command of [train, annotateCommand, compareCommand, detectCommand, variabilityCommand, reportCommand])
  program.addCommand(command);

await runProgram(program);
