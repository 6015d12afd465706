const DATE_TIME = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)/;
const CLOCK = /^(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,9})?)$/;

/** Day and time of day of a text with both, such as `2020-02-05 09:14:40 -0400`, as in a WFDB header; null without. */
export function readDate(text: string): { baseTime: string | null; baseDate: string | null } {
  const [, year, month, date, h, m, s] = DATE_TIME.exec(text) ?? [];
  if (s === undefined) return { baseTime: null, baseDate: null };
  return { baseTime: `${h}:${m}:${s}`, baseDate: `${Number(date)}/${Number(month)}/${year}` };
}

/** Seconds of a date and time, or of a time alone (`1:02:03.5`, `02:03.5`); NaN for any other text. */
export function readTime(text: string): number {
  const [, year, month, date, hour, minute, second] = DATE_TIME.exec(text) ?? [];
  if (second !== undefined)
    return 86400 * days(Number(year), Number(month), Number(date)) + seconds(hour, minute, second);
  const [, h = '0', m, s] = CLOCK.exec(text) ?? [];
  return s === undefined ? Number.NaN : seconds(h, m, s.replace(',', '.'));
}

const seconds = (h: string, m: string, s: string): number => 3600 * Number(h) + 60 * Number(m) + Number(s);

/** Days from 1/3/0000 of the Gregorian calendar: years begin in March, so that a leap day is the last. */
function days(year: number, month: number, date: number): number {
  const y = month > 2 ? year : year - 1;
  return (
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * ((month + 9) % 12) + 2) / 5) +
    date
  );
}
