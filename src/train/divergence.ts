import { TrainingError } from '../core/errors.ts';
import type { Module } from '../nn/module.ts';
import { firstUnsound } from '../nn/soundness.ts';

/** Where training is, for its errors. */
interface Place {
  /** of the trainer */
  name: string;
  iteration: number;
}

/** @throws TrainingError where training has diverged */
export function checkDiverged({ name, iteration }: Place, what: string, value: number): void {
  if (!Number.isFinite(value))
    throw new TrainingError(
      `${name}: expected finite ${what} of ${value} in iteration ${iteration}; try a lower learning rate or clipNorm`,
    );
}

/** @throws TrainingError where weights or statistics have grown beyond what a float holds: none such are kept */
export function checkSound({ name, iteration }: Place, model: Module): void {
  const fault = firstUnsound(model.namedTensors());
  if (fault !== null)
    throw new TrainingError(
      `${name}: expected finite weights and statistics after iteration ${iteration}, got ${fault}; ` +
        'try data on a smaller scale, a lower learning rate or clipNorm',
    );
}
