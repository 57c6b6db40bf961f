/** flake.nix parses and evaluates, against a stub of its inputs: what it builds, offers and checks is what it should. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';

const root = join(import.meta.dirname, '../..');

interface Flake {
  readonly systems: readonly string[];
  readonly package: { readonly pname: string; readonly version: string; readonly npmBuildScript: string };
  readonly shell: { readonly packages: readonly string[]; readonly TSTRACE_LLVM: string };
  readonly check: { readonly doCheck: boolean; readonly checkPhase: string };
}

function evaluate(): Flake {
  const expression = `import ${join(root, 'tests/support/flake-stub.nix')} ${join(root, 'flake.nix')}`;
  const json = execFileSync('nix-instantiate', ['--eval', '--strict', '--json', '--expr', expression], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(json) as Flake;
}

test('the flake offers the package, a development shell and a check of unit and golden tests', () => {
  const flake = evaluate();
  expect(flake.systems).toEqual(['aarch64-linux', 'x86_64-linux']);
  expect(flake.package).toMatchObject({ pname: 'tstrace', version, npmBuildScript: 'build' });
  expect(flake.shell.TSTRACE_LLVM).toContain('libLLVM.so');
  expect(flake.shell.packages.length).toBeGreaterThan(3);
  expect(flake.check.doCheck).toBe(true);
  expect(flake.check.checkPhase).toContain('--project unit --project golden');
});
