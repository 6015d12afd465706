// npm run docs:errors writes docs/errors.md.
import { writeFileSync } from 'node:fs';
import { errorTable } from '../support/errorTable.ts';

writeFileSync('docs/errors.md', errorTable());
