const LONGEST = 4000; // characters of a message
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text without characters that a terminal would obey; of a very long text, the two ends. */
export function escapeText(text: string): string {
  const half = LONGEST / 2;
  const short = text.length > LONGEST ? `${text.slice(0, half)} ... ${text.slice(-half)}` : text;
  return short.replace(UNSEEN, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
