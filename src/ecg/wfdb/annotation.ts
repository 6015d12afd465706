import { checkFields, checkKind } from '../../core/check.ts';

/** A label at a sample of a record. */
export interface Annotation {
  /** Sample index from the start of the record. */
  sample: number;
  /** WFDB mnemonic, such as `N`, `V`, `+` or `~`, or a custom label. */
  label: string;
  /** -128 to 127; 0 if the file gives none. */
  subtype: number;
  /** 0 to 255; the signal that the annotation belongs to. */
  channel: number;
  /** -128 to 127. */
  num: number;
  /** Text, one character per byte, such as a rhythm; includes the NUL that ends MIT-BIH's texts. */
  aux: string;
}

/** A label that an annotation file defines for itself. */
export interface CustomLabel {
  /** Annotation code, 1 to 49. */
  code: number;
  label: string;
  /** Without spaces around it. */
  description: string;
}

/** The contents of an annotation file. */
export interface AnnotationFile {
  annotations: Annotation[];
  customLabels: CustomLabel[];
  /** Ticks per second of the times, or null if they count the record's samples. */
  timeResolution: number | null;
}

/** An annotation with its code. */
export interface Entry extends Omit<Annotation, 'label'> {
  code: number;
}

// Codes without their own time (annot(5)), and two that have one.
export const SKIP = 59;
export const NUM = 60;
export const SUB = 61;
export const CHN = 62;
export const AUX = 63;
export const NULL_ANNOTATION = 0;
export const NOTE = 22;

export const LARGEST_STEP = 1023; // of an annotation word's ten bits; a longer or negative one takes a SKIP

const ANNOTATION = { sample: 'number', label: 'text' } as const;

/** Throws unless these are annotations, each with a sample and a label. */
export function checkAnnotations(op: string, name: string, annotations: readonly Annotation[]): void {
  checkKind(op, name, annotations, 'array');
  for (let i = 0; i < annotations.length; i++) {
    const a = annotations[i];
    if (!a || typeof a.label !== 'string' || typeof a.sample !== 'number')
      checkFields(op, `${name}[${i}]`, a, ANNOTATION);
  }
}
