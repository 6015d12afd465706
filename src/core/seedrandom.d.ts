/** The only generator of seedrandom used here; `@types/seedrandom` describes just the package's main entry. */
declare module 'seedrandom/lib/alea.js' {
  export interface AleaState {
    c: number;
    s0: number;
    s1: number;
    s2: number;
  }
  export interface Alea {
    (): number;
    double(): number;
    int32(): number;
    state(): AleaState;
  }
  export default function alea(seed: string, options: { state: true | AleaState }): Alea;
}
