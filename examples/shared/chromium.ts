/** Where Chromium is, and how it is started. */
import { existsSync } from 'node:fs';
import { ArgumentError } from 'dynaecg';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];

/** The one in CHROMIUM, or of the system; undefined if there is none. */
export const chromiumPath = [process.env['CHROMIUM'] ?? PLACES].flat().find((path) => existsSync(path));

export const CHROMIUM_FLAGS = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // which refuses to work for root

/**
 * Starts Chromium.
 *
 * @throws ArgumentError if there is none
 */
export async function launch(): Promise<Browser> {
  const named = process.env['CHROMIUM'];
  if (!chromiumPath)
    throw new ArgumentError(`expected Chromium in CHROMIUM or at ${PLACES.join(', ')}, got ${named ?? 'none'}`);
  return chromium.launch({ executablePath: chromiumPath, args: CHROMIUM_FLAGS });
}
