/** Reads ONNX files with the protobuf library's reader: what a test looks at, by the field numbers of onnx.proto. */
import { PbfReader } from 'pbf';

interface Field {
  number: number;
  value: number | Uint8Array;
}

function fields(bytes: Uint8Array): Field[] {
  return new PbfReader(bytes).readFields<Field[]>((number, found, reader) => {
    const value =
      reader.type === 0 ? reader.readVarint(true) : reader.type === 2 ? reader.readBytes() : reader.readFloat();
    found.push({ number, value: typeof value === 'number' ? value : new Uint8Array(value) });
  }, []);
}

const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array);
const all = (from: readonly Field[], number: number): Uint8Array[] =>
  from.filter((field) => field.number === number).map(({ value }) => value as Uint8Array);
const numbers = (from: readonly Field[], number: number): number[] =>
  from.filter((field) => field.number === number).map(({ value }) => value as number);

export interface ReadNode {
  type: string;
  name: string;
  inputs: string[];
  attributes: Record<string, number | string | number[]>;
}

export interface ReadModel {
  irVersion: number;
  producer: string;
  opset: number;
  metadata: Record<string, string>;
  nodes: ReadNode[];
  initializers: Record<string, { shape: number[]; values: number[] }>;
  inputs: Record<string, (number | string)[]>;
  outputs: Record<string, (number | string)[]>;
}

function readNode(bytes: Uint8Array): ReadNode {
  const own = fields(bytes);
  const attributes = all(own, 5).map((attribute) => {
    const inner = fields(attribute);
    const [kind] = numbers(inner, 20);
    const value = { 1: numbers(inner, 2)[0], 2: numbers(inner, 3)[0], 3: text(all(inner, 4)[0]), 7: numbers(inner, 8) };
    return [text(all(inner, 1)[0]), value[kind as 1]];
  });
  const [[name], [type]] = [all(own, 3).map(text), all(own, 4).map(text)];
  return { type, name, inputs: all(own, 1).map(text), attributes: Object.fromEntries(attributes) };
}

function readTensor(bytes: Uint8Array): [string, { shape: number[]; values: number[] }] {
  const own = fields(bytes);
  const [raw] = all(own, 9);
  const values = numbers(own, 2)[0] === 1 ? new Float32Array(raw.buffer) : new BigInt64Array(raw.buffer);
  return [text(all(own, 8)[0]), { shape: numbers(own, 1), values: Array.from(values, Number) }];
}

function readValue(bytes: Uint8Array): [string, (number | string)[]] {
  const own = fields(bytes);
  const tensor = fields(all(fields(all(own, 2)[0]), 1)[0]);
  const dims = all(fields(all(tensor, 2)[0]), 1).map((dim) => {
    const [{ value }] = fields(dim);
    return typeof value === 'number' ? value : text(value);
  });
  return [text(all(own, 1)[0]), dims];
}

/** What is in a file. */
export function readOnnx(file: Uint8Array): ReadModel {
  const model = fields(file);
  const graph = fields(all(model, 7)[0]);
  return {
    irVersion: numbers(model, 1)[0],
    producer: text(all(model, 2)[0]),
    opset: numbers(fields(all(model, 8)[0]), 2)[0],
    metadata: Object.fromEntries(all(model, 14).map((entry) => fields(entry).map(({ value }) => text(value)))),
    nodes: all(graph, 1).map(readNode),
    initializers: Object.fromEntries(all(graph, 5).map(readTensor)),
    inputs: Object.fromEntries(all(graph, 11).map(readValue)),
    outputs: Object.fromEntries(all(graph, 12).map(readValue)),
  };
}
