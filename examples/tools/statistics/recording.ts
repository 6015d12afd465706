import { aamiClass, type EcgRecord, isBeat } from 'dynaecg/ecg';

const LEAD = 'MLII'; // which the example trains on

/** An annotated beat. */
export interface Marked {
  sample: number;
  label: string;
  /** N, S, V, F or Q; '' where AAMI names none */
  kind: string;
  /** the rhythm that the annotations say it is in, such as `(AFIB`; '' before the first */
  rhythm: string;
}

/** One lead and the beats of a record. */
export interface Recording {
  name: string;
  rate: number;
  samples: Float32Array;
  beats: Marked[];
}

export function recordingOf({ name, samplingFrequency: rate, leads, annotations }: EcgRecord): Recording {
  const { samples } = leads.find((lead) => lead.name === LEAD) ?? leads[0];
  let rhythm = '';
  const beats: Marked[] = [];
  for (const { sample, label, aux } of annotations) {
    if (aux.startsWith('(')) rhythm = aux;
    if (isBeat(label)) beats.push({ sample, label, kind: aamiClass(label) ?? '', rhythm });
  }
  return { name, rate, samples, beats };
}
