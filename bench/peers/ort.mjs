// Inference in onnxruntime-web's wasm execution provider, one thread, of an Embedder as encodeOnnx writes it.
// node ort.mjs MODEL.onnx INPUT.f32 BATCH REPEATS  prints {"peer","version","outputs","times"}: the embedding of the
// first of the BATCH beats that INPUT.f32 holds as raw float32, and milliseconds per run.
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';

const [model, input, ...counts] = process.argv.slice(2);
const [batch, repeats] = counts.map(Number);
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(readFileSync(model), {
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
  freeDimensionOverrides: { batch }, // with it the shapes and the zero states are constants
});
const beats = new Float32Array(new Uint8Array(readFileSync(input)).buffer);
const x = new ort.Tensor('float32', beats, [batch, 1, beats.length / batch]);

// V8 compiles wasm quickly first and well later, function by function: a second lets it finish, even with one beat.
const warm = performance.now() + 1000;
do await session.run({ x });
while (performance.now() < warm);
let embeddings;
const times = [];
for (let i = 0; i < repeats; i++) {
  const start = performance.now();
  ({ embeddings } = await session.run({ x }));
  times.push(performance.now() - start);
}
const outputs = [...embeddings.data.subarray(0, embeddings.dims[1])];
console.log(JSON.stringify({ peer: 'onnxruntime-web', version: ort.env.versions.web, outputs, times }));
