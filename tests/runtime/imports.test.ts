/** Scripts in several files, run as users start them. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finished, Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'tstrace-imports-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files: Readonly<Record<string, string>> = {
  'main.bt': `import "lib";
import "types.h";
begin { printf("main %d %d %s\\n", twice(SIZE), plus(1, sizeof(struct pair)), $1 == 3 ? "three" : "?"); exit(); }
end { printf("end of main\\n"); }
`,
  'types.h': '#define SIZE 7\nstruct pair { int first, second; };\n',
  'lib/macros.bt': 'macro plus(a, b) { a + b }\n',
  'lib/functions.bt': `import "macros.bt";
fn twice($x : int64) : int64 { return $x * 2; }
begin { printf("functions %d\\n", $1); }
end { printf("end of functions\\n"); @order = 1; }
`,
  'warns.bt': 'import "divides.bt";\nbegin { exit(); }\n',
  'divides.bt':
    '\n// Nothing is 0, but not for the compiler.\nbegin { $zero = pid - pid; print(7 / $zero); }\n',
  'refuses.bt': 'import "loops.bt";\nbegin { spin(1); exit(); }\n',
  'loops.bt': '\nfn spin($x : int64) : int64 {\n  while ($x > 0) { $x++; }\n  return $x;\n}\n',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

let place: Place;
beforeAll(async () => {
  place = await buildHere();
});
const run = (script: string, ...more: readonly string[]): Promise<Finished> =>
  place.tstrace(['-q', join(folder, script), ...more]);

test('a folder and a header: functions, macros, constants, types, parameters, and the order of begin and end', async () => {
  const { stdout, stderr, status } = await run('main.bt', '3');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim()).toBe('functions 3\nmain 14 9 three\nend of functions\nend of main\n\n\n@order: 1');
});

test('a warning of running shows the line of the file that it comes from', async () => {
  const { stdout, stderr } = await run('warns.bt');
  expect(stdout.trim()).toBe('1');
  expect(stderr).toContain(`${join(folder, 'divides.bt')}:3:34-43: WARNING:`);
  expect(stderr).toContain('print(7 / $zero)');
});

test("the verifier's complaint about a function leads to the file that it stands in", async () => {
  const { stderr, status } = await run('refuses.bt');
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${join(folder, 'loops.bt')}:[23]:\\d+.*ERROR: `, 'm'));
});

test('a file that everybody can change is not imported', async () => {
  chmodSync(join(folder, 'divides.bt'), 0o666);
  const { stdout, stderr, status } = await run('warns.bt');
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toContain(`${join(folder, 'warns.bt')}:1:8-20: ERROR:`);
});
