/** What -v and -d show beside a run. */

import { beforeAll, expect, test } from 'vitest';
import type { Place } from '../support/end-to-end.ts';
import { buildHere } from '../support/run-here.ts';

let place: Place;

beforeAll(async () => {
  place = await buildHere();
});

const script = 'begin { @x = 1 << 10; exit(); } end { @y = 2; }';

/** A line of a whole log: number, instruction in hexadecimal, text. */
const instruction = /^\d+: \([0-9a-f]{2}\) call bpf_map_update_elem#2\b/m;
const summaries = (stderr: string): number => stderr.match(/^processed \d+ insns/gm)?.length ?? 0;

test('-d verifier shows the log of every program that the kernel loads, and the script runs', async () => {
  const { stdout, stderr, status } = await place.tstrace(['-d', 'verifier', '-e', script]);
  expect(status).toBe(0);
  for (const name of ['begin_1', 'end_2']) expect(stderr).toMatch(new RegExp(`^${name}:$`, 'm'));
  expect(stderr).toMatch(instruction);
  expect(summaries(stderr)).toBe(2);
  expect(stdout.trim()).toBe('@x: 1024\n@y: 2');
});

test('-d verifier goes with other stages, which come first', async () => {
  const { stdout, stderr, status } = await place.tstrace(['-d', 'types,verifier', '-e', script]);
  expect(status).toBe(0);
  expect(summaries(stderr)).toBe(2);
  expect(stdout).toMatch(/^begin_1 \(begin\)\n(.*\n)*@x: 1024\n@y: 2\n$/m);
});

test('other stages load nothing', async () => {
  const { stdout, stderr, status } = await place.tstrace([
    '-d',
    'ast,types,codegen,codegen-opt',
    '-e',
    script,
  ]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  for (const part of ['attach begin', 'begin_1 (begin)']) expect(stdout).toContain(part);
  expect(stdout.match(/^.*(?=\n-+$)/gm)).toEqual([
    'ast after parsing',
    'ast after macros',
    'types',
    'codegen',
    'codegen-opt',
  ]);
  // Before and after optimisation.
  expect(stdout.match(/^define .*@begin_1\(/gm)).toHaveLength(2);
  expect(stdout).not.toContain('@x: 1024');
});

test('-d ast shows a macro, and what is made of it', async () => {
  const { stdout } = await place.tstrace(['-d', 'ast', '-e', 'macro two() { 2 } begin { @ = two(); }']);
  const [, parsed, expanded] = stdout.split(/^ast after .*\n-+$/m);
  expect(parsed).toContain('two');
  expect(expanded).not.toContain('two');
});

test('-v tells in a line how much the verifier had to do, and what is attached', async () => {
  const { stdout, stderr, status } = await place.tstrace(['-v', '-e', script]);
  expect(status).toBe(0);
  expect(summaries(stderr)).toBe(2);
  expect(stderr).not.toMatch(instruction);
  expect(stderr).toContain('Attached 2 probes\n');
  expect(stdout.trim()).toBe('@x: 1024\n@y: 2');
});

test('without -v nothing is said of what went well but how many probes there are', async () => {
  const { stderr } = await place.tstrace(['-e', script]);
  expect(stderr).toBe('Attached 2 probes\n');
});
