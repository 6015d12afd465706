import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from 'dynaecg';
import { prepareFolder } from '../shared/folder.ts';
import { Progress } from '../shared/progress.ts';

const PHYSIONET = 'https://physionet.org/files/mitdb/1.0.0';
const MANIFEST = new URL('./mitdb.sha256', import.meta.url);

/** Where to fetch from and what to expect: lines of `sha256  name`. */
export interface Source {
  url: string;
  manifest: string;
  /** bytes of a file at most, and milliseconds without any before it is given up */
  limits?: Limits;
}

interface Limits {
  bytes: number;
  silence: number;
}

const LIMITS: Limits = { bytes: 10_000_000, silence: 60_000 }; // five times the largest file of MIT-BIH; a minute

/**
 * Fetches every file of the manifest that the folder does not hold yet (MIT-BIH from PhysioNet, ODC-By licence). A file
 * is written as NAME.part, resumes where an earlier try stopped, and gets its name when its SHA-256 is right.
 */
export async function download(
  folder: string,
  quiet: boolean,
  source: Source = { url: PHYSIONET, manifest: readFileSync(MANIFEST, 'utf8') },
): Promise<void> {
  prepareFolder('--data', folder);
  const files = source.manifest
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  const progress = new Progress('downloading', quiet);
  let fetched = 0;
  for (const [i, [sha256, name]] of files.entries()) {
    progress.update(i / files.length, name);
    const path = join(folder, name);
    if (existsSync(path) && digest(path) === sha256) continue;
    const part = `${path}.part`;
    await fetchInto(part, `${source.url}/${name}`, source.limits ?? LIMITS, (bytes) =>
      progress.update(i / files.length, `${name} ${Math.round(bytes / 1024)} KB`),
    );
    const got = digest(part);
    if (got !== sha256) {
      rmSync(part);
      throw new DataError(`download: expected ${name} with SHA-256 ${sha256}, got ${got}; the file was discarded`);
    }
    renameSync(part, path);
    fetched++;
  }
  progress.finish(`${fetched} files fetched, ${files.length - fetched} there before, all checked`);
}

async function fetchInto(
  part: string,
  url: string,
  { bytes: most, silence }: Limits,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const have = existsSync(part) ? statSync(part).size : 0;
  const stall = new AbortController();
  const giveUp = () => stall.abort(new Error(`nothing for ${silence / 1000} s`));
  let timer = setTimeout(giveUp, silence);
  let response: Response;
  try {
    const headers = have > 0 ? { Range: `bytes=${have}-` } : undefined;
    response = await fetch(url, { headers, signal: stall.signal });
  } catch (error) {
    clearTimeout(timer);
    const { message, cause } = error as Error & { cause?: Error };
    throw new DataError(`download: expected an answer from ${url}, got ${cause?.message ?? message}`, { cause: error });
  }
  if (response.status === 416 || !response.ok || !response.body) {
    clearTimeout(timer);
    if (response.status === 416) return; // nothing is left to fetch; the checksum decides
    throw new DataError(`download: expected ${url}, got status ${response.status}`);
  }
  const resumed = response.status === 206;
  if (!resumed) rmSync(part, { force: true });
  let bytes = resumed ? have : 0;
  appendFileSync(part, '');
  try {
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, silence);
      bytes += chunk.length;
      if (bytes > most) throw new Error(`more than ${most}`);
      appendFileSync(part, chunk);
      onBytes(bytes);
    }
  } catch (error) {
    throw new DataError(`download: expected all of ${url}, got ${bytes} bytes: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
