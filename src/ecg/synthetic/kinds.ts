/** Conditions of synthetic patients; `syntheticRecord` describes each. */
export const SYNTHETIC_KINDS = [
  'mixed',
  'ventricular',
  'atrial',
  'fibrillation',
  'rightBlock',
  'healthy',
  'leftBlock',
  'droppedBeats',
] as const;

/** One of `SYNTHETIC_KINDS`. */
export type SyntheticKind = (typeof SYNTHETIC_KINDS)[number];

/** The properties of a kind of patient. */
export interface KindOfPatient {
  rhythm: 'sinus' | 'fibrillation' | 'dropped';
  conduction: 'normal' | 'right' | 'left';
  /** Fractions of the beats that are supraventricular and ventricular ectopic. */
  s: number;
  v: number;
}

/**
 * More ectopic beats than MIT-BIH's patients have, so that a few minutes of a few patients contain some: among DS1's
 * records the highest fraction of S is 0.13, that of V 0.34.
 */
export const KINDS: Readonly<Record<SyntheticKind, KindOfPatient>> = {
  mixed: { rhythm: 'sinus', conduction: 'normal', s: 0.08, v: 0.1 },
  ventricular: { rhythm: 'sinus', conduction: 'normal', s: 0, v: 0.2 },
  atrial: { rhythm: 'sinus', conduction: 'normal', s: 0.15, v: 0 },
  fibrillation: { rhythm: 'fibrillation', conduction: 'normal', s: 0, v: 0.1 },
  rightBlock: { rhythm: 'sinus', conduction: 'right', s: 0.12, v: 0.05 },
  healthy: { rhythm: 'sinus', conduction: 'normal', s: 0, v: 0 },
  leftBlock: { rhythm: 'sinus', conduction: 'left', s: 0, v: 0.1 },
  droppedBeats: { rhythm: 'dropped', conduction: 'normal', s: 0, v: 0.05 },
};

/** The order of kinds, repeated, in each half of a set, so that even few patients have all classes. */
const ORDER: readonly SyntheticKind[] = [
  ...(['mixed', 'ventricular', 'atrial', 'fibrillation', 'rightBlock', 'healthy', 'leftBlock', 'atrial'] as const),
  ...([
    'ventricular',
    'droppedBeats',
    'mixed',
    'fibrillation',
    'atrial',
    'ventricular',
    'healthy',
    'fibrillation',
  ] as const),
];
const MOST = 0.5; // largest fraction of a patient's beats that are ectopic: every second one

/** The kinds of `n` patients, and fractions of ectopic beats whose means are `s` and `v`. */
export function patientsOf(n: number, s: number, v: number): { kind: SyntheticKind; s: number; v: number }[] {
  const kinds = Array.from({ length: n }, (_, i) => ORDER[i % ORDER.length]);
  const scale = (wanted: number, key: 's' | 'v'): number =>
    (wanted * n) / kinds.reduce((sum, k) => sum + KINDS[k][key], 0);
  const [bys, byv] = [scale(s, 's'), scale(v, 'v')];
  const highest = Math.max(...kinds.map((k) => bys * KINDS[k].s + byv * KINDS[k].v));
  // If a patient would have too many, all are moved towards the mean until that one is at the limit.
  const even = highest > MOST ? (highest - MOST) / (highest - s - v) : 0;
  return kinds.map((kind) => ({
    kind,
    s: even * s + (1 - even) * bys * KINDS[kind].s,
    v: even * v + (1 - even) * byv * KINDS[kind].v,
  }));
}
