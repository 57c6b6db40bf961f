/** Objects of --emit-elf load with an independent loader: libbpf, through bpftool. */

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'tstrace-elf-'));
const pins = join(directory, 'bpf');
const bpftool =
  ['/usr/sbin/bpftool', 'bpftool'].find((path) => spawnSync(path, ['version']).status === 0) ?? 'bpftool';

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
  execFileSync('mkdir', ['-p', pins]);
  // A file system of our own: what bpftool pins goes with it.
  execFileSync('mount', ['-t', 'bpf', 'bpf', pins]);
});

afterAll(() => {
  spawnSync('umount', [pins]);
  rmSync(directory, { recursive: true, force: true });
});

const programs: readonly (readonly [type: string, script: string])[] = [
  ['kprobe', 'kprobe:f < @x = 1 << 10; >'],
  [
    'tracepoint',
    'tracepoint:syscalls:sys_enter_openat { @[comm] = count(); printf("%s %d\\n", str(args.filename), pid); }',
  ],
  ['raw_tracepoint', 'rawtracepoint:sys_enter { @h[arg1] = hist(nsecs, 2); @t = (1, "text", comm); }'],
  ['perf_event', 'profile:hz:99 { @[kstack, ustack(5)] = count(); @s = stats(cpu); }'],
  ['kprobe', 'uprobe:/bin/sh:0x5000 { @[str(arg0, 200)] = sum(arg1); }'],
];

const importing = join(directory, 'importing.bt');
writeFileSync(importing, 'import "state.bpf.c"; rawtracepoint:sys_enter { @x = step(3); }');
copyFileSync(join(root, 'tests/codegen/imported/state.bpf.c'), join(directory, 'state.bpf.c'));

test.each([...programs, ['raw_tracepoint', importing] as const])(
  'bpftool loads a %s program: %s',
  (type, script) => {
    const object = join(directory, 'program.o');
    // --unsafe: /bin/sh is stripped, so nothing tells where its instructions begin.
    const args = [
      'dist/tstrace.mjs',
      '--unsafe',
      '--emit-elf',
      object,
      ...(script === importing ? [] : ['-e']),
      script,
    ];
    const emitted = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status: emitted.status, stderr: emitted.stderr }).toEqual({ status: 0, stderr: '' });
    const pin = join(pins, 'program');
    const loaded = spawnSync(bpftool, ['prog', 'load', object, pin, 'type', type], { encoding: 'utf8' });
    expect({ status: loaded.status, stderr: loaded.stderr }).toEqual({ status: 0, stderr: '' });
    const shown = execFileSync(bpftool, ['-j', 'prog', 'show', 'pinned', pin], { encoding: 'utf8' });
    expect(JSON.parse(shown)).toMatchObject({ type, gpl_compatible: true });
    rmSync(pin);
  },
);
