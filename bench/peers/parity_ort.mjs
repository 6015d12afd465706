// Runs exported models in onnxruntime-web's wasm execution provider, one thread.
// node parity_ort.mjs FOLDER  reads FOLDER/cases.json, a list of { file, output, inputs: { name: { file, shape } } }, and prints
// {"peer","version","outputs"}: for each case the numbers of its output, or a text that says why there are none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';

const [folder] = process.argv.slice(2);
const read = (file) => new Uint8Array(readFileSync(join(folder, file)));
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const outputs = [];
for (const { file, output, inputs } of JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')))
  try {
    const session = await ort.InferenceSession.create(read(`${file}.onnx`), { executionProviders: ['wasm'] });
    const feeds = Object.entries(inputs).map(([name, { file, shape }]) => [
      name,
      new ort.Tensor('float32', new Float32Array(read(file).buffer), shape),
    ]);
    outputs.push([...(await session.run(Object.fromEntries(feeds)))[output].data]);
  } catch (error) {
    outputs.push(String(error));
  }
console.log(JSON.stringify({ peer: 'onnxruntime-web', version: ort.env.versions.web, outputs }));
