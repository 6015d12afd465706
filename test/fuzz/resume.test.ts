import {
  BatchNorm1d,
  CheckpointError,
  Dropout,
  decodeTrainingState,
  encodeTrainingState,
  Linear,
  l2Normalize,
  Random,
  ReduceOnPlateau,
  Sequential,
  TrainingError,
  type TrainingState,
  TripletTrainer,
} from 'dynaecg';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LENGTH, waves } from '../support/trainers.ts';
import { edited } from './edits.ts';
import { fuzz } from './harness.ts';
import { editMetadata, editSafetensors, state } from './safetensors.ts';
import { same } from './same.ts';

const test = suite('fuzz resume');

const random = new Random(0);
const layers = [
  new Linear(LENGTH, 2, { random }),
  new BatchNorm1d(2),
  new Dropout(0.1, { random: random.fork('dropout') }),
];
const trainer = new TripletTrainer({
  model: new Sequential(...layers, (z) => l2Normalize(z)),
  data: waves(4),
  random,
  perClass: 2,
  stepsPerIteration: 2,
  validationFraction: 0.5,
  averaging: 0.9,
  schedule: new ReduceOnPlateau(),
  warn: Boolean,
});

const ITERATIONS = 3;
const files = [encodeTrainingState(trainer.state)];
for (const _ of trainer.iterations(ITERATIONS)) files.push(encodeTrainingState(trainer.state));

/** The state of the trainer once this one is set; one that is refused changes nothing. */
function resume(given: TrainingState): TrainingState {
  const before = trainer.state;
  try {
    trainer.state = given;
  } catch (error) {
    assert.is(same(before, trainer.state), '', 'changed by a state that is refused');
    throw error;
  }
  return trainer.state;
}

/** Trains one more iteration: that works, or is an error of the library, as weights may be too large for it. */
function goOn(done: number): void {
  try {
    trainer.fit(done + 1);
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
  }
}

fuzz(test, {
  name: 'resume',
  valid: fc.constantFrom(...files),
  near: edited(files, (file, list, other) =>
    list[0][0] % 3 ? editMetadata(file, list, ['numbers']) : editSafetensors(file, list, other),
  ),
  noise: state,
  read: (file) => {
    const read = resume(decodeTrainingState(file));
    goOn(Number(read.numbers['done']));
    return read;
  },
  refuses: [CheckpointError],
  again: (read) => resume(decodeTrainingState(encodeTrainingState(read))),
});

test.run();
