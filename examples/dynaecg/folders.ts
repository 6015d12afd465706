// Which WFDB records there are in the folders of --data, and of which files they consist.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ArgumentError, DataError } from 'dynaecg';
import { MITDB_RECORDS, parseHeader } from 'dynaecg/ecg';
import { recordNames } from 'dynaecg/node';

const ANNOTATOR = 'atr';
const GAP = '~'; // the name of a segment in which nothing was recorded

/** A folder of --data. */
export interface Folder {
  path: string;
  /** its own name, or the end of its path that no other folder has */
  name: string;
  /** those that can be trained on, in order */
  records: readonly FoundRecord[];
  leftOut: LeftOut[];
}

/** A record of a folder. */
export interface FoundRecord {
  /** as messages and reports have it: of several folders, with that of the folder */
  name: string;
  /** as the folder has it; its files are called so, with suffixes */
  own: string;
}

/** A record that is not trained on. */
export interface LeftOut {
  record: string;
  /** what it lacks */
  without: string;
}

/**
 * The folders at these paths with their records: those that the file RECORDS lists, otherwise those with a header. Records
 * without a header, signals or annotations are left out.
 *
 * @throws DataError for a folder that is missing or has no records; ArgumentError for one that is given twice
 */
export function foldersAt(paths: readonly string[]): Folder[] {
  const full = paths.map((path) => resolve(path));
  const twice = full.find((path, i) => full.indexOf(path) < i);
  if (twice !== undefined) throw new ArgumentError(`--data: expected each folder once, got ${twice} twice`);
  const names = namesOf(full);
  return paths.map((path, i) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new DataError(`--data: expected a folder, got ${path}`);
    const listed = recordsIn(path);
    const nameOf = (own: string): string => (paths.length > 1 ? `${names[i]}/${own}` : own);
    const records: FoundRecord[] = [];
    const leftOut: LeftOut[] = [];
    for (const own of listed) {
      const without = lackOf(join(path, own));
      if (without === null) records.push({ name: nameOf(own), own });
      else leftOut.push({ record: nameOf(own), without });
    }
    if (records.length === 0)
      throw new DataError(
        `--data: expected WFDB records with annotations (100.hea, 100.${ANNOTATOR} ...) in ${path}, got ${
          leftOut.length === 0 ? 'none' : `${leftOut.length} records, the first without ${leftOut[0].without}`
        }`,
      );
    return { path, name: names[i], records, leftOut };
  });
}

/** The last component of each path, with as many of those above it as it takes to distinguish them. */
function namesOf(paths: readonly string[]): string[] {
  const end = (path: string, n: number): string => path.split(sep).slice(-n).join('/');
  for (let n = 1; ; n++) {
    const names = paths.map((path) => end(path, n));
    if (new Set(names).size === names.length) return names;
  }
}

function recordsIn(folder: string): string[] {
  const file = join(folder, 'RECORDS');
  if (!existsSync(file)) return recordNames(folder);
  const lines = readFileSync(file, 'latin1').split(/\r?\n/);
  const names = lines.map((line) => line.trim()).filter((line) => line !== '');
  const outside = names.find((name) => /^[/\\]|^[a-z]:/i.test(name) || name.split(/[/\\]/).includes('..'));
  if (outside !== undefined)
    throw new DataError(`--data: expected records below the folder in ${file}, got ${outside}`);
  const all = names.flatMap((name) =>
    name.endsWith('/') ? recordsIn(join(folder, name)).map((own) => `${name}${own}`) : [name],
  );
  return [...new Set(all)];
}

function lackOf(path: string): string | null {
  if (!existsSync(`${path}.hea`)) return 'a header';
  if (!existsSync(`${path}.${ANNOTATOR}`)) return `annotations (.${ANNOTATOR})`;
  const { signals, segments } = headerOf(path);
  return signals.length === 0 && !segments ? 'signals' : null;
}

const headerOf = (path: string) => parseHeader(readFileSync(`${path}.hea`), `${path}.hea`);

/** The paths of the files of a record: header, annotations, signals, and the same of its segments. */
function filesOf(path: string): string[] {
  const { signals, segments = [] } = headerOf(path);
  const parts = [...new Set(segments.map(({ name }) => name))].filter((name) => name !== GAP);
  const signalFiles = signals.filter(({ format }) => format !== 0).map(({ fileName }) => join(dirname(path), fileName));
  return [
    `${path}.hea`,
    ...signalFiles,
    ...parts.flatMap((name) => filesOf(join(dirname(path), name))),
    ...(existsSync(`${path}.${ANNOTATOR}`) ? [`${path}.${ANNOTATOR}`] : []),
  ];
}

/**
 * SHA-256 of the files of all records, by their paths below the folders. Ask as soon as they are read: hours later the files may be
 * others, or gone.
 *
 * @throws DataError for a file that cannot be read
 */
export function checksumsOf(folders: readonly Folder[]): Record<string, string> {
  const entries = folders.flatMap(({ path, name, records }) => {
    const files = records.flatMap(({ own }) => [...new Set(filesOf(join(path, own)))].sort());
    const before = folders.length > 1 ? `${name}/` : '';
    return files.map((file) => [before + relative(path, file).replaceAll('\\', '/'), sha256(file)]);
  });
  return Object.fromEntries(entries);
}

function sha256(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    throw new DataError(`--data: expected to read ${path}, got ${(error as Error).message}`, { cause: error });
  }
}

/** Whether all records of a folder have names of MIT-BIH's. */
export const isMitBih = ({ records }: Folder): boolean => records.every(({ own }) => MITDB_RECORDS.includes(own));

/** Whether they are all of MIT-BIH's. */
export const isAllOfMitBih = (folder: Folder): boolean =>
  isMitBih(folder) && folder.records.length === MITDB_RECORDS.length;

/** What the records of folders are: `MIT-BIH`, or a part of it, or by the folder's name. */
export function sourceOf(folders: readonly Folder[]): string {
  const texts = folders.map((folder) => {
    const { length } = folder.records;
    if (isAllOfMitBih(folder)) return 'MIT-BIH';
    return isMitBih(folder) ? `MIT-BIH, ${length} of its records` : `${folder.name}, ${length} records`;
  });
  return texts.join('; ');
}
