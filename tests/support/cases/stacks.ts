/** Stacks as values, keys and text: whole stacks against what the traced program knows of itself (tests/programs/chain.c). */

import { expect } from 'vitest';

import type { Case } from '../end-to-end.ts';
import { expectFrames, keyLines, ownFrames, ownFramesOf, symbolsOf, truthOf } from '../stack-truth.ts';

/** Ends at once: its stacks are shown when it is gone. */
const chain = '{programs}/chain 3';
const uprobe = 'uprobe:{programs}/chain:marker';

const symbolsOnly = { TSTRACE_SHOW_DEBUG_INFO: 'false' };

export const stackCases: readonly Case[] = [
  {
    title: 'ustack as a key has every frame from the probed function to main, and the one that called main',
    command: chain,
    script: `${uprobe} { @[ustack] = count(); }`,
    prints: (stdout: string): void => {
      expectFrames(stdout, ({ symbol }) => `        ${symbol}`, /^ {8}\S+$/);
      expect(stdout).toContain(']: 3\n');
    },
  },
  {
    title: 'ustack(perf) has addresses and files too',
    command: chain,
    script: `${uprobe} { @[ustack(perf)] = count(); }`,
    prints: (stdout: string): void => {
      const file = /\((.*\/chain)\)$/m.exec(stdout)?.[1];
      expectFrames(
        stdout,
        ({ address, symbol }) => `\t${address.toString(16)} ${symbol} (${file})`,
        /^\t[0-9a-f]+ \S+ \(\/.*\/libc\.so\.6\)$/,
      );
    },
  },
  {
    title: 'ustack(raw) has addresses only',
    command: chain,
    script: `${uprobe} { @[ustack(raw)] = count(); }`,
    prints: (stdout: string): void => {
      const { addresses } = truthOf(stdout);
      expect(keyLines(stdout).slice(0, ownFrames + 1)).toEqual(
        addresses.slice(0, ownFrames + 1).map((address) => address.toString(16)),
      );
    },
  },
  {
    title: 'ustack(build_id) has build ids and offsets in the files',
    command: chain,
    script: `${uprobe} { @[ustack(build_id)] = count(); }`,
    prints: (stdout: string): void => {
      const id = /^([0-9a-f]{40}) 0x/m.exec(stdout)?.[1];
      expectFrames(
        stdout,
        ({ fileOffset }) => `${id} 0x${fileOffset.toString(16)}`,
        /^[0-9a-f]{40} 0x[0-9a-f]+$/,
      );
    },
  },
  {
    title: 'stacks by build id travel with all of their frames',
    command: chain,
    script: `${uprobe} { printf("%s|%s|", ustack(build_id, 3), ustack(build_id, 2)); exit(); }`,
    prints: (stdout: string): void => {
      const [marker, leaf, middle] = ownFramesOf(truthOf(stdout)).map(
        ({ fileOffset }) => `[0-9a-f]{40} 0x${fileOffset.toString(16)}\n`,
      );
      expect(stdout).toMatch(new RegExp(`\n${marker}${leaf}${middle}\\|\n${marker}${leaf}\\|`));
    },
  },
  {
    title: 'stack_mode is the mode where the script names none',
    command: chain,
    environment: { TSTRACE_STACK_MODE: 'raw' },
    script: `${uprobe} { @[ustack] = count(); }`,
    prints: (stdout: string): void =>
      expect(keyLines(stdout)[0]).toBe(truthOf(stdout).functions[0]?.address.toString(16)),
  },
  {
    title: 'stacks are cut to the depth that is asked for, printed, counted, and values of maps',
    command: chain,
    environment: symbolsOnly,
    script: `${uprobe} { if (@n == 0) { printf("%s|", ustack(2)); printf("%s|", ustack(perf, 1)); } @n++; @value = ustack(3); print((len(ustack(4)), len(ustack))); }`,
    prints: (stdout: string): void => {
      const [marker, leaf, middle] = symbolsOf(stdout);
      const address = truthOf(stdout).functions[0]?.address.toString(16);
      expect(stdout).toContain(`\n        ${marker}\n        ${leaf}\n|\n\t${address} ${marker} (`);
      expect(stdout).toContain(`@value: \n        ${marker}\n        ${leaf}\n        ${middle}\n\n`);
      expect(stdout).toContain('(4, 6)\n');
    },
  },
  {
    title: 'stacks in JSON are texts with their line ends, keys lose their blanks',
    command: chain,
    options: ['-f', 'json'],
    environment: symbolsOnly,
    script: `${uprobe} { @v = ustack(2); @k[ustack(2), 7] = 1; }`,
    prints: (stdout: string, stderr: string): void => {
      const [marker, leaf] = symbolsOf(stderr);
      const lines = stdout.split('\n');
      expect(lines).toContain(`{"type": "map", "data": {"@k": {"\\n${marker}\\n${leaf}\\n,7": 1}}}`);
      expect(lines).toContain(`{"type": "map", "data": {"@v": "\\n        ${marker}\\n        ${leaf}\\n"}}`);
    },
  },
  {
    title: 'a function that makes no frame of its own is shown with its caller, in every mode',
    command: '{programs}/reader 2 1',
    environment: symbolsOnly,
    script: `uprobe:{programs}/reader:add_up { @[ustack(3)] = count(); @raw[ustack(raw)] = count(); @id[ustack(build_id)] = count(); @one[ustack(1)] = count(); }`,
    prints: (stdout: string): void => {
      const lines = (name: string): readonly string[] =>
        (new RegExp(`^@${name}\\[\n((?:.*\n)*?)\\]: 2$`, 'm').exec(stdout)?.[1] ?? '')
          .split('\n')
          .slice(0, -1);
      expect(lines('').slice(0, 2)).toEqual(['        add_up+0', expect.stringMatching(/^ {8}main\+\d+$/)]);
      expect(lines('one')).toEqual(['        add_up+0']);
      // The return address lies behind a call, in the same pages and the same file.
      const [entry = '', caller = ''] = lines('raw');
      expect(caller.slice(0, -4)).toBe(entry.slice(0, -4));
      const [entryPlace, callerPlace] = lines('id').map((line) => line.split(' 0x'));
      expect(callerPlace?.[0]).toBe(entryPlace?.[0]);
      expect(BigInt(`0x${callerPlace?.[1]}`) - BigInt(`0x${entryPlace?.[1]}`)).toBe(
        BigInt(`0x${caller}`) - BigInt(`0x${entry}`),
      );
      expect(lines('id')).toHaveLength(lines('raw').length);
    },
  },
  {
    title: 'frames have files and lines, and functions that were inlined have frames',
    command: '{programs}/inlined',
    script: 'uprobe:{programs}/inlined:marker { @[ustack(2)] = count(); @perf[ustack(perf, 2)] = count(); }',
    prints: (stdout: string): void => {
      const lineOf = (name: string): string =>
        new RegExp(`^line ${name} (\\d+)$`, 'm').exec(stdout)?.[1] ?? '';
      const at = (name: string): string => `@\\S+/tests/programs/inlined\\.c:${lineOf(name)}`;
      expect(keyLines(stdout)).toEqual(
        [
          `marker\\+0${at('marker')}`,
          `\\[inlined\\] innermost${at('innermost')}`,
          `\\[inlined\\] middle${at('middle')}`,
          `outer\\+\\d+${at('outer')}`,
        ].map((line) => expect.stringMatching(new RegExp(`^ {8}${line}$`))),
      );
      expect(stdout).toMatch(
        /^@perf\[\n\t[0-9a-f]+ marker\+0 \(.*\)\n\t([0-9a-f]+) innermost \(inlined\)\n\t\1 middle \(inlined\)\n\t\1 outer\+\d+ \(.*\/inlined\)\n\]: 1$/m,
      );
    },
  },
  {
    title: 'show_debug_info=false shows symbols only',
    command: '{programs}/inlined',
    environment: symbolsOnly,
    script: 'uprobe:{programs}/inlined:marker { @[ustack(2)] = count(); }',
    prints: (stdout: string): void =>
      expect(keyLines(stdout)).toEqual(['        marker+0', expect.stringMatching(/^ {8}outer\+\d+$/)]),
  },
  {
    title: 'uaddr leads to variables of a program, wherever it was loaded',
    command: '{programs}/globals',
    script: `uprobe:{programs}/globals:leave { printf("%d %d %u %s %d\\n", *uaddr("small"), *uaddr("large"), *uaddr("words"), usym(uaddr("large")), *(uint8 *)(uaddr("words") + 7)); }
      uprobe:{programs}/globals:leave+1 { @offset[*uaddr("large")] = count(); }`,
    prints: ['7 123456789012 1 large 8', '@offset[123456789012]: 1'],
  },
  {
    title: 'a kernel stack of a tracepoint ends where the kernel was entered',
    command: '{programs}/reader 1 512',
    script: 'tracepoint:syscalls:sys_enter_write /pid == cpid/ { @[kstack] = count(); }',
    prints: (stdout: string): void => {
      const lines = keyLines(stdout);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(line).toMatch(/^ {8}[\w.]+\+\d+$/);
      expect(lines.at(-1)).toMatch(/entry_SYSCALL_64/);
    },
  },
  {
    title: 'a BPF program has a name in the stack that it takes',
    script: 'begin { print(kstack(1)); exit(); }',
    prints: (stdout: string): void => expect(stdout).toMatch(/^ {8}bpf_prog_[0-9a-f]{16}_begin_1\+\d+$/m),
  },
  {
    title: 'kstack(perf) and kstack(raw) are the same stack in other forms',
    command: '{programs}/reader 1 512',
    script:
      'tracepoint:syscalls:sys_enter_write /pid == cpid/ { printf("perf%sraw%send", kstack(perf), kstack(raw)); }',
    prints: (stdout: string): void => {
      const [, perf = '', raw = ''] = /perf\n(.*)raw\n(.*)end/s.exec(stdout) ?? [];
      const addresses = [...perf.matchAll(/^\t([0-9a-f]{16}) \S+\+\d+ \(\[kernel\.kallsyms\]\)$/gm)];
      expect(addresses.length).toBeGreaterThan(1);
      expect(raw).toBe(addresses.map(([, address]) => `${address}\n`).join(''));
    },
  },
  {
    title: 'a kernel stack has every function from the probed one to the entry of the kernel',
    needs: 'kprobes',
    command: '{programs}/reader 1 512',
    script: 'kprobe:vfs_read /pid == cpid && arg2 == 512/ { @[kstack] = count(); }',
    prints: (stdout: string): void =>
      expect(keyLines(stdout)).toEqual(
        ['vfs_read', 'ksys_read', 'do_syscall_64', 'entry_SYSCALL_64_after_hwframe'].map((name) =>
          expect.stringMatching(new RegExp(`^ {8}${name}\\+\\d+$`)),
        ),
      ),
  },
  {
    title: 'functions of kernel modules have names, and their modules too',
    needs: 'kprobes',
    command: 'ls /etc',
    script:
      'kprobe:erofs_readdir /pid == cpid/ { @[kstack(perf, 1), ksym(kaddr("erofs_readdir"))] = count(); }',
    prints: (stdout: string): void => {
      expect(stdout).toMatch(/^\t[0-9a-f]{16} erofs_readdir\+\d+ \(\[erofs\]\)$/m);
      expect(stdout).toMatch(/^, erofs_readdir\]: \d+$/m);
    },
  },
];
