import { ArgumentError } from 'dynaecg';
import {
  AAMI_CLASSES,
  AAMI_LABELS,
  aamiClass,
  CLASSES,
  type ClassMap,
  classLookup,
  codeOf,
  isBeat,
  mnemonicOf,
} from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { throwsWith } from '../support/asserts.ts';

const test = suite('ecg/classes');

test('codes and mnemonics are those of ecgcodes.h', () => {
  const pairs = [
    [1, 'N'],
    [5, 'V'],
    [8, 'A'],
    [12, '/'],
    [14, '~'],
    [22, '"'],
    [28, '+'],
    [34, 'e'],
    [38, 'f'],
    [41, 'r'],
    [42, '[42]'],
  ] as const;
  for (const [code, label] of pairs) {
    assert.is(mnemonicOf(code), label);
    assert.is(codeOf(label), code);
  }
  for (let code = 1; code < 50; code++) assert.is(codeOf(mnemonicOf(code)), code);
  assert.is(codeOf('beat'), undefined);
  assert.is(codeOf(''), undefined);
});

test('beats and AAMI classes', () => {
  assert.equal([...'NLRej'].map(aamiClass), [...'NNNNN']);
  assert.equal([...'AaJS'].map(aamiClass), [...'SSSS']);
  assert.equal([...'VEF/fQ'].map(aamiClass), [...'VVFQQQ']);
  assert.equal([...'+~|"x![]'].map(aamiClass), Array(8).fill(undefined));
  assert.equal([...'+~|"x![]'].filter(isBeat), []);
  assert.ok([...'NLRBAaJSVrFejnE/fQ?'].every(isBeat));
  assert.equal([...CLASSES], ['N', 'S', 'V']);
  assert.equal([...AAMI_CLASSES], ['N', 'S', 'V', 'F', 'Q']);
});

test('classes of your own: the class of each label, and what is no class map', () => {
  const classOf = classLookup({ normal: ['N', 'L', 'R'], ectopic: ['V', 'A'] });
  assert.equal([...'NLRVA'].map(classOf), ['normal', 'normal', 'normal', 'ectopic', 'ectopic']);
  assert.equal([...'SeQ+~'].map(classOf), Array(5).fill(undefined));
  assert.is(classOf('constructor'), undefined);
  const aami = classLookup(AAMI_LABELS);
  for (let code = 0; code < 50; code++) assert.is(aami(mnemonicOf(code)), aamiClass(mnemonicOf(code)));
  assert.equal(Object.keys(AAMI_LABELS), [...AAMI_CLASSES]);
  const cases: [classes: object, message: string][] = [
    [{}, 'expected at least one class, got none'],
    [{ N: [] }, 'class N: expected at least one label, got none'],
    [{ N: 'NLR' }, 'expected class N to be an array, got "NLR"'],
    [
      { N: ['N'], rhythm: ['+'] },
      'class rhythm: expected labels of beats (N L R B A a J S V r F e j n E / f Q ?), got "+"',
    ],
    [{ N: ['N', 'V'], V: ['E', 'V'] }, 'expected each label in one class, got V in N and V'],
  ];
  for (const [classes, message] of cases)
    throwsWith(() => classLookup(classes as ClassMap), ArgumentError, `classLookup: ${message}`);
});

test.run();
