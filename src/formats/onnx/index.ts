export { encodeOnnx, type OnnxOptions } from './encodeOnnx.ts';
