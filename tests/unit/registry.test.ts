/** The registries are complete: every definition is listed once, documented, and its example is a program that parses. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';
import { sourceFile } from '../../src/base/source-file.ts';
import { builtins, findBuiltin, findEvent } from '../../src/builtins/registry.ts';
import { parse } from '../../src/parser/parse.ts';
import { findProbe, probes } from '../../src/probes/registry.ts';

const root = join(import.meta.dirname, '../..');

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
  '%s is documented, and its example parses',
  (_name, { name, doc, example }) => {
    expect(doc.length).toBeGreaterThan(10);
    expect(doc.endsWith('.')).toBe(true);
    expect(example).toContain(name);
    expect(parse(sourceFile('example', example)).diagnostics).toEqual([]);
    expect(findBuiltin(name)?.name).toBe(name);
  },
);

test.each(probes.map((probe) => [probe.name, probe] as const))(
  '%s is documented, and its example parses',
  (_name, probe) => {
    expect(probe.doc.endsWith('.')).toBe(true);
    expect(probe.forms.length).toBeGreaterThan(0);
    expect(probe.example.startsWith(probe.name)).toBe(true);
    expect(parse(sourceFile('example', probe.example)).diagnostics).toEqual([]);
    for (const name of [probe.name, ...probe.aliases, probe.name.toUpperCase()])
      expect(findProbe(name)).toBe(probe);
  },
);

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
