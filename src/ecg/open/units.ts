import { hasOwn } from '../../core/builtins.ts';
import type { PlainLead } from './recording.ts';

/** Millivolts of one unit; names without regard to case, `μ` and `µ` being two characters. */
const MILLIVOLTS: Readonly<Record<string, number>> = {
  ...{ v: 1000, volt: 1000, volts: 1000, mv: 1, millivolt: 1, millivolts: 1 },
  ...{ uv: 1e-3, µv: 1e-3, μv: 1e-3, mcv: 1e-3, microvolt: 1e-3, microvolts: 1e-3 },
  ...{ nv: 1e-6, nanovolt: 1e-6, nanovolts: 1e-6 },
};

/** Millivolts of one unit, or undefined for what is no unit of voltage. */
export function millivoltsOf(unit: string): number | undefined {
  const key = unit.trim().toLowerCase();
  return hasOwn(MILLIVOLTS, key) ? MILLIVOLTS[key] : undefined;
}

/** A lead in mV if its unit is one of voltage, otherwise in its unit; `samples` are overwritten. */
export function inMillivolts(name: string, unit: string, samples: Float32Array): PlainLead {
  const factor = millivoltsOf(unit);
  if (factor === undefined) return { name, units: unit.trim(), samples };
  if (factor !== 1) for (let i = 0; i < samples.length; i++) samples[i] *= factor;
  return { name, units: 'mV', samples };
}

/** Seconds of one unit, or undefined for what is no unit of time. */
export function secondsOf(unit: string): number | undefined {
  const key = unit.trim().toLowerCase();
  return hasOwn(SECONDS, key) ? SECONDS[key] : undefined;
}

const SECONDS: Readonly<Record<string, number>> = {
  ...{ s: 1, sec: 1, secs: 1, second: 1, seconds: 1, ms: 1e-3, msec: 1e-3, millisecond: 1e-3, milliseconds: 1e-3 },
  ...{ us: 1e-6, µs: 1e-6, μs: 1e-6, microsecond: 1e-6, microseconds: 1e-6, ns: 1e-9, nanoseconds: 1e-9 },
};
