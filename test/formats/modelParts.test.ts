// What a model file is made of, and the parts without which it is not written.
import { ArgumentError, Embedder, encodeModel, Linear, type ModelParts, Random } from 'dynaecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SIZES } from '../support/trainers.ts';

const test = suite('model parts');

const random = new Random(1);
const embedder = new Embedder({ ...SIZES, random });
const network = { embedder, classifier: null };

/** Fails unless `encodeModel` refuses these parts, naming the one that is wrong. */
function refused(parts: object, part: string): void {
  const model = { networks: [network], about: {}, ...parts } as unknown as ModelParts;
  assert.throws(
    () => encodeModel(model),
    (e: unknown) => e instanceof ArgumentError && e.message.startsWith('encodeModel: ') && e.message.includes(part),
    part,
  );
}

test('each part is checked by name', () => {
  refused({ networks: [] }, 'at least one network');
  refused({ networks: {} }, 'networks');
  refused({ networks: [network, { embedder: null, classifier: null }] }, 'networks[1]');
  refused({ networks: [{ embedder: new Linear(2, 3, { random }), classifier: null }] }, 'networks[0].embedder.config');
  refused({ networks: [network, { embedder, classifier: {} }] }, 'networks[1].classifier');
  refused({ about: undefined }, 'model.about');
  refused({ classes: 'N' }, 'model.classes');
  refused({ novelty: {} }, 'model.novelty');
});

test.run();
