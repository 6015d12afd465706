import { ArgumentError } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfiguration } from '../../../examples/dynaecg/configuration.ts';
import { trainMembers } from '../../../examples/dynaecg/members.ts';
import { TINY } from '../../support/configurations.ts';
import { planned } from '../../support/plans.ts';
import { bits } from '../../support/trainers.ts';

const test = suite('examples/dynaecg/members');

const { length, before, normalize, timing } = readConfiguration('synthetic');
const STUDENT = { ...TINY, protocol: 'inter', method: 'crossEntropy', length, before, normalize, timing };

/** The weights of a network that is trained with these settings. */
async function weights(given: Record<string, unknown>): Promise<Record<string, number[]>> {
  const { members } = await trainMembers(planned({ ...STUDENT, ...given }, '0', 'validation'), { quiet: true });
  return bits(members[0].embedder);
}

test('a network learns from the networks of another configuration, the same bits each time', async () => {
  const taught = await weights({ teacher: 'synthetic' });
  assert.equal(await weights({ teacher: 'synthetic' }), taught);
  assert.not.equal(await weights({ teacher: 'synthetic', teacherWeight: 0 }), taught);
});

const wrong: [given: Record<string, unknown>, message: string][] = [
  [{ teacher: 'synthetic', method: 'triplet' }, 'teacher: expected method "crossEntropy", got "triplet"'],
  [{ teacher: 'synthetic', length: 64, before: 32 }, `teacher: expected one with length 64, got ${length}`],
  [{ teacher: 'nobody' }, 'configuration nobody: expected a file that ends in .json, or one of'],
];

test('a teacher that does not fit', async () => {
  for (const [given, message] of wrong)
    try {
      await weights(given);
      assert.unreachable(message);
    } catch (error) {
      assert.ok(error instanceof ArgumentError && error.message.startsWith(message), String(error));
    }
});

test.run();
