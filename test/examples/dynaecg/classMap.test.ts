import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { AAMI_LABELS, type ClassMap, isBeat } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AAMI, countAnnotated, readClassMap, taskOf } from '../../../examples/dynaecg/classMap.ts';
import { plan } from '../../../examples/dynaecg/plan.ts';
import { recordingsOf } from '../../../examples/dynaecg/recordings.ts';
import { assertThrows } from '../../support/asserts.ts';
import { configured, TINY } from '../../support/configurations.ts';
import { PATIENTS } from '../../support/wfdbFolders.ts';

const test = suite('examples/dynaecg/classMap');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
test.after(() => rmSync(dir, { recursive: true }));

/** Reads a class map from a file with these contents. */
function read(contents: unknown): { path: string; read: () => ClassMap } {
  const path = join(dir, 'classes.json');
  writeFileSync(path, typeof contents === 'string' ? contents : JSON.stringify(contents));
  return { path, read: () => readClassMap(path) };
}

const TWO = { normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] };
const FIVE = { N: ['N'], 'left bundle': ['L'], 'right bundle': ['R'], A: ['A', 'a'], V: ['V', 'E'] };

test('a class map is read as it is, its classes in the order of the file', () => {
  for (const classes of [TWO, FIVE]) {
    assert.equal(read(classes).read(), classes);
    assert.equal(Object.keys(read(classes).read()), Object.keys(classes));
  }
});

test('the task of a class map: beats of no class are the others that annotations know', () => {
  assert.is(taskOf(null), AAMI);
  assert.equal(AAMI.classes, { N: AAMI_LABELS.N, S: AAMI_LABELS.S, V: AAMI_LABELS.V });
  const { classes, untaught } = taskOf(TWO);
  assert.equal(classes, TWO);
  const others = untaught['no class'];
  assert.ok(others.every(isBeat) && new Set(others).size === others.length);
  assert.equal([...'aJSejnEFfBr/Q?'].sort(), [...others].sort(), 'physionet.org/about/annotations without N L R V A');
  const all = { these: [...others.slice(1), 'N', 'L', 'R', 'V'], those: ['A', others[0]] };
  assert.equal(taskOf(all).untaught, {});
});

for (const classes of [TWO, FIVE] as ClassMap[])
  test(`beats are cut, labelled and counted by ${Object.keys(classes).length} classes of your own`, () => {
    const names = PATIENTS.map(({ name }) => name);
    const made = recordingsOf('made', { records: PATIENTS, train: names.slice(0, 8), test: names.slice(8) });
    const recordings = { ...made, task: taskOf(classes) };
    const expected = Object.keys(classes).map((name) => {
      const own = PATIENTS.flatMap(({ annotations }) =>
        annotations.filter(({ label }) => classes[name].includes(label)),
      );
      return [name, own.length] as const;
    });
    assert.ok(expected.every(([, n]) => n > 10));
    assert.equal(countAnnotated(PATIENTS, recordings.task), { ...Object.fromEntries(expected), 'no class': 0 });
    const { all, annotated, train, judged } = plan(recordings, configured({ ...TINY, protocol: 'inter' }), '0');
    assert.equal(annotated, countAnnotated(PATIENTS, recordings.task));
    const { beats, labels } = all;
    assert.equal(beats.classes, Object.keys(classes));
    assert.is(
      labels.length + beats.dropped.length,
      expected.reduce((sum, [, n]) => sum + n, 0),
    );
    labels.forEach((label, i) => {
      const { annotations } = PATIENTS[beats.record[i]];
      const given = annotations.find(({ sample, label }) => sample === beats.sample[i] && isBeat(label));
      assert.ok(classes[beats.classes[label]].includes(given!.label));
    });
    for (const side of [train, judged]) assert.is(new Set(side.labels).size, expected.length);
  });

test('settings with a number for each class have as many as there are classes', () => {
  const names = PATIENTS.map(({ name }) => name);
  const made = recordingsOf('made', { records: PATIENTS, train: names.slice(0, 8), test: names.slice(8) });
  const planned = (classes: ClassMap, given: object) => () =>
    plan({ ...made, task: taskOf(classes) }, configured({ ...TINY, ...given }), '0');
  const expected = (name: string, n: number) =>
    `configuration: expected ${name} with a number for each of normal, ectopic, got ${n} numbers`;
  assertThrows(planned(TWO, { perClass: [4, 4, 4] }), ArgumentError, expected('perClass', 3));
  assertThrows(planned(TWO, { bias: [0, 0, 1] }), ArgumentError, expected('bias', 3));
  planned(TWO, { perClass: [4, 2], bias: [0, -1] })();
  planned(FIVE, { perClass: [4, 2, 2, 2, 2], bias: [0, 0, 0] })();
});

test('anything that is no class map is refused, with what is wrong', () => {
  const names =
    'expected names of at most 24 letters, digits and spaces, other than no class, overall, accuracy, mean, beats, got';
  const beats = 'expected labels of beats (N L R B A a J S V r F e j n E / f Q ?), got';
  const labels = 'expected labels of each class, got';
  const cases: [contents: unknown, message: string | RegExp][] = [
    ['{"N": ["N"]', /: expected JSON, got .*JSON/],
    [[['N']], `${labels} it should be an object and is [["N"]]`],
    [{ N: 'N', V: ['V'] }, `${labels} N should be a list and is "N"`],
    [{ N: ['N'], V: [5] }, `${labels} V[0] should be text and is 5`],
    [{}, 'expected at least two classes, got none'],
    [{ all: ['N', 'V'] }, 'expected at least two classes, got all'],
    [{ '': ['N'], V: ['V'] }, `${names} ""`],
    [{ N: ['N'], 'a\nb': ['V'] }, `${names} "a\\nb"`],
    [{ N: ['N'], '<b>': ['V'] }, `${names} "<b>"`],
    [{ N: ['N'], 'no class': ['V'] }, `${names} "no class"`],
    [{ N: ['N'], overall: ['V'] }, `${names} "overall"`],
    [{ N: ['N'], [`V${'e'.repeat(24)}`]: ['V'] }, `${names} "V${'e'.repeat(24)}"`],
    [{ N: ['N'], V: [] }, 'class V: expected at least one label, got none'],
    [{ N: ['N'], V: ['V', 'X'] }, `class V: ${beats} "X"`],
    [{ N: ['N'], V: ['+'] }, `class V: ${beats} "+"`],
    [{ N: ['N', 'V'], ectopic: ['A', 'V'] }, 'expected each label in one class, got V in N and ectopic'],
    [{ N: ['N', 'N'], V: ['V'] }, 'expected each label in one class, got N in N and N'],
  ];
  for (const [contents, message] of cases) {
    const made = read(contents);
    if (typeof message === 'string') assertThrows(made.read, DataError, `--classes ${made.path}: ${message}`);
    else assert.throws(made.read, message);
  }
  assert.throws(() => readClassMap(join(dir, 'nowhere.json')), /--classes .*nowhere\.json: expected JSON, got ENOENT/);
});

test.run();
