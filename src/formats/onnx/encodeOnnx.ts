import { zeros } from '../../autograd/creation.ts';
import { noGrad } from '../../autograd/tape.ts';
import { checkCount, checkKind, formatValue } from '../../core/check.ts';
import { checkOptions } from '../../core/checkOptions.ts';
import { ArgumentError } from '../../core/errors.ts';
import { Embedder } from '../../models/embedder.ts';
import { EmbeddingClassifier, Network } from '../../models/embeddingClassifier.ts';
import { inInferenceMode } from '../../models/predict.ts';
import type { Layer } from '../../nn/module.ts';
import { SavedModel } from '../model.ts';
import { BATCH, Graph, type Rules } from './graph.ts';
import { LAYERS } from './layers.ts';
import { addOutputs, firstOf, MODELS, shapeOf } from './models.ts';
import { type Dim, encodeProtobuf } from './protobuf.ts';

const OPSET = 17; // the first with LayerNormalization
const IR_VERSION = 8; // that of the first release with this opset
const TRIED = 2; // samples that the model is run on once
const RULES: Rules = new Map([...LAYERS, ...MODELS]);

/** Options of `encodeOnnx`. */
export interface OnnxOptions {
  /**
   * sizes of x with 'batch' for the axis of samples, such as ['batch', 12, 500]
   *
   * @defaultValue those of the model's Embedder or MlpClassifier, ['batch', C, L] or ['batch', D]
   */
  shape?: readonly (number | 'batch')[];
  /**
   * entries of the file's metadata, such as how a signal becomes an input: texts as they are, anything else as JSON. A model's
   * `classes`, and `about` of a SavedModel, are there anyway
   */
  metadata?: Readonly<Record<string, unknown>>;
}

/**
 * A model as an ONNX file, for onnxruntime and other engines: what it computes in inference mode, in float32, with the standard's
 * own operators (opset 17), for any number of samples.
 *
 * Its input is `x`, and `context` (batch,F) if the model takes one. Its outputs are `embeddings` for an Embedder; `logits` and
 * `probabilities` for an MlpClassifier; all three for a Network or an EmbeddingClassifier, such as `decodeModel` returns, as its
 * `classify` returns them; and `y` for any other layer. A NoveltyDetector is not part of the file.
 *
 * @throws ArgumentError for a layer or function without an equivalent, with its place in the model: a class of your own, or a
 * function in a Sequential that is not one of the library's with its default options; ArgumentError without a shape if the model's
 * first layer is not one of those above; ShapeError for sizes that the model does not take
 * @see https://onnx.ai/onnx/operators
 * @example
 *     declare const [bytes, random]: [Uint8Array, Random];
 *     const file = encodeOnnx(decodeModel(bytes));
 *     const layers = new Sequential(new Conv1d(12, 16, 5, { random }), relu);
 *     const other = encodeOnnx(layers, { shape: ['batch', 12, 500], metadata: { samplingFrequency: 500 } });
 */
export function encodeOnnx(model: Layer, options: OnnxOptions = {}): Uint8Array {
  const op = 'encodeOnnx';
  checkKind(op, 'model', model, 'layer');
  checkOptions(op, options, [], ['shape', 'metadata']);
  const { shape = shapeOf(model), metadata = {} } = options;
  checkKind(op, 'metadata', metadata, 'object');
  const x = { name: 'x', shape: checkShape(op, shape) };
  const first = firstOf(model);
  const features = first instanceof Embedder ? first.config.contextFeatures : 0;
  const context = features > 0 ? { name: 'context', shape: [BATCH, features] } : undefined;
  const inputs = context ? [x, context] : [x];

  run(model, x.shape, features);
  const graph = new Graph(RULES, inputs);
  const outputs = Object.entries(addOutputs(graph, model, x, context)).map(([name, value]) => graph.named(name, value));
  return encodeProtobuf({
    ...{ irVersion: IR_VERSION, opset: OPSET, producer: 'dynaecg', name: model.constructor.name },
    ...{ nodes: graph.nodes, initializers: graph.initializers, inputs, outputs },
    metadata: textsOf(op, { ...ownMetadata(model), ...metadata }),
  });
}

function checkShape(op: string, shape: readonly Dim[] | undefined): readonly Dim[] {
  if (shape === undefined)
    throw new ArgumentError(`${op}: expected shape, sizes of x with '${BATCH}' for the axis of samples, got none`);
  checkKind(op, 'shape', shape, 'array');
  if (shape.filter((dim) => dim === BATCH).length !== 1)
    throw new ArgumentError(`${op}: expected a shape with '${BATCH}' once, got ${formatValue(shape)}`);
  for (const [i, dim] of shape.entries()) if (dim !== BATCH) checkCount(op, `shape[${i}]`, dim, 1);
  return shape;
}

/** Runs the model once, so that sizes that do not fit are an error of the layer that they do not fit. */
function run(model: Layer, shape: readonly Dim[], features: number): void {
  const dtype = model.parameters()[0]?.dtype;
  const x = zeros(
    shape.map((dim) => (typeof dim === 'number' ? dim : TRIED)),
    { dtype },
  );
  const context = features > 0 ? zeros([TRIED, features], { dtype }) : undefined;
  inInferenceMode(model, () => noGrad(() => parts(model).map((part) => part.forward(x, context))));
}

/** The layers that take x: of a model that does not classify, its embedders. */
function parts(model: Layer): Layer[] {
  if (model instanceof EmbeddingClassifier) return model.networks.flatMap(parts);
  return [model instanceof Network && model.classifier === null ? model.embedder : model];
}

function ownMetadata(model: Layer): Record<string, unknown> {
  return {
    ...(model instanceof EmbeddingClassifier && model.classes ? { classes: model.classes } : {}),
    ...(model instanceof SavedModel ? { about: model.about } : {}),
  };
}

function textsOf(op: string, metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(metadata).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([key, value]) => [key, typeof value === 'string' ? value : json(op, key, value)]),
  );
}

function json(op: string, key: string, value: unknown): string {
  const expected = `${op}: expected metadata.${key} to be a text or JSON`;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new ArgumentError(`${expected}, got: ${(error as Error).message}`, { cause: error });
  }
  if (text === undefined) throw new ArgumentError(`${expected}, got ${formatValue(value)}`);
  return text;
}
