/** Small IR modules written by hand, so that the loader's tests don't depend on the code generator. In the dialect of LLVM 15. */

import { present } from '../../src/base/assert.ts';
import type { BpfCpu } from '../../src/codegen/llvm/emit-object.ts';
import { emitObject } from '../../src/codegen/llvm/emit-object.ts';
import { locateLlvm } from '../../src/codegen/llvm/locate-library.ts';

export interface HandMap {
  readonly name: string;
  /** Number of the map type, and the most entries. */
  readonly type: number;
  readonly entries: number;
  /** Key and value are 4 and 8 bytes if true; there are none if false. */
  readonly keyed: boolean;
}

export interface HandProgram {
  readonly name: string;
  /** Instructions after the entry label; `%ctx` is the context. Line i of the body gets line i + 1 of the source. */
  readonly body: readonly string[];
  /** Put into .text, to be called, and static: the kernel takes no other as a callback. Else into its own section. */
  readonly subprogram?: boolean;
  /** `ptr %ctx` if absent. */
  readonly parameters?: string;
}

/** IR of a module with these maps and programs. Each line of a body that ends in `!dbg` gets its place in the source. */
export function handModule(maps: readonly HandMap[], programs: readonly HandProgram[]): string {
  const metadata: string[] = [];
  const add = (text: string): string => `!${metadata.push(text) - 1}`;
  const file = add('!DIFile(filename: "script.bt", directory: ".")');
  const unitPlace = metadata.push('') - 1;
  const unit = `!${unitPlace}`;
  const int = add('!DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)');
  const u32 = add('!DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)');
  const i64 = add('!DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)');
  const pointer = (to: string): string =>
    add(`!DIDerivedType(tag: DW_TAG_pointer_type, baseType: ${to}, size: 64)`);
  const count = (n: number): string => {
    const range = add(`!{${add(`!DISubrange(count: ${n})`)}}`);
    return pointer(
      add(`!DICompositeType(tag: DW_TAG_array_type, baseType: ${int}, size: ${n * 32}, elements: ${range})`),
    );
  };
  const variables = maps.map((map) => {
    const members = [
      ['type', count(map.type)],
      ['max_entries', count(map.entries)],
      ...(map.keyed
        ? [
            ['key', pointer(u32)],
            ['value', pointer(i64)],
          ]
        : []),
    ].map(([name = '', type = ''], index) =>
      add(
        `!DIDerivedType(tag: DW_TAG_member, name: "${name}", file: ${file}, baseType: ${type}, size: 64, offset: ${index * 64})`,
      ),
    );
    const struct = add(
      `!DICompositeType(tag: DW_TAG_structure_type, file: ${file}, size: ${members.length * 64}, elements: ${add(`!{${members.join(', ')}}`)})`,
    );
    const variable = add(
      `distinct !DIGlobalVariable(name: "${map.name}", scope: ${unit}, file: ${file}, type: ${struct}, isLocal: false, isDefinition: true)`,
    );
    return add(`!DIGlobalVariableExpression(var: ${variable}, expr: !DIExpression())`);
  });
  const signature = add(`!DISubroutineType(types: ${add(`!{${i64}, ${pointer(i64)}}`)})`);
  const functions = programs.map((program) => {
    const place = metadata.push('') - 1;
    const argument = add(
      `!DILocalVariable(name: "ctx", arg: 1, scope: !${place}, file: ${file}, type: ${pointer(i64)})`,
    );
    metadata[place] =
      `distinct !DISubprogram(name: "${program.name}", scope: ${file}, file: ${file}, line: 1, type: ${signature}, spFlags: ${program.subprogram ? 'DISPFlagLocalToUnit | ' : ''}DISPFlagDefinition | DISPFlagOptimized, unit: ${unit}, retainedNodes: ${add(`!{${argument}}`)})`;
    const lines = program.body.map((line, index) =>
      line.endsWith(':')
        ? line
        : `  ${line}, !dbg ${add(`!DILocation(line: ${index + 1}, column: 3, scope: !${place})`)}`,
    );
    const section = program.subprogram ? 'noinline' : `section "s_${program.name}"`;
    return [
      `define ${program.subprogram ? 'internal ' : ''}i64 @${program.name}(${program.parameters ?? 'ptr %ctx'}) nounwind ${section} !dbg !${place} {`,
      'entry:',
      ...lines,
      '}',
    ].join('\n');
  });
  metadata[unitPlace] =
    `distinct !DICompileUnit(language: DW_LANG_C, file: ${file}, producer: "tstrace", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, globals: ${add(`!{${variables.join(', ')}}`)})`;
  const flags = add('!{i32 2, !"Debug Info Version", i32 3}');
  return [
    'target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"',
    'target triple = "bpf"',
    '@LICENSE = global [4 x i8] c"GPL\\00", section "license"',
    ...maps.map((map, index) => {
      const fields = map.keyed ? 'ptr, ptr, ptr, ptr' : 'ptr, ptr';
      return `@${map.name} = dso_local global { ${fields} } zeroinitializer, section ".maps", !dbg ${variables[index] ?? ''}`;
    }),
    ...functions,
    `!llvm.dbg.cu = !{${unit}}`,
    `!llvm.module.flags = !{${flags}}`,
    ...metadata.map((text, index) => `!${index} = ${text}`),
    '',
  ].join('\n');
}

/** Count into slot `slot` of the array map `counts`, if the process is `pid` (any if 0). */
export function countingBody(slot: number, pid = 0): readonly string[] {
  return [
    '%k = alloca i32',
    '%pt = call i64 inttoptr (i64 14 to ptr)()',
    '%pid = lshr i64 %pt, 32',
    `%ok = icmp eq i64 %pid, ${pid === 0 ? '%pid' : pid}`,
    'br i1 %ok, label %ours, label %done',
    'ours:',
    `store i32 ${slot}, ptr %k`,
    '%v = call ptr inttoptr (i64 1 to ptr)(ptr @counts, ptr %k)',
    '%found = icmp ne ptr %v, null',
    'br i1 %found, label %add, label %done',
    'add:',
    '%old = atomicrmw add ptr %v, i64 1 seq_cst',
    'br label %done',
    'done:',
    'ret i64 0',
  ];
}

export const countsMap = (entries: number): HandMap => ({ name: 'counts', type: 2, entries, keyed: true });

/** The object of a module. LLVM must be there and take the text. Kernels before 5.12 don't know all of v3's instructions. */
export function handObject(
  maps: readonly HandMap[],
  programs: readonly HandProgram[],
  cpu: BpfCpu = 'v3',
): Uint8Array {
  const llvm = locateLlvm(process.env['TSTRACE_LLVM']);
  if (!llvm.ok) throw new Error(llvm.error.message);
  const emitted = emitObject(llvm.value, handModule(maps, programs), { cpu });
  if (!emitted.ok)
    throw new Error(`${emitted.error.stage}: ${emitted.error.message} ${emitted.error.line?.text ?? ''}`);
  return present(emitted.value.bytes, 'object');
}
