import { type BeatTally, COMPARED_CLASSES, grossTally } from 'dynaecg/ecg';
import { align } from '../../shared/text.ts';
import type { Level, Windows } from './ladder.ts';

const CLASSES = ['N', 'S', 'V'] as const;

const percent = (count: number, of: number, digits = 1): string =>
  of > 0 ? ((100 * count) / of).toFixed(digits) : '-';
const share = ({ all, flagged }: Windows): string => percent(flagged, all);

/** The sum over records. */
function pooled(levels: readonly Level[], key: 'noisy' | 'clean' | 'marked'): Windows {
  return levels.reduce((sum, level) => ({ all: sum.all + level[key].all, flagged: sum.flagged + level[key].flagged }), {
    all: 0,
    flagged: 0,
  });
}

/** Records as they are: windows that are called noise where the database marks noise in the lead, and where it does not. */
export function formatClean(rows: readonly Level[]): string {
  const own = rows.filter(({ noise }) => noise === null);
  const line = (name: string, levels: readonly Level[]): string[] => [
    name,
    ...(['clean', 'marked'] as const).flatMap((key) => {
      const windows = pooled(levels, key);
      return [String(windows.all), String(windows.flagged), share(windows)];
    }),
  ];
  const flagged = own.filter(({ clean, marked }) => clean.flagged + marked.flagged > 0);
  const head = ['no noise added', 'windows', 'flagged', '%', 'marked ~', 'flagged', '%'];
  return align([head, ...flagged.map((level) => line(level.record, [level])), line('all records', own)]).join('\n');
}

/** A line for each kind and level of noise; with a model, the F1 of its classes, too. */
export function formatLadder(rows: readonly Level[], classified: boolean): string {
  const groups = new Map<string, Level[]>();
  for (const level of rows) {
    const name = level.noise ? `${level.noise.kind} ${level.noise.snr} dB` : 'none';
    groups.set(name, [...(groups.get(name) ?? []), level]);
  }
  const scores = (tally: BeatTally): string[] => [
    ...detection(tally),
    ...(classified ? CLASSES.map((name) => f1(tally, name)) : []),
  ];
  const names = ['Se %', '+P %', ...(classified ? CLASSES.map((name) => `${name} F1`) : [])];
  const head = ['noise', 'noisy flagged %', 'clean %', ...names, '| beats read %', ...names];
  const lines = [...groups].map(([name, levels]) => {
    const all = grossTally(levels.map(({ beats }) => ({ matrix: beats })));
    const readable = grossTally(levels.map((level) => ({ matrix: level.readable })));
    const windows = [share(pooled(levels, 'noisy')), share(pooled(levels, 'clean'))];
    const read = percent(beatsOf(readable), beatsOf(all));
    return [name, ...windows, ...scores(all), read, ...scores(readable)];
  });
  return [
    'noise added: all beats of the noisy periods, and | those of them in windows that the index calls readable',
    ...align([head, ...lines]),
  ].join('\n');
}

function beatsOf({ statistics }: BeatTally): number {
  return statistics.qrs.sensitivity.of;
}

/** Sensitivity and positive predictivity of the detector. */
function detection({ statistics: { qrs } }: BeatTally): string[] {
  return [qrs.sensitivity, qrs.positivePredictivity].map(({ count, of }) => percent(count, of, 2));
}

/** F1 of a class: beats without a class, and those that were not found, are missed. F and Q of the reference do not count. */
function f1({ matrix }: BeatTally, name: (typeof CLASSES)[number]): string {
  const k = COMPARED_CLASSES.indexOf(name);
  const beats = matrix[k].reduce((sum, n) => sum + n, 0);
  const labelled = matrix.reduce((sum, row, r) => ('FQ'.includes(COMPARED_CLASSES[r]) ? sum : sum + row[k]), 0);
  return percent(2 * matrix[k][k], beats + labelled);
}
