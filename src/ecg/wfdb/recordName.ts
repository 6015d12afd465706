const NAME = /^[-\w]+$/;
const SUFFIX = /\.(?:hea|dat|mat|edf|bdf|rec)$/i;

/** Whether our own writer, and header(5), take this for the name of a record. */
export function isRecordName(name: string): boolean {
  return NAME.test(name);
}

/** The first word of a record line. */
export interface RecordWord {
  name: string;
  /** Folder before the name, with its slash, or nothing. */
  folder: string;
  /** Segments of the record, or null if it is one of signals. */
  segments: number | null;
}

/**
 * Reads the first word of a record line: `100`, `100/3` for a record of three segments, `mitdb/100` for one in a folder,
 * `100.hea` for one that is named like a file of its own. A number behind a slash is a number of segments, unless there are too few
 * lines for so many, and those that there are describe signals.
 *
 * @param lines what comes after the record line
 */
export function parseRecordWord(word: string, signals: number, lines: readonly { text: string }[]): RecordWord {
  const [, folder, last] = /^(.*\/)?([^/]*)$/s.exec(word) as unknown as [string, string | undefined, string];
  if (folder && /^\d+$/.test(last) && !(lines.length < Number(last) && describeSignals(signals, lines)))
    return { name: folder.slice(0, -1), folder: '', segments: Number(last) };
  const name = last.replace(SUFFIX, '');
  return { name, folder: folder ?? '', segments: null };
}

/** A segment's line has two words; a signal's nearly always has more. */
function describeSignals(signals: number, lines: readonly { text: string }[]): boolean {
  return lines.length >= signals && lines.slice(0, signals).some(({ text }) => text.split(/\s+/, 3).length > 2);
}

/** The name of a signal file, next to its header: without `./`, and without the folder that the record's name bears too. */
export function signalFileName(word: string, folder: string): string {
  const own = word.replace(/^(?:\.[\\/]+)+(?=[^#])/, ''); // what begins with # is a comment
  const bare = folder !== '' && own.startsWith(folder) ? own.slice(folder.length) : '';
  return bare === '' || bare.startsWith('#') ? own : bare;
}
