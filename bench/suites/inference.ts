import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { predict, type Tensor } from 'dynaecg';
import { encodeOnnx } from 'dynaecg/onnx';
import type { SuiteOptions } from '../support/options.ts';
import { runOrt } from '../support/peers.ts';
import { OURS, type Report } from '../support/report.ts';
import { inference, time } from '../support/workloads.ts';

const TOLERANCE = 1e-5; // of an embedding, whose numbers are below 1

/** Embedding one beat and 256, next to the exported model in onnxruntime-web, on the same input. */
export function benchInference(report: Report, { filter }: SuiteOptions): void {
  const folder = mkdtempSync(join(tmpdir(), 'dynaecg-bench-'));
  try {
    const [model, input] = ['model.onnx', 'input.f32'].map((name) => join(folder, name));
    writeFileSync(model, encodeOnnx(inference(1).embedder));
    for (const batch of [1, 256]) {
      const work = `embed ${batch} ${batch === 1 ? 'beat' : 'beats'}`;
      if (!filter.test(work)) continue;
      const repeats = batch === 1 ? 200 : 15;
      const { embedder, x, embed } = inference(batch);
      const prepared = embedder.prepare();
      const embedPrepared = (): Tensor => predict(prepared, x, { batchSize: batch });
      const expected = embed().data;
      if (embedPrepared().data.some((v, i) => v !== expected[i]))
        throw new Error(`${work}: expected the same bits of the prepared network`);
      report.print(`\n${work}`);
      const before = time(embedPrepared, repeats);
      const unprepared = time(embed, repeats);
      writeFileSync(input, new Uint8Array(x.data.buffer));
      const peer = runOrt(model, input, batch, repeats);
      const ours = report.timing(work, OURS, [...before, ...time(embedPrepared, repeats)]);
      report.ratio(ours, report.timing(work, `${OURS}, not prepared`, [...unprepared, ...time(embed, repeats)]));
      if (typeof peer === 'string') {
        report.print(`  ${peer}`);
        continue;
      }
      const z = embed().data;
      const worst = Math.max(...peer.outputs.map((v, i) => Math.abs(v - z[i])));
      if (!(worst <= TOLERANCE)) throw new Error(`${work}: expected ${peer.peer}'s values, got them ${worst} apart`);
      report.ratio(ours, report.timing(work, peer.peer, peer.times));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
