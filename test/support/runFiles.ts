import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The contents of the files of a run by name, without the times, dates and commands in them, which differ between equal runs. */
export function timelessFiles(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));
  const entries = files.map((file): [string, string] => [file, timeless(file, readFileSync(join(folder, file)))]);
  return Object.fromEntries(entries.sort());
}

function timeless(file: string, bytes: Buffer): string {
  if (file.endsWith('.safetensors')) return createHash('sha256').update(bytes).digest('hex');
  const text = bytes.toString('utf8');
  if (file.endsWith('.html'))
    return text
      .replace(/ on \d{4}-\d\d-\d\d in [^<]*/, '')
      .replace(/<dt>(command|started|took)<\/dt><dd>.*?<\/dd>/gs, '')
      .replace(/<tr><th scope="row">(training of|embedding|judging).*?<\/tr>/gs, '');
  if (file !== 'metrics.json') return text;
  const { run, protocols, ...rest } = JSON.parse(text);
  const own = Object.entries<object>(protocols).map(([name, figures]) => [name, { ...figures, seconds: null }]);
  return JSON.stringify({ ...rest, id: run.id, checksums: run.checksums, protocols: own });
}
