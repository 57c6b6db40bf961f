/** Programs by hand, loaded and attached on this machine's kernel, counting what this process does. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { present } from '../../../src/base/assert.ts';
import { failed } from '../../../src/base/result.ts';
import { declareLibc } from '../../../src/ffi/koffi.ts';
import type { Attachment, ProgramType } from '../../../src/plan/plan.ts';
import type { BpfApi } from '../../../src/runtime/bpf-api.ts';
import { realBpf } from '../../../src/runtime/kernel/real-bpf.ts';
import { probeMisses, programMisses } from '../../../src/runtime/misses.ts';
import { bytesSource, parseElf } from '../../../src/system/elf/parse.ts';
import { readFunctions } from '../../../src/system/elf/symbols.ts';
import { errorOf } from '../../support/fake-bpf.ts';
import { countingBody, countsMap, handObject } from '../../support/hand-ir.ts';
import {
  attachHere,
  countAt,
  mustAttach,
  mustLoad,
  mustRefuse,
  namesOf,
  objectIds,
  openHandles,
  tracepointId,
} from '../../support/kernel.ts';
import { arrayPlan, planOf, programPlan, ringPlan } from '../../support/plans.ts';

/** A system call that nothing else in this process makes. */
const getpgid = declareLibc('getpgid', 'int', ['int']);
const times = 25;
const callGetpgid = (): void => {
  for (let index = 0; index < times; index++) getpgid(0);
};

const sysEnterGetpgid: Attachment = {
  kind: 'tracepoint',
  category: 'syscalls',
  event: 'sys_enter_getpgid',
  id: tracepointId('syscalls', 'sys_enter_getpgid'),
};

/** One program that counts this process's events in slot 0. */
function counting(
  type: ProgramType,
  attachments: readonly Attachment[],
  body = countingBody(0, process.pid),
) {
  const object = handObject([countsMap(4)], [{ name: 'counting', body }]);
  return { plan: planOf([programPlan('counting', type, attachments)], [arrayPlan('counts', 4)]), object };
}

function run(type: ProgramType, attachments: readonly Attachment[], act: () => void, bpf?: BpfApi) {
  const { plan, object } = counting(type, attachments);
  const opened = openHandles();
  const loaded = mustLoad(opened, plan, object);
  const attached = mustAttach(opened, loaded, bpf);
  act();
  const count = countAt(loaded, 0);
  return { loaded, attached, opened, count };
}

test('a tracepoint program counts every hit, and none after its link is closed', () => {
  const { loaded, attached, opened, count } = run('tracepoint', [sysEnterGetpgid], callGetpgid);
  expect(count).toBe(times);
  expect(attached.probes).toHaveLength(1);
  expect(loaded.notes).toEqual([]);
  opened.links.closeTogether();
  callGetpgid();
  expect(countAt(loaded, 0)).toBe(times);
});

test('kernels without links of perf events: the program hangs on the event', () => {
  const without: BpfApi = {
    ...realBpf,
    linkPerfEvent: () => failed(errorOf('bpf(BPF_LINK_CREATE)', 'EINVAL')),
  };
  const { loaded, opened, count } = run('tracepoint', [sysEnterGetpgid], callGetpgid, without);
  expect(count).toBe(times);
  opened.links.closeTogether();
  callGetpgid();
  expect(countAt(loaded, 0)).toBe(times);
});

test('a raw tracepoint program counts at least what this process does', () => {
  const { count } = run('raw_tracepoint', [{ kind: 'raw-tracepoint', name: 'sys_enter' }], callGetpgid);
  expect(count).toBeGreaterThanOrEqual(times);
});

test('a sampling program runs on the CPUs that this process burns', () => {
  const samples: Attachment = {
    kind: 'perf-event',
    type: 1,
    config: 0n,
    sample: { hertz: 999n },
    cpus: 'all',
  };
  const { count, attached } = run('perf_event', [samples], () => burn(300));
  expect(count).toBeGreaterThan(50);
  expect(count).toBeLessThanOrEqual(400);
  expect(attached.probes[0]?.links.length).toBeGreaterThanOrEqual(1);
});

test('a sampling program of one process samples all of its threads', () => {
  const samples: Attachment = {
    kind: 'perf-event',
    type: 1,
    config: 0n,
    sample: { every: 1_000_000n },
    cpus: 'all',
    pid: process.pid,
  };
  const { count, attached } = run('perf_event', [samples], () => burn(200));
  expect(count).toBeGreaterThan(50);
  // Node has threads of its own.
  expect(attached.probes[0]?.links.length).toBeGreaterThan(1);
});

function burn(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** libc as this process has it mapped, and the offset of a function in it. */
function inLibc(name: string): { readonly path: string; readonly offset: number } {
  const line = present(
    /^.* r-xp .*?(\/\S*libc[.-]\S*)$/m.exec(readFileSync('/proc/self/maps', 'latin1')),
    'libc in the maps',
  );
  const path = present(line[1], 'path of libc');
  const elf = parseElf(bytesSource(readFileSync(path)));
  if (!elf.ok) throw new Error(elf.error);
  const functions = readFunctions(elf.value);
  for (let index = 0; index < functions.count; index++) {
    const strings = present(functions.strings[functions.tables[index] ?? 0], 'strings');
    const start = functions.nameOffsets[index] ?? 0;
    if (strings.toString('latin1', start, strings.indexOf(0, start)) !== name) continue;
    const address = functions.addresses[index] ?? 0;
    // Program headers tell which part of the file is mapped there.
    const segment = present(
      elf.value.segments.find(
        ({ type, address: at, fileBytes }) => type === 1 && address >= at && address < at + fileBytes,
      ),
      'segment',
    );
    return { path, offset: address - segment.address + segment.offset };
  }
  throw new Error(`libc has no ${name}`);
}

test.each([
  ['a uprobe', false],
  ['a uretprobe', true],
])('%s in libc counts the calls of this process', (_, isReturn) => {
  const place = inLibc('getpgid');
  const uprobe: Attachment = {
    kind: 'uprobe',
    return: isReturn,
    ...place,
    symbol: 'getpgid',
    pid: process.pid,
  };
  expect(run('kprobe', [uprobe], callGetpgid).count).toBe(times);
});

test('begin programs are run by us, once for each call', () => {
  const { plan, object } = counting('raw_tracepoint', [{ kind: 'begin' }], countingBody(0));
  const opened = openHandles();
  const loaded = mustLoad(opened, plan, object);
  const program = present(loaded.programs[0], 'program').fd;
  expect(realBpf.runProgram(program)).toEqual({ ok: true, value: 0 });
  expect(realBpf.runProgram(program, BigUint64Array.of(1n, 2n))).toEqual({ ok: true, value: 0 });
  expect(countAt(loaded, 0)).toBe(2);
});

test('misses are read, and there are none', () => {
  const { loaded, attached } = run('tracepoint', [sysEnterGetpgid], callGetpgid);
  expect(programMisses(realBpf, loaded.programs)).toEqual({
    errors: [],
    misses: [{ probe: 'counting', count: 0n, cause: 'recursion' }],
  });
  expect(probeMisses(realBpf, attached.probes)).toEqual({ errors: [], misses: [] });
});

test('functions in .text and callbacks load, with BTF', () => {
  const body = [
    '%k = alloca i32',
    '%s = alloca i64',
    'store i32 1, ptr %k',
    'store i64 0, ptr %s',
    // The callback adds 1 to %s for each of the four entries.
    '%e = call i64 inttoptr (i64 164 to ptr)(ptr @counts, ptr @each, ptr %s, i64 0)',
    '%n = call i64 @store(ptr %k, ptr %s)',
    'ret i64 %n',
  ];
  const each = [
    '%old = load i64, ptr %data',
    '%new = add i64 %old, 1',
    'store i64 %new, ptr %data',
    'ret i64 0',
  ];
  const store = [
    '%n = call i64 inttoptr (i64 2 to ptr)(ptr @counts, ptr %ctx, ptr %value, i64 0)',
    'ret i64 %n',
  ];
  const object = handObject(
    [countsMap(4)],
    [
      { name: 'counting', body },
      { name: 'each', body: each, subprogram: true, parameters: 'ptr %map, ptr %key, ptr %item, ptr %data' },
      { name: 'store', body: store, subprogram: true, parameters: 'ptr %ctx, ptr %value' },
    ],
  );
  const opened = openHandles();
  const loaded = mustLoad(
    opened,
    planOf([programPlan('counting', 'raw_tracepoint', [])], [arrayPlan('counts', 4)]),
    object,
  );
  expect(realBpf.runProgram(present(loaded.programs[0], 'program').fd).ok).toBe(true);
  expect(countAt(loaded, 1)).toBe(4);
});

test("a program that the verifier refuses is reported at the script's own line", () => {
  const script = 'kprobe:f\n{ @x = *1; }\n  bad here\nlast\n';
  const object = handObject(
    [],
    [
      {
        name: 'bad',
        body: [
          '%p = inttoptr i64 64 to ptr',
          'br label %next',
          'next:',
          '%v = load i64, ptr %p',
          'ret i64 %v',
        ],
      },
    ],
  );
  const opened = openHandles();
  const { diagnostic, report } = mustRefuse(
    opened,
    planOf([programPlan('bad', 'raw_tracepoint', [])], []),
    object,
    script,
  );
  expect(diagnostic.code).toBe('load-failed');
  expect(report?.summary.at(-1)).toMatch(/invalid mem access/);
  expect(report?.explanation).toBeDefined();
  expect(report?.cutBytes).toBe(0);
  // The load is line 4, column 3 of the body.
  expect(script.slice(diagnostic.span?.start, diagnostic.span?.end)).toBe('s');
});

test('an unknown raw tracepoint is told by name', () => {
  const { plan, object } = counting('raw_tracepoint', [{ kind: 'raw-tracepoint', name: 'no_such_event' }]);
  const opened = openHandles();
  const attached = attachHere(opened, mustLoad(opened, plan, object));
  expect(attached.ok ? [] : attached.error.map(({ code }) => code)).toEqual(['attach-failed']);
  expect(attached.ok ? '' : attached.error[0]?.message).toMatch(/no such tracepoint.*ENOENT/);
});

test('the ring is created at the size that fits, mapped, and unmapped', () => {
  const object = handObject(
    [{ name: 'ringbuf', type: 27, entries: 4096, keyed: false }],
    [{ name: 'p', body: ['ret i64 0'] }],
  );
  const opened = openHandles();
  const loaded = mustLoad(opened, planOf([programPlan('p', 'raw_tracepoint', [])], [ringPlan(5000)]), object);
  const { fd, entriesMax } = present(loaded.maps.get('ringbuf'), 'ring');
  expect(entriesMax).toBe(8192);
  for (const [recordBytesMax, dataBytes] of [
    [100, 8192 + 4096],
    [4097, 16384],
    [20_000, 16384],
  ] as const) {
    const ring = realBpf.mapRing(fd, entriesMax, recordBytesMax);
    if (!ring.ok) throw new Error(ring.error.name);
    const { bytes, data, producer } = ring.value;
    expect([bytes, data.byteLength, new BigInt64Array(producer)[0]]).toEqual([8192, dataBytes, 0n]);
    ring.value.unmap();
  }
});

test('200 tracepoints are loaded and attached within a second, closed, and leave nothing behind', () => {
  const events = Array.from({ length: 200 }, (_, index) => `p_${index}_leaktest`);
  const object = handObject(
    [countsMap(4)],
    events.map((name) => ({ name, body: countingBody(0, process.pid) })),
  );
  const plan = planOf(
    events.map((name) => programPlan(name, 'tracepoint', [sysEnterGetpgid])),
    [arrayPlan('counts', 4)],
  );
  const before = { links: objectIds('link').length, btf: objectIds('btf').length };
  const opened = openHandles();
  const start = performance.now();
  const loaded = mustLoad(opened, plan, object);
  // The kernel takes 64 programs at one tracepoint.
  mustAttach(opened, { ...loaded, programs: loaded.programs.slice(0, 60) });
  expect(performance.now() - start).toBeLessThan(1000);
  opened.close();
  expect([...opened.links.names, ...opened.handles.names]).toEqual([]);
  // Programs are freed after a grace period.
  realBpf.waitForPrograms();
  burn(100);
  expect(namesOf('program', objectIds('program')).filter((name) => /^p_\d+_leaktest/.test(name))).toEqual([]);
  expect({ links: objectIds('link').length, btf: objectIds('btf').length }).toEqual(before);
});

test('an object of ours loads with bpftool as well', () => {
  const which = spawnSync('bpftool', ['version']);
  expect(which.status, 'bpftool is installed (apt-get install bpftool)').toBe(0);
  const folder = mkdtempSync(join(tmpdir(), 'tstrace-'));
  const pin = '/sys/fs/bpf/tstrace_bpftool_test';
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
    rmSync(pin, { force: true });
  });
  const file = join(folder, 'object.o');
  writeFileSync(file, counting('tracepoint', []).object);
  const loaded = spawnSync('bpftool', ['prog', 'load', file, pin, 'type', 'tracepoint'], {
    encoding: 'utf8',
  });
  expect(loaded.stderr).toBe('');
  expect(loaded.status).toBe(0);
});
