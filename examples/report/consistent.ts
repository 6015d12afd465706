import { addConfusion, classificationScores } from 'dynaecg';
import { CLASSES } from 'dynaecg/ecg';
import { NO_CLASS } from './fields.ts';
import type {
  AttentionExample,
  Judged,
  Layout,
  Metrics,
  NoveltyMetrics,
  ProtocolMetrics,
  TableScores,
} from './metrics.ts';
import { SCORES } from './tables.ts';

/** Where a file differs from that of a run, and what was expected there. */
export class Misfit extends Error {}

/**
 * Checks that the figures of a run, each valid on its own, agree with one another: sums, sizes and names.
 *
 * @throws Misfit with the first that is not what the others make it
 */
export function checkConsistent({ beats, classes, labels, protocols }: Metrics): void {
  const { annotated, windows, dropped } = beats;
  const untaught = labels ? [NO_CLASS] : ['F', 'Q'];
  if (!labels) equal('classes', classes, CLASSES, "AAMI's without labels");
  else equal('labels', Object.keys(labels).sort(), [...classes].sort(), 'those of the classes');
  checkNames('beats.annotated', annotated, [...classes, ...untaught]);
  const cut = sum(classes.map((name) => annotated[name] ?? 0)) - dropped.length;
  if (Object.keys(protocols).length === 0) throw new Misfit('protocols should be some and are none');
  equal(
    'beats.windows',
    windows,
    cut,
    `the annotated beats of ${classes.slice(0, -1).join(', ')} and ${classes.at(-1)} but for those dropped`,
  );
  for (const [name, protocol] of Object.entries(protocols)) {
    const path = `protocols.${name}`;
    const { train, test, judged, configuration } = protocol;
    if (name !== configuration.protocol)
      throw new Misfit(`${path}.configuration.protocol should be ${name} and is ${configuration.protocol}`);
    if (train + test > windows)
      throw new Misfit(`${path}.train and test should be ${windows} windows at most and are ${train + test}`);
    checkPatients(`${path}.patients`, protocol.patients);
    checkHistory(`${path}.history`, protocol);
    if (!judged) continue;
    checkConfusion(`${path}.judged`, judged);
    equal(`${path}.test`, test, sum(judged.confusion.flat()), 'the number of beats in judged.confusion');
    checkScores(`${path}.judged`, judged);
    checkBeats(`${path}.judged`, judged, configuration.length);
    checkNovelty(`${path}.judged.novelty`, judged, classes, untaught);
    checkCalibration(`${path}.judged.calibration`, judged);
    checkMistakes(`${path}.judged.mistakes`, judged);
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

function equal(path: string, value: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [value, expected].map((v) => JSON.stringify(v));
  if (got !== wanted) throw new Misfit(`${path} should be ${what}, ${wanted}, and is ${got}`);
}

function checkPatients(path: string, { train, test, shared }: ProtocolMetrics['patients']): void {
  const both = train.filter((name) => test.includes(name)).sort();
  equal(`${path}.shared`, [...shared].sort(), both, 'the patients of both train and test');
}

/** As many networks as configured, or fewer where the run was interrupted, and no more rounds than configured. */
function checkHistory(path: string, { configuration, history, judged }: ProtocolMetrics): void {
  const { members, method, iterations, mlpEpochs } = configuration;
  if (history.length > members || (judged && history.length < members))
    throw new Misfit(`${path} should be of the ${members} networks configured and is of ${history.length}`);
  const most = method === 'crossEntropy' ? [0, iterations] : [iterations, mlpEpochs];
  for (const [n, own] of history.entries()) {
    const numbers = {
      iterations: own.iterations.map(({ iteration }) => iteration),
      epochs: own.epochs.map(({ epoch }) => epoch),
    };
    for (const [i, [name, given]] of Object.entries(numbers).entries()) {
      const at = `${path}[${n}].${name}`;
      if (given.length > most[i])
        throw new Misfit(`${at} should be ${most[i]} at most, as configured, and are ${given.length}`);
      const counted = given.map((_, i) => i + 1);
      equal(at, given, counted, 'numbered');
    }
  }
}

function checkConfusion(path: string, { confusion, records, rhythms = {}, neighbors, operating = [] }: Judged): void {
  if (Object.keys(records).length === 0) throw new Misfit(`${path}.records should be some and are none`);
  equal(`${path}.confusion`, confusion, addConfusion(Object.values(records)), 'the sum of its records');
  for (const name of Object.keys(rhythms))
    if (!Object.hasOwn(records, name))
      throw new Misfit(`${path}.rhythms should be of the records and has ${JSON.stringify(name)}`);
  const others: [name: string, matrix: number[][]][] = [
    ...operating.map(({ matrix }, i): [string, number[][]] => [`operating[${i}].matrix`, matrix]),
    ...(neighbors ? [['neighbors', neighbors] as [string, number[][]]] : []),
  ];
  for (const [name, matrix] of others)
    equal(`${path}.${name}`, matrix.map(sum), confusion.map(sum), 'of the beats of each class in confusion');
}

function checkScores(path: string, judged: Judged): void {
  const expected = classificationScores(judged.confusion);
  /** Equal but for the last digits, and for what could not be computed, which may be 0 or nothing. */
  const near = (at: string, value: number, wanted: number): void => {
    if (Math.abs((value || 0) - (wanted || 0)) > 1e-9) equal(`${path}.${at}`, value, wanted, 'that of confusion');
  };
  const compare = (at: string, value: TableScores, wanted: TableScores): void => {
    for (const [key] of SCORES) near(`${at}.${key}`, value[key], wanted[key]);
  };
  near('accuracy', judged.accuracy, expected.accuracy);
  compare('macro', judged.macro, expected.macro);
  for (const [k, scores] of judged.perClass.entries()) {
    near(`perClass[${k}].support`, scores.support, expected.perClass[k].support);
    compare(`perClass[${k}]`, scores, expected.perClass[k]);
  }
}

/** Single beats are of the records that were judged, and as long as configured. */
function checkBeats(path: string, judged: Judged, length: number): void {
  const { layout, trainingLayout, attention, records } = judged;
  const judgedOne = (at: string, record: string): void => {
    if (!Object.hasOwn(records, record))
      throw new Misfit(`${at} should be one of the records and is ${JSON.stringify(record)}`);
  };
  checkColumns(`${path}.layout`, layout);
  for (const [i, record] of layout.record.entries())
    if (!layout.trained[i]) judgedOne(`${path}.layout.record[${i}]`, record);
  if (trainingLayout) {
    checkColumns(`${path}.trainingLayout`, trainingLayout);
    const other = trainingLayout.trained.indexOf(false);
    if (other >= 0) throw new Misfit(`${path}.trainingLayout.trained[${other}] should be true and is false`);
  }
  for (const [i, example] of attention.entries()) {
    judgedOne(`${path}.attention[${i}].record`, example.record);
    checkExample(`${path}.attention[${i}]`, example, length);
  }
}

function checkColumns(path: string, layout: Layout): void {
  for (const key of ['y', 'trained', 'record', 'sample', 'label', 'predicted'] as const)
    if (layout[key].length !== layout.x.length)
      throw new Misfit(`${path}.${key} should have ${layout.x.length} entries as x and has ${layout[key].length}`);
}

function checkExample(path: string, example: AttentionExample, length: number): void {
  const { kind, label, predicted, signal, before, weights } = example;
  if (signal.length !== length)
    throw new Misfit(`${path}.signal should be of ${length} as configured and is of ${signal.length}`);
  if ((kind === 'typical') !== (label === predicted))
    throw new Misfit(`${path}.kind should go with label and predicted and is ${kind} with ${label} and ${predicted}`);
  if (before >= length) throw new Misfit(`${path}.before should be below ${length} and is ${before}`);
  if (weights.length < 1 || weights.length > length)
    throw new Misfit(`${path}.weights should be from 1 to ${length} and are ${weights.length}`);
}

function checkNames(path: string, counts: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const unknown = Object.keys(counts).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Misfit(`${path} should be of ${names.join(', ')} and has ${unknown}`);
}

function checkNovelty(
  path: string,
  { confusion, novelty }: Judged,
  classes: readonly string[],
  untaught: readonly string[],
): void {
  const { byClass, rocArea }: NoveltyMetrics = novelty;
  checkNames(`${path}.byClass`, byClass, [...classes, ...untaught]);
  for (const [k, name] of classes.entries())
    equal(`${path}.byClass.${name}.beats`, byClass[name]?.beats ?? 0, sum(confusion[k]), 'those of confusion');
  checkNames(`${path}.rocArea`, rocArea, [...untaught, untaught.join(' and ')]);
}

/** Every beat is in a bin of each curve, and none that was decided is in no matrix. */
function checkCalibration(path: string, { confusion, calibration }: Judged): void {
  if (!calibration) return;
  const total = sum(confusion.flat());
  const { bins, undecided } = calibration;
  for (const [name, own] of [['overall', bins.overall], ...bins.perClass.map((b, k) => [`perClass[${k}]`, b])] as const)
    equal(
      `${path}.bins.${name}`,
      sum((own as typeof bins.overall).map(({ samples }) => samples)),
      total,
      'of all beats',
    );
  for (const [i, { matrix }] of undecided.entries())
    if (matrix.some((row, k) => row.some((n, j) => n > confusion[k][j])))
      throw new Misfit(
        `${path}.undecided[${i}].matrix should be of beats in confusion and is ${JSON.stringify(matrix)}`,
      );
}

/** Mistakes are wrong, of the records, and inside their signals. */
function checkMistakes(path: string, { records, mistakes }: Judged): void {
  if (!mistakes) return;
  for (const name of [...Object.keys(mistakes.sure.records), ...mistakes.examples.map(({ record }) => record)])
    if (!Object.hasOwn(records, name))
      throw new Misfit(`${path} should be of the records and has ${JSON.stringify(name)}`);
  for (const [i, { label, predicted, signal, before, beats }] of mistakes.examples.entries()) {
    if (label === predicted) throw new Misfit(`${path}.examples[${i}] should be wrong and is of class ${label} twice`);
    for (const at of [before, ...beats.map((beat) => beat.at)])
      if (at >= signal.length)
        throw new Misfit(
          `${path}.examples[${i}] should have beats in its ${signal.length} samples and has one at ${at}`,
        );
  }
}
