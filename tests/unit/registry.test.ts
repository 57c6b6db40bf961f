/**
 * The registries are complete: every definition is listed once and documented, its example compiles, and what it becomes is seen in
 * a golden and in a run. Both are found by reading the tests' own scripts, so that no list has to be kept.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';
import { sourceFile } from '../../src/base/source-file.ts';
import { gather } from '../../src/imports/gather.ts';
import { builtins, findBuiltin, findEvent } from '../../src/builtins/registry.ts';
import { compile } from '../../src/compile.ts';
import { findProbe, probes } from '../../src/probes/registry.ts';
import { definitionsUsed, textsIn } from '../support/definitions-used.ts';
import { cases } from '../support/end-to-end.ts';
import { exampleFacts } from '../support/example-facts.ts';
import { readGoldens } from '../support/golden.ts';

const root = join(import.meta.dirname, '../..');
const definitions = [...builtins, ...probes];

const errorsOf = (script: string): readonly string[] =>
  compile(gather(sourceFile('example', script)), { parameters: [] }, exampleFacts)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);

test('names are unique', () => {
  const names = builtins.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('every file of builtins and probes is imported by its registry', () => {
  const unlisted = (folder: string, registry: string): readonly string[] => {
    const text = readFileSync(join(root, registry), 'utf8');
    return readdirSync(join(root, folder)).filter(
      (file) => file.endsWith('.ts') && !text.includes(`/${file}'`),
    );
  };
  for (const folder of ['variables', 'functions', 'aggregations'])
    expect(unlisted(`src/builtins/${folder}`, 'src/builtins/registry.ts')).toEqual([]);
});

test.each(builtins.map((builtin) => [builtin.name, builtin] as const))(
  '%s is documented, and its example compiles',
  (_name, { name, doc, example }) => {
    expect(doc.length).toBeGreaterThan(10);
    expect(doc.endsWith('.')).toBe(true);
    expect(example).toContain(name);
    expect(errorsOf(example)).toEqual([]);
    expect(findBuiltin(name)?.name).toBe(name);
  },
);

test.each(probes.map((probe) => [probe.name, probe] as const))(
  '%s is documented, and its example compiles',
  (_name, probe) => {
    expect(probe.doc.endsWith('.')).toBe(true);
    expect(probe.forms.length).toBeGreaterThan(0);
    expect(probe.example.startsWith(probe.name)).toBe(true);
    expect(errorsOf(probe.example)).toEqual([]);
    for (const name of [probe.name, ...probe.aliases, probe.name.toUpperCase()])
      expect(findProbe(name)).toBe(probe);
  },
);

/** Names of definitions that none of the scripts uses. */
function unused(scripts: readonly string[]): readonly string[] {
  const used = definitionsUsed(scripts);
  return definitions.filter((definition) => !used.has(definition)).map(({ name }) => name);
}

test('every definition has a golden', () => {
  expect(unused(readGoldens().map(({ program }) => program))).toEqual([]);
});

test('every definition has a case at run time', () => {
  const inTests = ['tests/runtime', 'tests/guest'].flatMap((folder) => textsIn(join(root, folder)));
  expect(unused([...cases.map(({ script }) => script.replaceAll('{programs}', '')), ...inTests])).toEqual([]);
});

test('every event that a function sends has its handler', () => {
  for (const builtin of builtins)
    if (builtin.kind === 'function')
      for (const event of builtin.events ?? []) expect(findEvent(event.name)).toBe(event);
});

test('the version is that of the package', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  expect(version).toBe(manifest.version);
});
