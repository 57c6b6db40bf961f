/** docs/compatibility.md: each point of the language has a state, and the tests that it names are there. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/compatibility.md'), 'utf8');

/** How many points each section of the language's description has. */
const points: Readonly<Record<string, number>> = {
  'b.1': 3,
  'b.2': 4,
  'b.3': 7,
  'b.4': 4,
  'b.5': 7,
  'b.6': 1,
  'b.7': 1,
  'b.8': 12,
  'b.9': 11,
  'b.10': 6,
  'b.11': 4,
  'b.12': 5,
  'b.13': 2,
  'b.14': 5,
  'c.1': 2,
  'c.2': 2,
  'c.6': 13,
  'c.8': 2,
  d: 7,
  e: 18,
};

const states: ReadonlySet<string> = new Set(['yes', 'partly', 'differs', 'no']);

/** Cells of the tables' rows, by section. */
const sections: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const rows = section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| # |'));
      return [section.split(/\s/)[0] ?? '', rows.map((row) => row.slice(2, -2).split(' | '))] as const;
    }),
);

test.each(Object.entries(points))('%s has its points, each with a state', (name, count) => {
  const rows = sections.get(name) ?? [];
  expect(rows.map(([number]) => Number(number))).toEqual(
    Array.from({ length: count }, (_, index) => index + 1),
  );
  for (const row of rows) {
    expect(row).toHaveLength(4);
    expect(states).toContain(row[2]);
  }
});

test('what differs is told with a reason', () => {
  const [, ...rows] = sections.get('Differences') ?? [];
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) expect(row.filter((cell) => cell.trim() !== '')).toHaveLength(3);
});

const references = [...sections.values()].flatMap((rows) =>
  rows.map((row) => row.at(-1) ?? '').filter((cell) => cell.startsWith('`')),
);

test.each([...new Set(references)])('%s is there', (reference) => {
  const [, path = '', title] = /^`([^`]+)`(?: › (.+))?$/.exec(reference) ?? [];
  const file = join(root, 'tests', path);
  expect(existsSync(file), path).toBe(true);
  // A golden is one test, a file of tests is many: without a title, one of them could go unnoticed.
  expect(title !== undefined || path.endsWith('.golden'), 'a title').toBe(true);
  if (title !== undefined) expect(readFileSync(file, 'utf8').replaceAll("\\'", "'")).toContain(title);
});
