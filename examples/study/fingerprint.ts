import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ADDED_FIELDS, type Configuration } from '../dynaecg/configuration.ts';
import fingerprints from './fingerprints.json' with { type: 'json' };

/** What a key was called when the first rows of the ledger were written, whose fingerprints stay. */
const FORMER_NAMES: Readonly<Record<string, string>> = { validationFraction: 'holdBack' };

/** What the fields that were added are where nothing is said of them. */
const BEFORE: Readonly<Record<string, unknown>> = v.getDefaults(v.object(ADDED_FIELDS));

/** Names a configuration by all its fields, in whatever order, and whatever its file is called: eight digits. */
export function fingerprint(configuration: Configuration): string {
  const asBefore = (key: string, value: unknown): boolean =>
    Object.hasOwn(BEFORE, key) && JSON.stringify(value) === JSON.stringify(BEFORE[key]);
  const fields = Object.entries(configuration)
    .map(([key, value]): [string, unknown] => [FORMER_NAMES[key] ?? key, value])
    .filter(([key, value]) => !asBefore(key, value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 8);
}

/** What became of the fingerprints that configurations had before there were more fields. */
const SUCCESSORS: Record<string, string> = fingerprints;

/** A configuration's fingerprint, by that or by the one that it had when it had fewer fields. */
export function currentFingerprint(settings: string): string {
  return Object.hasOwn(SUCCESSORS, settings) ? SUCCESSORS[settings] : settings;
}
