// Inference in onnxruntime of an Embedder as encodeOnnx writes it: onnxruntime-web's wasm execution provider, or onnxruntime-node.
// node ort.mjs MODEL.onnx INPUT.f32 BATCH REPEATS [web|node] [THREADS]  prints {"peer","version","outputs","times","processor"}: the
// embedding of the first of the BATCH beats that INPUT.f32 holds as raw float32, and milliseconds per run, wall and processor time.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [model, input, ...counts] = process.argv.slice(2);
const [batch, repeats] = counts.map(Number);
const [, , kind = 'web', threads = '1'] = counts;
const native = createRequire(new URL('native/package.json', import.meta.url));
const ort = kind === 'node' ? native('onnxruntime-node') : await import('onnxruntime-web');
if (kind === 'web') ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(readFileSync(model), {
  ...(kind === 'node' ? { intraOpNumThreads: Number(threads) } : { executionProviders: ['wasm'] }),
  graphOptimizationLevel: 'all',
  freeDimensionOverrides: { batch }, // with it the shapes and the zero states are constants
});
const beats = new Float32Array(new Uint8Array(readFileSync(input)).buffer);
const [, C, L] = session.inputMetadata?.[0]?.shape ?? [];
const leads = typeof C === 'number' && typeof L === 'number' ? C : 1;
const x = new ort.Tensor('float32', beats, [batch, leads, beats.length / batch / leads]);

// V8 compiles wasm quickly first and well later, function by function: a second lets it finish, even with one beat.
const warm = performance.now() + 1000;
do await session.run({ x });
while (performance.now() < warm);
let embeddings;
const times = [];
const spent = process.cpuUsage();
for (let i = 0; i < repeats; i++) {
  const start = performance.now();
  ({ embeddings } = await session.run({ x }));
  times.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(spent);
const processor = (user + system) / 1000 / repeats;
const outputs = [...embeddings.data.subarray(0, embeddings.dims[1])];
const peer = kind === 'node' ? `onnxruntime-node, ${threads} thread${threads === '1' ? '' : 's'}` : 'onnxruntime-web';
console.log(JSON.stringify({ peer, version: ort.env.versions[kind], outputs, times, processor }));
