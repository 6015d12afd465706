// Every table in docs/recordings.md reads as the lines below it say.
import { readFileSync } from 'node:fs';
import { openRecording } from 'dynaecg/ecg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('docs/recordings');
const page = readFileSync('docs/recordings.md', 'utf8');
const examples = [...page.matchAll(/\*\*(.+?)\*\*[\s\S]*?```csv\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];

for (const [, name, table, said] of examples)
  test(name, () => {
    const { leads, samplingFrequency, notes } = openRecording(new TextEncoder().encode(table));
    const names = leads.map((lead) => lead.name).join(', ');
    const first = `${names} in ${leads[0].units} at ${samplingFrequency} Hz, ${leads[0].samples.length} samples`;
    assert.is([first, ...notes].join('\n'), said.trim());
  });

test('there are examples', () => assert.is(examples.length, 5));

test.run();
