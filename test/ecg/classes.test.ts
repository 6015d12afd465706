import { AAMI_CLASSES, aamiClass, CLASSES, codeOf, isBeat, mnemonicOf } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

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

test.run();
