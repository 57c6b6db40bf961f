/** One test program in the forms in which programs lie on disks: position-independent or not, stripped, with symbols in files of their own. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from './guest/cache.ts';

const source = join(repositoryRoot, 'tests/programs/chain.c');
const flags = ['-g', '-O1', '-fno-omit-frame-pointer', '-fno-inline', '-fno-optimize-sibling-calls'];

export interface Variant {
  readonly title: string;
  /** Makes the program `chain` in a folder; gives what tstrace must be told. */
  readonly build: (folder: string) => readonly string[];
}

const run = (...[program, ...args]: readonly [string, ...string[]]): void => {
  execFileSync(program, args, { stdio: 'pipe' });
};
const compile = (folder: string, ...more: readonly string[]): string => {
  const program = join(folder, 'chain');
  run('gcc', ...flags, ...more, source, '-o', program);
  return program;
};

const compiled =
  (...more: readonly string[]) =>
  (folder: string): readonly string[] => {
    compile(folder, ...more);
    return [];
  };

/** Takes the symbols out of a program, into a file. */
function separate(program: string, file: string): void {
  run('objcopy', '--only-keep-debug', program, file);
  run('strip', '--strip-all', program);
}

export const variants: readonly Variant[] = [
  { title: 'a position-independent program', build: compiled('-pie', '-fPIE') },
  { title: 'a program of fixed addresses', build: compiled('-no-pie', '-fno-pie') },
  { title: 'a program that is linked statically', build: compiled('-static') },
  {
    title: 'a stripped program, its symbols in a file beside it that it names',
    build: (folder: string): readonly string[] => {
      const program = compile(folder);
      separate(program, join(folder, 'chain.debug'));
      run('objcopy', `--add-gnu-debuglink=${join(folder, 'chain.debug')}`, program);
      return [];
    },
  },
  {
    title: 'the same without a build id, the file in a folder .debug',
    build: (folder: string): readonly string[] => {
      const program = compile(folder, '-Wl,--build-id=none');
      mkdirSync(join(folder, '.debug'));
      const file = join(folder, '.debug/chain.debug');
      separate(program, file);
      run('objcopy', `--add-gnu-debuglink=${file}`, program);
      return [];
    },
  },
  {
    title: 'a stripped program, its symbols in a tree by build ids',
    build: (folder: string): readonly string[] => {
      const program = compile(folder, '-Wl,--build-id=0xc0ffee0123456789c0ffee0123456789c0ffee01');
      const tree = join(folder, 'debug');
      mkdirSync(join(tree, '.build-id/c0'), { recursive: true });
      separate(program, join(tree, '.build-id/c0/ffee0123456789c0ffee0123456789c0ffee01.debug'));
      return ['--debuginfo', `:${tree}`];
    },
  },
  {
    title: 'a stripped program that holds its symbols packed (.gnu_debugdata)',
    build: (folder: string): readonly string[] => {
      const program = compile(folder);
      const [mini, packed] = [join(folder, 'mini'), join(folder, 'mini.xz')];
      copyFileSync(program, mini);
      run('strip', '--strip-debug', mini);
      run('xz', '--keep', mini);
      run('strip', '--strip-all', program);
      run('objcopy', `--add-section=.gnu_debugdata=${packed}`, program);
      rmSync(mini);
      return [];
    },
  },
];
