// The single-file build, in engines that are told nothing of Node: a V8 context in which no code may be made from
// strings, and QuickJS. All must compute the same bits as the modules do here: in JavaScript, and V8 in WebAssembly, too.
import { createContext, runInContext } from 'node:vm';
import * as core from 'dynaecg';
import * as ecg from 'dynaecg/ecg';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundle } from '../../build.ts';
import { BACKENDS } from '../support/backends.ts';

const test = suite('engines/engines');

/** A seeded run from synthetic signals to trained weights, as text in which every bit shows. */
function run(library: Library, backend: core.BackendName) {
  const { Embedder, MlpClassifier, Random, Tensor, TripletTrainer, AdamW, tsne, ecg } = library;
  const { BeatStream, extractBeats, syntheticRecords } = ecg;
  library.setBackend(backend);
  const { records } = syntheticRecords({ seed: 7, patients: 2, duration: 40 });
  const { x, labels, length } = extractBeats(records, { length: 64, before: 32 });
  const random = new Random('engines');
  const embedder = new Embedder({ length, channels: [3, 4], hidden: 5, features: 8, embedding: 4, random });
  const trainer = new TripletTrainer({
    model: embedder,
    data: { x: new Tensor(x, [labels.length, length]), labels },
    random,
    optimizer: new AdamW(embedder.parameters(), { learningRate: 0.01 }),
    stepsPerIteration: 3,
    perClass: 3,
    validationFraction: 0.2,
    warn: Boolean, // in silence: so short a run tells nothing apart
  });
  const statistics = [...trainer.iterations(2)];
  const weights = embedder.namedTensors().map(([name, tensor]) => [name, [...tensor.data]]);
  const embeddings = embedder.embed(new Tensor(x, [labels.length, 1, length]));
  const layouts = [...tsne(embeddings, { random, perplexity: 5, iterations: 12, exaggerationIterations: 6 })];
  const window = { length, before: 32, normalize: 'zscore', lead: 'MLII', units: 'mV' };
  const classifier = new MlpClassifier({ inFeatures: 4, hidden: 4, classes: 3, random });
  const about = { classes: ['N', 'S', 'V'], samplingFrequency: 360, window, timing: [] };
  const model = { networks: [{ embedder, classifier }], about };
  const stream = new BeatStream(model, { rate: 360 });
  const [{ samples }] = records[0].leads;
  const streamed = [stream.push(samples.subarray(0, 5000))];
  const restored = BeatStream.restore(model, JSON.parse(JSON.stringify(stream.state)));
  streamed.push(restored.push(samples.subarray(5000)), restored.flush());
  return JSON.stringify({
    streamed,
    statistics,
    weights,
    layout: [...layouts[11].layout.data],
    divergence: layouts[11].klDivergence,
  });
}

type Library = typeof core & { ecg: typeof ecg };

const library = { ...core, ecg };
const { code: script } = await bundle();
const program = (backend: core.BackendName): string => `${script}\n;(${run})(dynaecg, '${backend}')`;

/** Where no code may be made from strings, and WebAssembly is allowed or not. */
const v8 = (wasm: boolean) => createContext({}, { codeGeneration: { strings: false, wasm } });

test('the run does something', () => {
  const { statistics, divergence, streamed } = JSON.parse(run(library, 'js'));
  assert.ok(divergence > 0);
  assert.ok(streamed.flatMap(({ beats }: ecg.StreamedBeats) => beats).length > 30);
  assert.ok(statistics.every((s: core.IterationStatistics) => s.gradientNorm > 0 && s.triplets > 0));
});

test('a V8 context without Node, in which code from strings is forbidden', () => {
  const context = v8(false);
  assert.throws(() => runInContext('new Function("return 1")', context), /Code generation from strings disallowed/);
  assert.is(runInContext(program('js'), context), run(library, 'js'));
});

/** Takes away what ECMAScript 2021 and later have added, so that a use of it fails. */
const ONLY_ES2020 = `
for (const [where, names] of [
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'toSpliced', 'with', 'group', 'groupToMap']],
  [Object.getPrototypeOf(Int8Array.prototype), ['at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'with']],
  [String.prototype, ['at', 'replaceAll', 'isWellFormed', 'toWellFormed']],
  [ArrayBuffer.prototype, ['resize', 'transfer', 'transferToFixedLength', 'resizable', 'maxByteLength', 'detached']],
  [Object, ['hasOwn', 'groupBy']],
  [Array, ['fromAsync']],
  [Map, ['groupBy']],
  [Promise, ['any', 'withResolvers', 'try']],
  [globalThis, ['WeakRef', 'FinalizationRegistry', 'AggregateError', 'structuredClone', 'Iterator']],
]) for (const name of names) delete where[name];
const OldError = Error;
if (new OldError('', { cause: 1 }).cause === 1) globalThis.Error = class Error extends OldError {
  constructor(message) { super(message); }
};
`;

test('an engine that has nothing later than ECMAScript 2020', () => {
  const context = v8(false);
  runInContext(ONLY_ES2020, context);
  assert.is(runInContext('typeof [].at + typeof Object.hasOwn', context), 'undefinedundefined');
  assert.is(runInContext(program('js'), context), run(library, 'js'));
});

if (!BACKENDS.includes('wasm'))
  console.log('engines/engines: WebAssembly and QuickJS, which is made of it, are skipped');
else {
  test('the same, in WebAssembly', () => {
    const expected = run(library, 'wasm');
    assert.is(runInContext(program('wasm'), v8(true)), expected);
    assert.is(run(library, 'wasm'), expected);
  });

  test('a V8 context that may not compile WebAssembly runs in JavaScript, and says why', () => {
    const { name, reason } = runInContext(`${script}\n;dynaecg.backend()`, v8(false));
    assert.is(name, 'js');
    assert.match(reason, /^wasm: expected an engine with SIMD that may compile it, got ".*disallowed/);
  });

  test('QuickJS computes the same bits', async () => {
    const quickjs = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
    const context = quickjs.newContext();
    const result = context.evalCode(program('js'));
    if (result.error) {
      const error = context.dump(result.error);
      throw new Error(`QuickJS: ${error.name}: ${error.message}\n${error.stack}`);
    }
    assert.is(context.dump(result.value), run(library, 'js'));
    result.value.dispose();
    context.dispose();
  });
}

test.run();
