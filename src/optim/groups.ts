import type { Parameter } from '../autograd/tensor.ts';
import { checkKind } from '../core/check.ts';
import { BatchNorm1d } from '../nn/batchNorm1d.ts';
import { GroupNorm } from '../nn/groupNorm.ts';
import { LayerNorm } from '../nn/layerNorm.ts';
import type { Module } from '../nn/module.ts';
import type { ParameterGroup } from './optimizer.ts';

/**
 * The parameters of a model in two groups: the weights, on which an optimiser's weight decay acts, and those that it should
 * leave alone: biases and the weights of norms, that is all of one axis or none, and all of a BatchNorm1d, LayerNorm or
 * GroupNorm.
 *
 * @example new AdamW(decayGroups(model), { learningRate: 1e-3, weightDecay: 0.05 })
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
