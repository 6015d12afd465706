/** Times of day and dates in the forms that headers have them. */

const TIME = /^\d+(?::\d+){0,2}(?:\.\d+)?$/; // strtim(3): of one number, seconds
const YEAR = /^(?:1[89]|2[01])\d\d$/;
const COMPACT = /^(?:1[89]|2[01])\d{6}$/; // 20140508

const DATES: readonly RegExp[] = [
  /^\d+\/\d+\/\d+$/, // 25/4/1989, header(5)'s
  /^\d{1,4}-\d{1,2}-\d{1,4}$/, // 2014-05-08
  /^\d{1,2}\.\d{1,2}\.\d{2,4}$/, // 8.5.2014
  /^\d{1,2}([-/.])\p{L}{3,9}\1\d{2,4}$/u, // 05-May-2020
  YEAR,
  COMPACT,
  /^[\dx?*]{1,4}([-/.])[\dx?*]{1,4}\1[\dx?*]{1,4}$/i, // xx/xx/2014
  /^(?:unknown|none|null|nan|na|n\/a|-+|\?+)$/i,
];

/** Whether a word of a header is a time of day: 13:05:00, with or without seconds and fractions of them. */
export function isTime(word: string): boolean {
  return TIME.test(word) && !YEAR.test(word) && !COMPACT.test(word);
}

/** Whether a word of a header is in the place of a date: in header(5)'s form, another one, a year alone, or `unknown`. */
export function isDate(word: string): boolean {
  return DATES.some((form) => form.test(word));
}

/** The time and the date of a record line, in either order or as one word with a T; `unknown` gets any word that is neither. */
export function parseTimes(
  words: readonly string[],
  unknown: (word: string) => void,
): { baseTime: string | null; baseDate: string | null } {
  let baseTime: string | null = null;
  let baseDate: string | null = null;
  const [first = '', second = ''] = words;
  const stamp = /^([^T]+)T([\d:.]+)(?:Z|[-+]\d\d:?\d\d)?$/.exec(first);
  const both = stamp && isDate(stamp[1]) && isTime(stamp[2]) ? [stamp[2], stamp[1]] : [first, second];
  for (const word of both.filter(Boolean)) {
    if (baseTime === null && isTime(word)) baseTime = word;
    else if (baseDate === null && isDate(word)) baseDate = word;
    else unknown(word);
  }
  return { baseTime, baseDate };
}
