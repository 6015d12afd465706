const LONGEST = 4000; // characters of a message
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text as it can be shown on a terminal, which obeys escape sequences: control and format characters, halves of surrogate
 * pairs and line ends as `\u001b`, and of a very long text the two ends.
 */
export function printable(text: string): string {
  const half = LONGEST / 2;
  const short = text.length > LONGEST ? `${text.slice(0, half)} ... ${text.slice(-half)}` : text;
  return short.replace(UNSEEN, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
