import type { Parameter } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { BatchNorm1d } from '../nn/batchNorm1d.ts';
import { GroupNorm } from '../nn/groupNorm.ts';
import { LayerNorm } from '../nn/layerNorm.ts';
import type { Module } from '../nn/module.ts';
import type { ParameterGroup } from './optimizer.ts';

/**
 * The parameters of a model in two groups: the weights, to which an optimiser applies weight decay, and those that it
 * should not decay: biases and the weights of norms, that is, everything with at most one axis, and everything in a
 * BatchNorm1d, LayerNorm or GroupNorm.
 *
 * @example
 *     declare const model: Module;
 *     const optimizer = new AdamW(decayGroups(model), { learningRate: 1e-3, weightDecay: 0.05 });
 */
export function decayGroups(model: Module): [decayed: ParameterGroup, others: ParameterGroup] {
  checkKind('decayGroups', 'model', model, 'module');
  const norms = model
    .modules()
    .filter((m) => m instanceof BatchNorm1d || m instanceof LayerNorm || m instanceof GroupNorm);
  const spared = new Set(norms.flatMap((norm) => norm.parameters()));
  const spares = (p: Parameter): boolean => p.shape.length < 2 || spared.has(p);
  const all = model.parameters();
  return [{ parameters: all.filter((p) => !spares(p)) }, { parameters: all.filter(spares), weightDecay: 0 }];
}
