/** Annotations from a line of text, and the cells of a comparison that are not 0. */
import { type Annotation, COMPARED_CLASSES } from 'dynaecg/ecg';

/** `100 N, 131 ~ 48`: a sample, a label and, where it is not 0, a subtype. */
export const list = (text: string): Annotation[] =>
  text
    .split(', ')
    .filter(Boolean)
    .map((item) => {
      const [sample, label, subtype = 0] = item.split(' ');
      return { sample: Number(sample), label, subtype: Number(subtype), channel: 0, num: 0, aux: '' };
    });

export const named = (matrix: readonly (readonly number[])[]): string =>
  matrix
    .flatMap((row, r) =>
      row.map((n, c) => (n ? `${COMPARED_CLASSES[r]}${COMPARED_CLASSES[c].toLowerCase()} ${n}` : '')),
    )
    .filter(Boolean)
    .join(' ');
