// What reading a model costs: no weights are drawn that those of the file replace, and little memory is taken besides them.
import { CheckpointError, decodeModel, encodeModel, Random } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertThrows } from '../support/asserts.ts';
import { child } from '../support/engine.ts';
import { SMALL, savedModel, small } from '../support/models.ts';

const test = suite('formats/modelLoading');

/** How many weights are drawn while `action` runs. */
function drawn(action: () => void): number {
  const { uniform } = Random.prototype;
  let count = 0;
  Random.prototype.uniform = function (low, high) {
    count++;
    return uniform.call(this, low, high);
  };
  try {
    action();
  } finally {
    Random.prototype.uniform = uniform;
  }
  return count;
}

test('reading a model draws nothing', () => {
  const bytes = encodeModel(savedModel());
  assert.is(
    drawn(() => decodeModel(bytes)),
    0,
  );
});

test('what is made after a model was read, or refused, is drawn', () => {
  const make = (): number => drawn(() => small());
  const expected = make();
  assert.ok(expected > 300, `${expected} draws`);
  decodeModel(encodeModel(savedModel()));
  assert.is(make(), expected);
  const broken = new TextDecoder('latin1').decode(encodeModel(savedModel()));
  const file = Uint8Array.from(broken.replace(`\\"kernel\\":${SMALL.kernel}`, '\\"kernel\\":2'), (c) =>
    c.charCodeAt(0),
  );
  assertThrows(
    () => decodeModel(file),
    CheckpointError,
    'decodeModel: expected a configuration under embedder 0, got: Embedder: expected an odd kernel, got 2',
  );
  assert.is(make(), expected);
});

test('arrays take at most 0.5 MB besides the weights', async () => {
  const { weights, taken } = await child(
    (d) => {
      const random = new d.Random(0);
      const embedder = new d.Embedder({ random });
      const classifier = new d.MlpClassifier({ inFeatures: 64, hidden: 64, classes: 3, random });
      const file = d.encodeModel({ networks: [{ embedder, classifier }], about: {} });
      globalThis.gc?.();
      const before = process.memoryUsage().arrayBuffers;
      const { networks } = d.decodeModel(file);
      const after = process.memoryUsage().arrayBuffers; // less where some has been collected already
      const parts = networks.flatMap((own) => [...own.embedder.parameters(), ...own.classifier!.parameters()]);
      return { weights: parts.reduce((sum, { data }) => sum + data.byteLength, 0), taken: after - before };
    },
    { flags: ['--expose-gc'] },
  );
  assert.ok(weights > 400_000, `${weights} bytes of weights`);
  assert.ok(taken - weights < 2 ** 19, `${taken} bytes for ${weights} of weights`);
});

test.run();
