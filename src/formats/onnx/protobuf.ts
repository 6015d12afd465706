// The part of ONNX's messages that is written, with the field numbers of onnx.proto.
import { PbfWriter } from './wire.ts';

const FLOAT = 1; // TensorProto.DataType
const INT64 = 7;
const KINDS = { float: 1, int: 2, text: 3, ints: 7 } as const; // AttributeProto.AttributeType

/** A size, or the name of one that is known at run time. */
export type Dim = number | string;

/** The value of an attribute: a float, an int, a text, or a list of ints. */
export type Attribute = { float: number } | { int: number } | { text: string } | { ints: readonly number[] };

/** NodeProto: an operator; an input without a name is left out. */
export interface OnnxNode {
  name: string;
  type: string;
  inputs: readonly string[];
  output: string;
  attributes: Readonly<Record<string, Attribute>>;
}

/** TensorProto: float32 or int64, little-endian. */
export interface OnnxTensor {
  name: string;
  shape: readonly number[];
  values: Float32Array | BigInt64Array;
}

/** ValueInfoProto of a float32 tensor. */
export interface OnnxValue {
  name: string;
  shape: readonly Dim[];
}

/** ModelProto and its GraphProto. */
export interface OnnxModel {
  irVersion: number;
  opset: number;
  producer: string;
  name: string;
  nodes: readonly OnnxNode[];
  initializers: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  metadata: Readonly<Record<string, string>>;
}

/** The bytes of a model file. */
export function encodeProtobuf(model: OnnxModel): Uint8Array {
  const to = new PbfWriter();
  to.writeVarintField(1, model.irVersion);
  to.writeStringField(2, model.producer);
  to.writeMessage(7, writeGraph, model);
  to.writeMessage(8, writeOpset, model.opset);
  for (const entry of Object.entries(model.metadata)) to.writeMessage(14, writeText, entry);
  return to.finish();
}

function writeGraph({ name, nodes, initializers, inputs, outputs }: OnnxModel, to: PbfWriter): void {
  for (const node of nodes) to.writeMessage(1, writeNode, node);
  to.writeStringField(2, name);
  for (const tensor of initializers) to.writeMessage(5, writeTensor, tensor);
  for (const value of inputs) to.writeMessage(11, writeValue, value);
  for (const value of outputs) to.writeMessage(12, writeValue, value);
}

function writeNode({ name, type, inputs, output, attributes }: OnnxNode, to: PbfWriter): void {
  for (const input of inputs) to.writeStringField(1, input);
  to.writeStringField(2, output);
  to.writeStringField(3, name);
  to.writeStringField(4, type);
  for (const entry of Object.entries(attributes)) to.writeMessage(5, writeAttribute, entry);
}

function writeAttribute([name, value]: readonly [string, Attribute], to: PbfWriter): void {
  to.writeStringField(1, name);
  if ('float' in value) {
    to.writeFloatField(2, value.float);
    to.writeVarintField(20, KINDS.float);
  } else if ('int' in value) {
    to.writeVarintField(3, value.int);
    to.writeVarintField(20, KINDS.int);
  } else if ('text' in value) {
    to.writeStringField(4, value.text);
    to.writeVarintField(20, KINDS.text);
  } else {
    for (const n of value.ints) to.writeVarintField(8, n);
    to.writeVarintField(20, KINDS.ints);
  }
}

function writeTensor({ name, shape, values }: OnnxTensor, to: PbfWriter): void {
  for (const size of shape) to.writeVarintField(1, size);
  to.writeVarintField(2, values instanceof Float32Array ? FLOAT : INT64);
  to.writeStringField(8, name);
  to.writeBytesField(9, littleEndian(values));
}

function littleEndian(values: Float32Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  if (values instanceof Float32Array) for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  else for (let i = 0; i < values.length; i++) view.setBigInt64(8 * i, values[i], true);
  return bytes;
}

function writeValue({ name, shape }: OnnxValue, to: PbfWriter): void {
  to.writeStringField(1, name);
  to.writeMessage(2, writeType, shape);
}

function writeType(shape: readonly Dim[], to: PbfWriter): void {
  to.writeMessage(1, writeTensorType, shape); // TypeProto.tensor_type
}

function writeTensorType(shape: readonly Dim[], to: PbfWriter): void {
  to.writeVarintField(1, FLOAT);
  to.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly Dim[], to: PbfWriter): void {
  for (const dim of shape) to.writeMessage(1, writeDim, dim);
}

function writeDim(dim: Dim, to: PbfWriter): void {
  if (typeof dim === 'number') to.writeVarintField(1, dim);
  else to.writeStringField(2, dim);
}

function writeOpset(version: number, to: PbfWriter): void {
  to.writeStringField(1, ''); // the standard's own operators
  to.writeVarintField(2, version);
}

function writeText([key, value]: readonly [string, string], to: PbfWriter): void {
  to.writeStringField(1, key);
  to.writeStringField(2, value);
}
