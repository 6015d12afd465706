import type { Tensor, TensorLike } from '../autograd/tensor.ts';
import { checkCount, checkKind } from '../core/check.ts';
import { checkOptions } from '../core/checkOptions.ts';
import type { Random } from '../core/random.ts';
import { channelAttention } from '../ops/attention.ts';
import { Linear } from './linear.ts';
import { Layer } from './module.ts';

/** Squeeze-and-excitation over x (B,channels,L): each channel is scaled by a gate in (0,1); see `channelAttention`. */
export class ChannelAttention extends Layer {
  readonly fc1: Linear;
  readonly fc2: Linear;

  /** @param options.reduction the hidden layer has channels / reduction units, but at least 1; 4 by default */
  constructor(channels: number, options: { random: Random; reduction?: number }) {
    super();
    checkCount('ChannelAttention', 'channels', channels, 1);
    checkOptions('ChannelAttention', options, ['random'], ['reduction']);
    const { random, reduction = 4 } = options;
    checkKind('ChannelAttention', 'random', random, 'random');
    checkCount('ChannelAttention', 'reduction', reduction, 1);
    const hidden = Math.max(1, Math.floor(channels / reduction));
    this.fc1 = new Linear(channels, hidden, { random });
    this.fc2 = new Linear(hidden, channels, { random });
  }

  forward(x: TensorLike): Tensor {
    return channelAttention(x, this.fc1, this.fc2);
  }
}
