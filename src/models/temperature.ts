import { checkRange } from '../core/check.ts';

const LEAST = 1e-6; // logits of thousands, as of float32, stay finite

/** Throws unless logits can be divided by this. */
export function checkTemperature(op: string, temperature: unknown): void {
  checkRange(op, 'temperature', temperature, LEAST);
}
