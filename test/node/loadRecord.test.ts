import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { loadAnnotations, loadRecord } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { throwsWith } from '../support/asserts.ts';

const test = suite('loadRecord');
const posix = process.platform !== 'win32';
const folder = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const path = join(folder, 'r');
const header = (fileName: string): void => writeFileSync(`${path}.hea`, `r 1 360\n${fileName} 16\n`);

test('names of signal files are names, whatever else they mean to JavaScript', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    header(name);
    writeFileSync(join(folder, name), Uint8Array.of(1, 0));
    assert.equal(loadRecord(path).leads[0].digital?.samples, Int16Array.of(1));
  }
  assert.not('polluted' in {});
});

test('refuses names that lead elsewhere, and those that no terminal can show', () => {
  for (const name of ['.', '..', '/etc/passwd', 'a/b', 'a\\b', 'C:x', 'x:y', 'x\u001b[31m', 'x\0', 'x\u202e']) {
    header(name);
    throwsWith(() => loadRecord(path), DataError, 'expected a signal file next to its header');
  }
});

test('refuses a folder, and a pipe, which might never end', () => {
  mkdirSync(join(folder, 'd.dat'));
  header('d.dat');
  throwsWith(() => loadRecord(path), DataError, 'd.dat', 'other than a file');
  if (!posix) return;
  execFileSync('mkfifo', [join(folder, 'p.dat'), `${path}.pipe`]);
  header('p.dat');
  throwsWith(() => loadRecord(path), DataError, 'p.dat', 'other than a file');
  throwsWith(() => loadAnnotations(path, 'pipe'), DataError, 'r.pipe', 'other than a file');
  symlinkSync('/dev/zero', join(folder, 'z.dat'));
  header('z.dat');
  throwsWith(() => loadRecord(path), DataError, 'z.dat', 'other than a file');
});

test('a symbolic link next to the header is followed, as docs/security.md says', () => {
  if (!posix) return;
  const elsewhere = mkdtempSync(join(tmpdir(), 'dynaecg-'));
  writeFileSync(join(elsewhere, 's'), Uint8Array.of(7, 0));
  symlinkSync(join(elsewhere, 's'), join(folder, 'link.dat'));
  header('link.dat');
  assert.equal(loadRecord(path).leads[0].digital?.samples, Int16Array.of(7));
  rmSync(elsewhere, { recursive: true });
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
