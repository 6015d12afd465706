import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';
import { CSS } from './theme.ts';

/** A page in the report's theme, which fetches nothing and runs no script. */
export function htmlPage(title: string, body: Html): string {
  const styleHash = createHash('sha256').update(CSS).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  // a style element's text is no HTML, so that nothing in it may be escaped; no value of a run gets there
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>`.text
    .concat(CSS)
    .concat(
      html`</style>
</head>
<body>
${body}
</body>
</html>
`.text,
    );
}
