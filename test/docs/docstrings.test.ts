// Every @example in the docstrings of src type-checks, and the names that people start with have one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DOCSTRINGS, type Docstring, exportsOf } from '../support/docstrings.ts';

const test = suite('docs/docstrings');

/** The code of the @example blocks: each ends at the next tag. */
function examplesOf({ lines }: Docstring): string[] {
  const examples: string[][] = [];
  let inside = false;
  for (const line of lines) {
    const tag = /^\s*@(\w+)(.*)$/.exec(line);
    if (tag) inside = tag[1] === 'example';
    if (tag && inside) examples.push([tag[2]]);
    else if (inside) examples[examples.length - 1].push(line);
  }
  return examples.map((example) => example.join('\n').trim());
}

const ENTRIES = {
  dynaecg: exportsOf('src/index.ts'),
  'dynaecg/ecg': exportsOf('src/ecg/index.ts'),
  'dynaecg/model': exportsOf('src/trained/index.ts'),
  'dynaecg/node': exportsOf('src/node/index.ts'),
  'dynaecg/onnx': exportsOf('src/formats/onnx/index.ts'),
  'dynaecg/browser': exportsOf('src/browser/index.ts'),
  'dynaecg/relaxed': exportsOf('src/backend/relaxed.ts'),
};

/** An example as a module of its own, which imports the public names that it uses. */
function moduleOf(example: string, file: string): string {
  const words = new Set(example.match(/[\w$]+/g));
  const imported = new Set<string>(); // from the first entry that has the name
  const small = file.startsWith('src/inference') ? { 'dynaecg/inference': exportsOf('src/inference/index.ts') } : {};
  const imports = Object.entries({ ...small, ...ENTRIES }).map(([entry, names]) => {
    const used = [...names]
      .filter(([name]) => words.has(name) && !declares(example, name) && !imported.has(name))
      .map(([name, named]) => {
        imported.add(name);
        return named;
      });
    return used.length > 0 ? `import { ${used.join(', ')} } from '${entry}';\n` : '';
  });
  return `${imports.join('')}${example}\nexport {};\n`;
}

/** Whether an example declares a name itself, as in `const { loss } = ...`. */
function declares(example: string, name: string): boolean {
  return new RegExp(`(?:const|let|function)\\s+(?:[{[][^=:}\\]]*?\\b)?${name}\\b`).test(example);
}

test('every example type-checks, with nothing but public names', () => {
  const folder = mkdtempSync(join('test', 'docs', 'examples-')); // inside the project, where its imports resolve
  try {
    const places = new Map<string, string>();
    for (const docstring of DOCSTRINGS)
      for (const example of examplesOf(docstring)) {
        const name = `example${places.size}.ts`;
        places.set(name, `${docstring.file}:${docstring.line}`);
        writeFileSync(join(folder, name), moduleOf(example, docstring.file));
      }
    assert.ok(places.size > 40, `${places.size} examples`);
    const options = { noUnusedLocals: false, noUnusedParameters: false };
    const config = {
      extends: '../../../tsconfig.json',
      compilerOptions: options,
      include: ['*.ts', '../../../src/core/*.d.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    assert.is(typeCheck(folder, places), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The compiler's complaints, each with the place of its docstring. */
function typeCheck(folder: string, places: ReadonlyMap<string, string>): string {
  try {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return stdout.replace(/\S*\b(example\d+\.ts)/g, (path, name) => `${places.get(name)} (${path})`);
  }
}

const FIRST_NAMES = [
  ...['Tensor', 'tensor', 'backward', 'defineOp', 'scope', 'Random', 'Dataset', 'LabelEncoder', 'stratifiedSplit'],
  ...['MPerClassSampler', 'composeAugmentations', 'Embedder', 'MlpClassifier', 'EmbeddingClassifier', 'Ensemble'],
  ...['NearestNeighborClassifier', 'TripletTrainer', 'ClassifierTrainer', 'Trainer', 'tripletLoss', 'violating'],
  ...['DynamicMargin', 'AdamW', 'cosineSchedule', 'tsne', 'confusionMatrix', 'classificationScores', 'scoreIntervals'],
  ...['encodeModel', 'decodeModel', 'syntheticRecords', 'extractBeats', 'intraPatientSplit', 'interPatientSplit'],
  ...['annotateRecord', 'detectQrs', 'compareBeats', 'readRecord', 'loadRecord', 'leadFrom'],
  ...['NoveltyDetector', 'setBackend', 'encodeOnnx'],
];

for (const name of FIRST_NAMES)
  test(`${name} has an example`, () => {
    // of the smaller functions of the same names, a link to these is enough
    const own = DOCSTRINGS.filter(
      (docstring) => docstring.name === name && !docstring.file.startsWith('src/inference'),
    );
    assert.is(own.length, 1, `${own.length} docstrings`);
    assert.ok(
      examplesOf(own[0]).some((example) => example.includes(name)),
      `${own[0].file}:${own[0].line}`,
    );
  });

test('a default value is a tag of its own line, and a source is @see', () => {
  const faults = DOCSTRINGS.flatMap(({ file, line, lines }) =>
    lines
      .filter((text) => /\S.*@defaultValue/.test(text.trim()) || /(^|[.;] )Source: /.test(text.trim()))
      .map((text) => `${file}:${line}: ${text.trim()}`),
  );
  assert.equal(faults, []);
});

test.run();
