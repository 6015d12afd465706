import { checkConfiguration } from '../../examples/dynaecg/configuration.ts';

/** A configuration with these settings, and defaults for the others. */
export const configured = (given: Record<string, unknown>) => checkConfiguration('given', given);

/** Settings of a network that trains in a moment. */
export const TINY = {
  ...{ length: 64, before: 32, channels: [4, 6], kernel: 3, hidden: 4, features: 8, embedding: 4 },
  ...{ iterations: 2, steps: 2, perClass: 3, mlpHidden: 8, mlpEpochs: 3, validationFraction: 0.2 },
};
