import { element, make } from './dom.ts';

/** A message that stays until it is dismissed, its cause is gone, or its button is used. One for each `about`. */
export function notice(about: string, text: string, action?: { text: string; run: () => void }): void {
  withdraw(about);
  const box = make('div', { class: 'notice', 'data-about': about }, make('p', {}, text));
  const button = (label: string, run: () => void): void => {
    const made = make('button', { type: 'button' }, label);
    made.onclick = () => {
      box.remove();
      run();
    };
    box.append(made);
  };
  if (action) button(action.text, action.run);
  button('Dismiss', () => {});
  element('notices', HTMLElement).append(box);
}

/** Takes a message away. */
export function withdraw(about: string): void {
  for (const box of element('notices', HTMLElement).querySelectorAll<HTMLElement>('.notice'))
    if (box.dataset['about'] === about) box.remove();
}
