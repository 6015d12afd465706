import { MARKS, type Mark } from './marks.ts';

/** Classes that have colours and shapes of their own. */
const KNOWN: Record<string, Mark> = { N: 'circle', S: 'triangle', V: 'square' };

/** What the classes of a drawing are called; others than AAMI's take the colours and shapes of categories, in order. */
type Names = readonly string[];
const AAMI: Names = ['N', 'S', 'V', 'F', 'Q'];

const areAami = (classes: Names): boolean => classes.every((name) => AAMI.includes(name));

/** The colour of a class in both themes; classes that it was not trained on share one. */
export function classColour(name: string, classes: Names = AAMI): string {
  if (areAami(classes)) return `var(--class-${Object.hasOwn(KNOWN, name) ? name : 'other'})`;
  const k = classes.indexOf(name);
  return k < 0 ? 'var(--class-other)' : category(k);
}

/** The shape of a class where beats are drawn, so that colour is not needed. */
export function classMark(name: string, classes: Names = AAMI): Mark {
  if (areAami(classes)) return Object.hasOwn(KNOWN, name) ? KNOWN[name] : 'diamond';
  return MARKS[Math.max(0, classes.indexOf(name)) % MARKS.length];
}

/** Dashes of lines, so that colour is not needed. */
const DASHES = ['', '7 3', '2 2.5', '9 3 2 3', '4 2', '12 4', '7 2 2 2 2 2', '1 4'];
export const dashOf = (k: number): string => DASHES[k % DASHES.length];

/** Colours of things that have no order, such as records and networks. */
export const CATEGORIES = 8;
export const category = (i: number): string => `var(--category-${i % CATEGORIES})`;
/** Shapes of such things; what is none of them is a circle. */
export const categoryMark = (i: number): Mark => MARKS[1 + (i % CATEGORIES)];
