import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zeros } from 'dynaecg';
import { loadModel } from 'dynaecg/node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timelessFiles } from '../../support/runFiles.ts';
import { cli, records } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/main.interrupted');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));
const { DYNAECG_THREADS } = process.env;
test.after.each(() => {
  if (DYNAECG_THREADS === undefined) delete process.env['DYNAECG_THREADS'];
  else process.env['DYNAECG_THREADS'] = DYNAECG_THREADS;
});

/** So many short iterations that there is time to interrupt. */
const MANY = ['--protocol', 'intra', '--config', 'synthetic', '--steps', '2', '--per-class', '3', '--quiet'];

for (const [signal, exit] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  test(`${signal} ends with ${exit}, and leaves the best model so far and where it stood`, async () => {
    const args = [...MANY, '--data', records(at('long'), '100', '200'), '--iterations', '5000', '--out', at(signal)];
    const path = at(`${signal}.unfinished`, 'model-intra.safetensors');
    const { code, stdout, stderr } = await cli(args, () => existsSync(path), 'train', signal);
    assert.is(code, exit, stderr);
    assert.match(stderr, `stopped; the best model so far is in ${path}, and --resume continues`);
    assert.is(stdout, '', 'no table');
    const [{ embedder, classifier }] = loadModel(path).networks;
    assert.is(classifier, null);
    const z = embedder.embed(zeros([2, embedder.config.length]), {
      context: zeros([2, embedder.config.contextFeatures]),
    });
    assert.equal([...z.shape], [2, embedder.config.embedding]);
    assert.not(existsSync(at(signal)), 'no run has its place');
    assert.equal(readdirSync(at(`${signal}.unfinished`)).sort(), [
      'checkpoints-intra',
      'model-intra.safetensors',
      'run.json',
    ]);

    const refused = await cli(args);
    assert.is(refused.code, 1);
    assert.match(
      refused.stderr,
      `--out: expected a folder without an interrupted run, which --resume ${at(signal)} continues and --force gives up`,
    );
    const forced = await cli([...args.map((arg) => (arg === '5000' ? '2' : arg)), '--force']);
    assert.is(forced.code, 0, forced.stderr);
    assert.not(existsSync(at(`${signal}.unfinished`)));
    assert.ok(existsSync(at(signal, 'report.html')));
  });

test('a run that is killed at any time and resumed ends with the same files as one that was not', async () => {
  const data = records(at('both'), '101', '106', '108', '109', '100', '103');
  const args = [...MANY.filter((arg) => arg !== 'intra' && arg !== '--protocol'), '--data', data, '--iterations', '6'];
  const whole = await cli([...args, '--out', at('uninterrupted')]);
  assert.is(whole.code, 0, whole.stderr);
  const unfinished = at('killed.unfinished');
  // After the second checkpoint of the first protocol, in the middle of the second protocol, and again.
  const moments = [
    () => existsSync(join(unfinished, 'checkpoints-intra', 'checkpoint-000002.safetensors')),
    () => existsSync(join(unfinished, 'checkpoints-inter', 'checkpoint-000001.safetensors')),
    () => existsSync(join(unfinished, 'checkpoints-inter', 'checkpoint-000004.safetensors')),
  ];
  for (const [i, moment] of moments.entries()) {
    const how = i === 0 ? [...args, '--out', at('killed')] : ['--resume', at('killed'), '--quiet'];
    assert.is((await cli(how, moment, 'train', 'SIGKILL')).code, null, 'killed');
    assert.not(existsSync(at('killed')), 'not before everything is there');
  }
  const last = await cli(['--resume', at('killed'), '--quiet']);
  assert.is(last.code, 0, last.stderr);
  assert.equal(timelessFiles(at('killed')), timelessFiles(at('uninterrupted')));
  assert.not(existsSync(unfinished));

  const nothing = await cli(['--resume', at('killed')]);
  assert.is(nothing.code, 1);
  assert.match(nothing.stderr, /^--resume: expected the --out of an interrupted run, got /);
});

test('protocols that are trained at once stop together, and have the bits of one after the other', async () => {
  const args = ['--config', 'synthetic', '--iterations', '40', '--steps', '2', '--per-class', '3', '--quiet'];
  process.env['DYNAECG_THREADS'] = '1';
  const whole = await cli([...args, '--out', at('in turn')]);
  assert.is(whole.code, 0, whole.stderr);

  process.env['DYNAECG_THREADS'] = '2';
  const unfinished = at('at once.unfinished');
  const checkpoints = ['intra', 'inter'].map((protocol) => join(unfinished, `checkpoints-${protocol}`));
  const both = (): boolean => checkpoints.every((folder) => existsSync(folder));
  const { code, stdout, stderr } = await cli([...args, '--out', at('at once')], both);
  assert.equal([code, stdout], [130, ''], stderr);
  const stopped = [...stderr.matchAll(/^stopped; the best model so far is in .*model-(\w+)\.safetensors/gm)];
  assert.equal(
    stopped.map(([, protocol]) => protocol),
    ['intra', 'inter'],
  );

  const broken = at('broken.unfinished');
  cpSync(unfinished, broken, { recursive: true });
  for (const name of readdirSync(join(broken, 'checkpoints-inter')))
    writeFileSync(join(broken, 'checkpoints-inter', name), 'nothing');
  const failed = await cli(['--resume', at('broken'), '--quiet']);
  assert.is(failed.code, 1, 'the other thread fails');
  assert.match(failed.stdout, 'synthetic, intra-patient');
  assert.match(failed.stderr, /^[^\n]*checkpoint[^\n]*\n$/, 'in one line');
  assert.not(existsSync(at('broken')));

  const resumed = await cli(['--resume', at('at once'), '--quiet']);
  assert.is(resumed.code, 0, resumed.stderr);
  assert.is(timeless(resumed.stdout), timeless(whole.stdout));
  assert.equal(timelessFiles(at('at once')), timelessFiles(at('in turn')));
});

/** Tables without how long anything took. */
const timeless = (text: string): string => text.replace(/\d+:\d\d/g, 'M:SS');

test.run();
