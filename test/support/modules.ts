/** Modules, and what tests of them look at. */
import { BatchNorm1d, Linear, type Module, Random, relu, Sequential, type Shape } from 'dynaecg';

export const random = (): Random => new Random(5);

/** The names and shapes of a module's tensors, in order. */
export const shapes = (m: Module): [string, Shape][] =>
  Object.entries(m.stateDict()).map(([name, t]) => [name, t.shape]);

/** Layers and a function, one of the layers with layers inside. */
export const nested = (): Sequential => {
  const r = random();
  return new Sequential(
    new Linear(3, 2, { random: r }),
    relu,
    new Sequential(new BatchNorm1d(2), new Linear(2, 4, { random: r })),
  );
};
