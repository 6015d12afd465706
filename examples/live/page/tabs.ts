import { element } from './dom.ts';

const MODES = ['learn', 'watch', 'model'] as const;
export type Mode = (typeof MODES)[number];

/** The tabs: by pointer, by arrow keys, Home and End, and by the part of the address after #. */
export function tabs(shown: (mode: Mode) => void): (mode: Mode) => void {
  const tab = (mode: Mode): HTMLButtonElement => element(`tab-${mode}`, HTMLButtonElement);
  let current: Mode = 'learn';
  const show = (mode: Mode): void => {
    current = mode;
    for (const each of MODES) {
      tab(each).setAttribute('aria-selected', String(each === mode));
      tab(each).tabIndex = each === mode ? 0 : -1;
      element(each, HTMLElement).hidden = each !== mode;
    }
    history.replaceState(null, '', `#${mode}`);
    shown(mode);
  };
  const byAddress = (): void => {
    const mode = MODES.find((each) => location.hash === `#${each}`);
    if (mode && mode !== current) show(mode);
  };
  for (const [i, mode] of MODES.entries()) {
    tab(mode).onclick = () => show(mode);
    tab(mode).onkeydown = ({ key }) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1 + MODES.length, Home: 0, End: MODES.length - 1 }[key];
      if (to === undefined) return;
      const next = MODES[to % MODES.length];
      show(next);
      tab(next).focus();
    };
  }
  addEventListener('hashchange', byAddress);
  byAddress();
  return show;
}
