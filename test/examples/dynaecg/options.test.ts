import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Configuration, MINERS, readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { trainCommand } from '../../../examples/dynaecg/options.ts';
import { cli } from '../../support/trainCommand.ts';

const test = suite('examples/dynaecg/options');

const dir = mkdtempSync(join(tmpdir(), 'dynaecg-'));
const at = (...path: string[]): string => join(dir, ...path);
test.after(() => rmSync(dir, { recursive: true }));

test('--help', async () => {
  const { code, stdout, stderr } = await cli(['--help', '--data', at('absent')]);
  assert.equal([code, stderr], [0, '']);
  for (const option of [
    'data',
    'download',
    'protocol',
    'config',
    'iterations',
    'steps',
    'per-class',
    'miner',
    'seed',
    'out',
    'quiet',
    'json',
    'help',
  ])
    assert.match(stdout, `--${option} `);
  for (const miner of Object.keys(MINERS)) assert.match(stdout, new RegExp(`\\b${miner}\\b`));
});

test("without --config: the paper's method for MIT-BIH, and a small network for synthetic recordings", () => {
  const read = (args: string[]) => {
    let configurations: Configuration[] = [];
    const train = trainCommand(async (options) => {
      ({ configurations } = options);
    });
    train.parse(args, { from: 'user' });
    return configurations;
  };
  const [intra, inter] = ['triplet', 'inter-triplet'].map(readConfiguration);
  assert.equal([intra.protocol, inter.protocol, intra.method, inter.method], ['intra', 'inter', 'triplet', 'triplet']);
  for (const args of [['--data', 'mitdb'], ['--download']]) assert.equal(read(args), [intra, inter]);
  assert.equal(read(['--data', 'mitdb', '--protocol', 'inter', '--steps', '7']), [{ ...inter, steps: 7 }]);
  const synthetic = readConfiguration('synthetic');
  assert.equal(read([]), [
    { ...synthetic, protocol: 'intra' },
    { ...synthetic, protocol: 'inter' },
  ]);
  for (const miner of Object.keys(MINERS))
    assert.equal(read(['--config', 'joint', '--protocol', 'intra', '--miner', miner]), [
      { ...readConfiguration('joint'), miner },
    ] as Configuration[]);
});

test.run();
