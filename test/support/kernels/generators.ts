/** Random arguments for every kernel, and how near a backend's result must come to that of the JavaScript kernel. */
import type { Kernels } from 'dynaecg/kernels';
import { elementwise } from './elementwise.ts';
import type { Entries } from './entry.ts';
import { layers } from './layers.ts';
import { layouts } from './layouts.ts';
import { losses } from './losses.ts';
import { miners } from './miners.ts';
import { movement } from './movement.ts';
import { optimizers } from './optimizers.ts';
import { sequences } from './sequences.ts';

/** Every kernel that may run elsewhere than in JavaScript. */
export const generators = (js: Kernels): Entries => ({
  ...elementwise,
  ...movement,
  ...layers,
  ...sequences,
  ...losses,
  ...layouts,
  ...miners(js),
  ...optimizers,
});
