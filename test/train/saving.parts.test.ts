/** States of a caller's own. */
import * as d from 'dynaecg';
import { Random, type Sampler } from 'dynaecg';
import * as assert from 'uvu/assert';
import { suite } from '../support/backends.ts';
import { N, triplets } from '../support/customParts.ts';

const test = suite('train/saving.parts');

/** Goes through the samples in turns; its state is a number. */
class InTurns implements Sampler<number> {
  readonly batchSize = 8;
  state = 0;
  next(): Int32Array {
    const from = this.state;
    this.state = (from + 5) % N;
    return Int32Array.from({ length: 8 }, (_, i) => (from + i) % N);
  }
}

/** A margin that shrinks; its state names what it needs. */
class Shrinking implements d.MarginScheduler<{ updates: number; seen: string[] }> {
  #updates = 0;
  #seen: string[] = [];
  get margin(): number {
    return 1 / (1 + this.#updates);
  }
  get state(): { updates: number; seen: string[] } {
    return { updates: this.#updates, seen: [...this.#seen] };
  }
  set state({ updates, seen }: { updates: number; seen: string[] }) {
    this.#updates = updates;
    this.#seen = [...seen];
  }
  update({ iteration, step }: d.MiningCounts): number {
    this.#updates++;
    this.#seen.push(`${iteration}.${step}`);
    return this.margin;
  }
}

test('a sampler and a margin scheduler may have states of types of their own, from which they resume', () => {
  const make = () => {
    const marginScheduler = new Shrinking();
    const inTurns = new InTurns();
    const sampler = (): Sampler<number> => inTurns;
    return { trainer: triplets({ marginScheduler, sampler }), marginScheduler, inTurns };
  };
  const whole = make();
  const all: d.StepStatistics[] = [];
  let state: d.TrainingState | undefined;
  for (const step of whole.trainer.steps(3)) {
    all.push(step);
    if (step.finished && !state) state = d.decodeTrainingState(d.encodeTrainingState(whole.trainer.state));
  }
  assert.equal(
    all.map(({ margin }) => margin),
    [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6],
  );
  const { trainer, marginScheduler, inTurns } = make();
  trainer.state = state as d.TrainingState;
  assert.is(inTurns.state, 10);
  assert.equal(marginScheduler.state, { updates: 2, seen: ['1.1', '1.2'] });
  assert.equal([...trainer.steps(3)], all.slice(2));
  // the types of states are those of the parts
  const updates: number = new Shrinking().state.updates;
  const decks: d.DeckState[] = new d.ShuffledSampler(4, { batchSize: 2, random: new Random(0) }).state.decks;
  const margin: d.MarginState = new d.DynamicMargin().state;
  assert.equal([updates, decks.length, margin.margin], [0, 1, 0.2]);
});

test.run();
