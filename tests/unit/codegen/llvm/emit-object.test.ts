/** From our IR text to objects, on every libLLVM of this machine, and what is said when that fails. */

import { describe, expect, test } from 'vitest';
import { present } from '../../../../src/base/assert.ts';
import { emitObject, verifyModule } from '../../../../src/codegen/llvm/emit-object.ts';
import { FunctionBuilder } from '../../../../src/codegen/llvm/ir.ts';
import type { IrValue } from '../../../../src/codegen/llvm/ir-value.ts';
import {
  constant,
  i32,
  i64,
  i8,
  nullPointer,
  symbolPointer,
  withAlign,
} from '../../../../src/codegen/llvm/ir-value.ts';
import { locateLlvm } from '../../../../src/codegen/llvm/locate-library.ts';
import type { MapDescription } from '../../../../src/codegen/llvm/module.ts';
import { printModule } from '../../../../src/codegen/llvm/module.ts';
import { parseObject } from '../../../../src/runtime/object-file.ts';
import { btfKind, idsNamed, parseBtf, partCount } from '../../../../src/system/btf/parse.ts';
import { elfMachine, elfSections, textAt } from './elf-sections.ts';
import { installedLlvms } from './llvm-versions.ts';

const llvms = installedLlvms();
const source = { name: 'script.bt', text: 'tracepoint:a:b\n{ @x = "é" }\n' };
const mapX: MapDescription = {
  symbol: 'AT_x',
  type: 1,
  maxEntries: 4096,
  keyBytes: 8,
  valueBytes: 8,
  flags: 0,
};
const lookup = { name: 'map_lookup_elem', id: 1, result: 'ptr' } as const;
const update = { name: 'map_update_elem', id: 2, result: 'i64' } as const;
const trace = { name: 'trace_printk', id: 6, result: 'i64' } as const;
const machineBpf = 247;

/** `@x = 1024` */
function storeProgram(): FunctionBuilder {
  const b = new FunctionBuilder('tracepoint_a_b_1', {
    section: 's_tracepoint_a_b_1',
    location: { line: 1, column: 1 },
  });
  const key = b.alloca('i64', 'key');
  const value = b.alloca('i64', 'value');
  b.setLocation({ line: 2, column: 3 });
  b.store(i64(0), key);
  b.store(b.shl(i64(1), i64(10), 'shifted'), value);
  b.callHelper(update, [symbolPointer('AT_x'), key, value, i64(0)], 'update');
  b.ret(i64(0));
  return b;
}

/** Every instruction there is, none of which folds away. */
function allInstructions(): readonly FunctionBuilder[] {
  const callback = new FunctionBuilder('each', { parameters: [{ name: 'index', type: 'i64' }] });
  callback.ret(callback.add(callback.parameter(0), i64(1), 'next'));
  const b = new FunctionBuilder('everything', { section: 's_everything' });
  const bytes = b.allocaBytes(40, 8, 'bytes');
  b.memset(bytes, 0, 40);
  const x = b.load('i64', b.parameter(0), 'x', { volatile: true });
  const y = b.sext(b.load('i8', b.gep(bytes, 3, 'at'), 'byte'), 'i64', 'y');
  const found = withAlign(b.callHelper(lookup, [symbolPointer('AT_x'), bytes], 'found'), 8);
  const [hit, other, one, two, end] = ['hit', 'other', 'one', 'two', 'end'].map((role) => b.block(role));
  if (!hit || !other || !one || !two || !end) throw new Error('blocks');
  b.condBr(b.icmp('eq', found, nullPointer, 'missing'), other, hit);
  b.enter(hit);
  b.memcpy(b.gep(bytes, 8, 'to'), found, 20);
  for (const operation of ['add', 'sub', 'and', 'or', 'xor', 'xchg'] as const) {
    b.store(b.atomic(operation, found, x, 'before'), bytes);
  }
  b.br(end);
  b.enter(other);
  b.switchOn(
    b.trunc(x, 'i32', 'low'),
    [
      [1, one],
      [-2, two],
    ],
    end,
  );
  b.enter(one);
  let sum = b.mul(x, y, 'product');
  for (const operation of ['add', 'sub', 'and', 'or', 'xor'] as const)
    sum = b.binary(operation, sum, y, operation);
  for (const operation of ['shl', 'lshr', 'ashr', 'udiv', 'urem'] as const)
    sum = b.binary(operation, sum, i64(3), operation);
  const chosen = b.select(b.icmp('slt', sum, y, 'less'), sum, y, 'chosen');
  b.store(b.zext(b.load('i16', bytes, 'half'), 'i32', 'word'), bytes, { align: 1 });
  b.store(i8(1), b.intToPtr(b.ptrToInt(b.gep(bytes, 39, 'last'), 'number'), 'back'));
  b.br(end);
  b.enter(two);
  const kept = b.opaque(b.callLocal(callback, [x], 'local'), 'kept');
  b.opaque(i32(1), 'half.register');
  b.callHelper({ name: 'loop', id: 181, result: 'i64' }, [i32(4), callback.address, bytes, i64(0)], 'loops');
  b.br(end);
  b.enter(end);
  b.ret(
    b.phi(
      [
        [x, hit],
        [y, other],
        [chosen, one],
        [kept, two],
      ],
      'result',
    ),
  );
  return [b, callback];
}

function onStack(bytes: number): string {
  const b = new FunctionBuilder('f', { section: 's_f', location: { line: 2, column: 3 } });
  b.ret(b.callHelper(trace, [b.allocaBytes(bytes, 8, 'large'), i64(bytes)], 'print'));
  return printModule({ source, maps: [], functions: [b] });
}

/** A program that calls a function of another module. */
function callingTwice(maps: readonly MapDescription[] = []): string {
  const b = new FunctionBuilder('f', { section: 's_f' });
  const callee = { name: 'twice', parameters: [{ type: 'i16', signed: true }], result: 'i32' } as const;
  b.ret(b.zext(present(b.callExternal(callee, [constant('i16', -3)]), 'result'), 'i64', 'wide'));
  return printModule({ source, maps, functions: [b] });
}

const twiceModule = Buffer.from(`target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpf"
define i32 @twice(i16 signext %x) !dbg !4 {
  %wide = sext i16 %x to i32, !dbg !9
  %sum = add i32 %wide, %wide, !dbg !9
  ret i32 %sum, !dbg !9
}
define i32 @unused() {
  ret i32 1
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!1 = !DIFile(filename: "twice.bpf.c", directory: ".")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "twice", scope: !1, file: !1, line: 1, type: !5, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !0, retainedNodes: !8)
!5 = !DISubroutineType(types: !{!6, !6})
!6 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!7 = !DILocalVariable(name: "x", arg: 1, scope: !4, file: !1, line: 1, type: !6)
!8 = !{!7}
!9 = !DILocation(line: 1, column: 1, scope: !4)
`);

/** Has names of the script's own. */
const clashingModule = Buffer.from(`target triple = "bpf"
@AT_x = global i32 5, section ".maps"
@LICENSE = global [4 x i8] c"GPL\\00", section "license"
@llvm.used = appending global [2 x ptr] [ptr @AT_x, ptr @LICENSE]
define i64 @f(ptr %x) {
  ret i64 0
}
`);

/** A function's in BTF, as it is loaded. */
function linkageOf(object: Uint8Array, name: string): 'static' | 'global' | undefined {
  const btf = parseBtf(present(parseObject(object).btf, 'BTF'), 'test');
  if (!btf.ok) throw new Error(btf.error);
  const [id] = idsNamed(btf.value, name, btfKind.function);
  return id === undefined ? undefined : partCount(btf.value, id) === 0 ? 'static' : 'global';
}

describe.each(llvms)('LLVM $version', (llvm) => {
  test('an object has the program, the map, the licence and BTF that names them', () => {
    const text = printModule({ source, maps: [mapX], functions: [storeProgram()] });
    const emitted = emitObject(llvm, text, { wantIr: true, wantAssembly: true });
    if (!emitted.ok) throw new Error(emitted.error.message);
    const { bytes, optimisedIr, assembly, warnings } = emitted.value;
    expect(elfMachine(bytes)).toBe(machineBpf);
    const sections = elfSections(bytes);
    expect([...sections.keys()]).toEqual(
      expect.arrayContaining([
        's_tracepoint_a_b_1',
        '.rels_tracepoint_a_b_1',
        '.maps',
        'license',
        '.BTF',
        '.BTF.ext',
      ]),
    );
    expect(sections.get('license')?.bytes.toString()).toBe('GPL\0');
    expect(sections.get('.maps')?.bytes.length).toBe(4 * 8);
    expect(btfStrings(sections.get('.BTF')?.bytes)).toEqual(
      expect.arrayContaining([
        'AT_x',
        'tracepoint_a_b_1',
        'max_entries',
        'int64',
        'ctx',
        '.maps',
        '{ @x = "é" }',
      ]),
    );
    expect(optimisedIr).toContain('store i64 1024, ptr %value');
    expect(assembly).toContain('call 2');
    expect(warnings).toEqual([]);
  });

  test('every instruction is read and compiled', () => {
    const emitted = emitObject(llvm, printModule({ source, maps: [mapX], functions: allInstructions() }));
    expect(emitted.ok ? '' : emitted.error.message).toBe('');
  });

  // 128 stores are the back end's own limit for turning memset and memcpy into stores.
  test('filling and copying never becomes a call, whatever the size', () => {
    const b = new FunctionBuilder('f', { section: 's_f' });
    const found = withAlign(b.callHelper(lookup, [symbolPointer('AT_x'), b.parameter(0)], 'found'), 8);
    b.memset(found, 0, 1032);
    b.memcpy(b.gep(found, 2048, 'second'), found, 1032);
    b.memset(b.gep(found, 1, 'odd'), 255, 129);
    b.ret(i64(0));
    const emitted = emitObject(llvm, printModule({ source, maps: [mapX], functions: [b] }));
    expect(emitted.ok ? '' : emitted.error.message).toBe('');
  });

  test('an unused atomic add needs no fetch, which kernels before 5.12 lack', () => {
    const b = new FunctionBuilder('f', { section: 's_f' });
    b.atomic('add', b.load('ptr', b.parameter(0), 'counter'), i64(1), 'before');
    b.ret(i64(0));
    const emitted = emitObject(llvm, printModule({ source, maps: [], functions: [b] }), {
      wantAssembly: true,
    });
    expect(emitted.ok && emitted.value.assembly).toContain('lock *(u64 *)');
  });

  test('too much stack is an error with a hint, not the end of the process', () => {
    const emitted = emitObject(llvm, onStack(700));
    if (emitted.ok) throw new Error('512 bytes should not be enough for 700');
    expect(emitted.error).toMatchObject({ kind: 'llvm-error', stage: 'emit' });
    expect(emitted.error.message).toMatch(/stack limit/);
    expect(emitted.error.hint).toMatch(/512/);
    expect(emitObject(llvm, onStack(504)).ok).toBe(true);
  });

  test('values that are kept for later than the stack has room for are computed again instead', () => {
    const b = new FunctionBuilder('f', { section: 's_f' });
    const given = b.load('i64', b.parameter(0), 'given');
    const seventy = (): readonly IrValue[] =>
      Array.from({ length: 70 }, (_, index) => b.xor(given, b.add(given, i64(index + 3), 'sum'), 'mixed'));
    const use = (values: readonly IrValue[]): IrValue =>
      values.reduce((all, value) => b.opaque(b.xor(all, value, 'all'), 'seen'));
    const first = use(seventy());
    const [between, again, end] = [b.block('between'), b.block('again'), b.block('end')];
    b.condBr(b.icmp('eq', first, i64(0), 'is_zero'), end, between);
    b.enter(between);
    b.condBr(b.icmp('eq', b.opaque(first, 'seen'), i64(1), 'is_one'), end, again);
    b.enter(again);
    b.ret(use(seventy()));
    b.enter(end);
    b.ret(i64(0));
    const emitted = emitObject(llvm, printModule({ source, maps: [], functions: [b] }));
    expect(emitted.ok ? '' : emitted.error.message).toBe('');
  });

  test('functions of other modules are hidden; those that nothing calls are left out', () => {
    const emitted = emitObject(llvm, callingTwice(), { modules: [twiceModule], wantIr: true });
    if (!emitted.ok) throw new Error(emitted.error.message);
    expect(emitted.value.optimisedIr).toMatch(/^define hidden .*@twice\(/m);
    expect(emitted.value.optimisedIr).not.toContain('@unused');
    const linkage = linkageOf(emitted.value.bytes, 'twice');
    expect(linkage).toBe('static');
  });

  test("names of the script's own stay its own; maps are kept, a second licence is not", () => {
    const emitted = emitObject(llvm, callingTwice([mapX]), {
      modules: [twiceModule, clashingModule],
      wantIr: true,
    });
    if (!emitted.ok) throw new Error(emitted.error.message);
    expect(emitted.value.optimisedIr).toMatch(/^define .*@f\(/m);
    const names = [...(emitted.value.optimisedIr ?? '').matchAll(/^@(\S+) = /gm)].map(([, name]) => name);
    expect(names).toEqual(['LICENSE', 'AT_x', 'imported_AT_x']);
  });

  test('modules that can not be read, or define what another does, are refused', () => {
    const stageOf = (...modules: readonly Uint8Array[]) => {
      const emitted = emitObject(llvm, callingTwice(), { modules });
      return emitted.ok ? undefined : emitted.error.stage;
    };
    expect(stageOf(Buffer.from('no module'))).toBe('link');
    expect(stageOf(twiceModule)).toBeUndefined();
    expect(stageOf(twiceModule, twiceModule)).toBe('link');
  });

  test('IR that can not be parsed is quoted', () => {
    const emitted = emitObject(llvm, 'target triple = "bpf"\ndefine i64 @f() {\n  ret i65 zero\n}\n');
    expect(emitted.ok ? undefined : emitted.error).toMatchObject({
      stage: 'parse',
      line: { number: 3, text: '  ret i65 zero' },
    });
  });

  test('IR that makes no sense is refused by the verifier', () => {
    const text =
      'target triple = "bpf"\ndefine i64 @f(i64 %x) {\na:\n  br label %b\nb:\n  %y = phi i64 [ %x, %b ]\n  ret i64 %y\n}\n';
    const verified = verifyModule(llvm, text);
    expect(verified.ok ? undefined : verified.error).toMatchObject({ stage: 'verify' });
    expect(verifyModule(llvm, onStack(8))).toEqual({ ok: true, value: undefined });
  });

  test.each(['', '\n', 'a', 'a\n', '\n\na', 'a\0b\nc', '\r\n\r\n'])(
    'a place beyond the end of script %j does no harm',
    (text) => {
      const b = new FunctionBuilder('f', { section: 's_f', location: { line: 7, column: 1 } });
      b.callHelper(trace, [], 'print');
      b.setLocation({ line: 2, column: 99 });
      b.ret(i64(0));
      const module = printModule({ source: { name: 'x', text }, maps: [], functions: [b] });
      expect(emitObject(llvm, module).ok).toBe(true);
    },
  );

  test('the same text gives the same bytes', () => {
    const text = printModule({ source, maps: [mapX], functions: [storeProgram()] });
    expect(emitObject(llvm, text)).toEqual(emitObject(llvm, text));
  });
});

describe('without a usable libLLVM', () => {
  test.each(['/no/such/libLLVM.so', 'libc.so.6'])(
    'TSTRACE_LLVM=%s is refused by name, with what to do',
    (name) => {
      const located = locateLlvm(name);
      if (located.ok) throw new Error(`${name} is no libLLVM`);
      expect(located.error).toMatchObject({ kind: 'llvm-error', stage: 'locate' });
      expect(located.error.message).toContain(name);
      expect(located.error.hint).toContain('TSTRACE_LLVM');
    },
  );

  test('where none is installed, the way to install one is told', () => {
    const located = locateLlvm(undefined, [99, 98]);
    expect(located.ok ? undefined : located.error.stage).toBe('locate');
    expect(located.ok ? undefined : located.error.hint).toMatch(/apt-get install libllvm\d+/);
  });

  test('without TSTRACE_LLVM the newest one is taken', () => {
    const located = locateLlvm();
    expect(located.ok && located.value.version).toBe(Math.max(...llvms.map((llvm) => llvm.version)));
  });
});

function btfStrings(btf: Buffer | undefined): readonly string[] {
  if (btf === undefined) return [];
  const headerBytes = btf.readUInt32LE(4);
  const strings = btf.subarray(headerBytes + btf.readUInt32LE(16));
  const found: string[] = [];
  for (let at = 0; at < strings.length; at += Buffer.byteLength(textAt(strings, at)) + 1)
    found.push(textAt(strings, at));
  return found;
}
