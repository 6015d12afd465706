import { make } from './dom.ts';

/** Fills a table with a confusion matrix: how many beats, and the share of their class; the darker the more. */
export function showConfusion(
  table: HTMLTableElement,
  classes: readonly string[],
  confusion: readonly number[][] | null,
): void {
  const head = make('tr', {}, make('td', {}, ''), ...classes.map((name) => make('th', { scope: 'col' }, `as ${name}`)));
  const rows = classes.map((name, k) => {
    const row = confusion?.[k];
    const all = row?.reduce((sum, n) => sum + n, 0) ?? 0;
    const cells = classes.map((_, j) => {
      if (!row) return make('td', {}, '–');
      const share = all > 0 ? row[j] / all : 0;
      const cell = make('td', {}, make('b', {}, String(row[j])), make('span', {}, `${Math.round(100 * share)} %`));
      cell.style.background = `color-mix(in srgb, var(--heat) ${Math.round(70 * share)}%, var(--page))`;
      return cell;
    });
    return make('tr', {}, make('th', { scope: 'row' }, `is ${name}`), ...cells);
  });
  table.replaceChildren(make('thead', {}, head), make('tbody', {}, ...rows));
}
