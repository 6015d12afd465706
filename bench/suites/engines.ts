import type { BackendName } from 'dynaecg';
import type { Cost } from '../../test/engines/golden/program.ts';
import { goldenScripts } from '../../test/engines/programs/build.ts';
import { ENGINES, type Engine, MISSING } from '../../test/engines/programs/list.ts';
import type { SuiteOptions } from '../support/options.ts';
import type { Report } from '../support/report.ts';
import { timingOf } from '../support/timing.ts';

const HEAD = [
  'engine',
  'version',
  'backend',
  'load, ms',
  'ms a beat',
  'small, ms',
  'heap, MB',
  'beyond the weights, MB',
];

/** What one engine says, or why it says nothing. */
async function costOf(engine: Engine, script: string, backend: BackendName): Promise<Cost | string> {
  try {
    return (await engine.run(script, backend, true)).cost!;
  } catch (error) {
    return `failed: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`;
  }
}

/** What a beat, loading and memory cost on every engine that is there: a table in Markdown. */
export async function benchEngines(report: Report, { filter, backend: asked }: SuiteOptions): Promise<void> {
  const scripts = await goldenScripts();
  const absent = [...MISSING];
  report.print(`\n| ${HEAD.join(' | ')} |\n|---|---|---|${'---:|'.repeat(HEAD.length - 3)}`);
  for (const [name, { backends, entry = 'dynaecg', find }] of Object.entries(ENGINES)) {
    if (!filter.test(name)) continue;
    const engine = find();
    if (!engine) absent.push(name);
    for (const backend of engine ? backends : []) {
      if (asked && asked !== backend) continue;
      const cost = await costOf(engine!, scripts[entry], backend);
      if (typeof cost === 'string') {
        report.print(`| ${name} | ${engine!.version} | ${backend} | ${cost} |`);
        continue;
      }
      const number = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '–';
      const megabytes = (value: number | null): string => number(value === null ? null : value / 1e6, 2);
      const times = [number(cost.load, 0), number(cost.beat, cost.beat! < 10 ? 2 : 0), number(cost.small, 2)];
      const cells = [name, engine!.version, backend, ...times, megabytes(cost.heap), megabytes(cost.beyond)];
      report.print(`| ${cells.join(' | ')} |`);
      if (cost.beat !== null) report.run.timings.push(timingOf(`a beat: ${backend}`, name, [cost.beat / 1000]));
    }
  }
  report.print(`\nnot here: ${absent.join(', ')}`);
}
